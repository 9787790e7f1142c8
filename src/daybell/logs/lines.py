"""What does Daybell write about itself? `daybell.log`: one JSON object a line, for people and programs."""

import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from daybell.core.fold import subject
from daybell.model.events import AnyEvent, RunClaimed, RunFinished, RunQueued, RunSkipped
from daybell.model.run import Run

log = logging.getLogger("daybell")

LARGEST = 2 * 1024 * 1024
"""Bytes in one file; with the older ones at most 10 MiB in all."""
LOOK_EVERY = 50
"""Lines, between two looks at how large the file is."""
OLDER = 4
FIELDS = (
    *("event", "job", "run", "trace_id", "duration_ms", "outcome", "reason", "not_stopped"),
    *("rows", "outputs", "bytes"),
)
"""What a line may carry beside time, level and message."""


class JsonLines(logging.Formatter):
    """time (UTC), level, event, message, then what the record carries of FIELDS."""

    def __init__(self) -> None:
        super().__init__()
        self._encoder = msgspec.json.Encoder(enc_hook=str)

    def format(self, record: logging.LogRecord) -> str:
        events: Sequence[dict[str, object]] | None = getattr(record, "events", None)
        if events is None:
            return self._line(record)
        time = datetime.fromtimestamp(record.created, UTC)
        return "\n".join(self._encoder.encode({"time": time, **event}).decode() for event in events)

    def _line(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "message"),
            "message": record.getMessage(),
        }
        for name in FIELDS[1:]:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = value
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._encoder.encode(line).decode()


class PrivateRotatingFile(RotatingFileHandler):
    """Readable by nobody else, from the first byte on."""

    _until_look = 0
    """How many lines may be written before it is looked at how large the file is."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - the library's
        """By what the file has already: the library would format each line twice to know it beforehand.

        Looked at now and then: the engine writes here, and would give way to other threads each time.
        """
        self._until_look -= len(getattr(record, "events", "1"))
        if self._until_look > 0:
            return False
        self._until_look = LOOK_EVERY
        if self.stream is None:
            self.stream = self._open()
        return os.fstat(self.stream.fileno()).st_size >= self.maxBytes

    def _open(self) -> TextIOWrapper:
        file = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(file, "a", encoding="utf-8", errors="backslashreplace")


def write_log(path: Path) -> logging.Handler:
    """From now on all that Daybell logs goes to this file; close the handler to end that."""
    handler = PrivateRotatingFile(path, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler


def log_events(events: Sequence[AnyEvent]) -> None:
    """A subscriber: one line an event, with its run and trace id; a batch is one record, written at once."""
    if events:
        log.info("%d events", len(events), extra={"events": [_line_of(event) for event in events]})


def _line_of(event: AnyEvent) -> dict[str, object]:
    kind = str(event.__struct_config__.tag)
    job_id, run_id = subject(event)
    words = kind.replace("_", " ")
    line: dict[str, object] = {
        "level": "info",
        "event": kind,
        "message": f"{words} {job_id}" if job_id else words,
        "job": job_id,
        "run": run_id,
    }
    match event:
        case RunFinished(run=run) | RunSkipped(run=run) | RunClaimed(run=run) | RunQueued(run=run):
            line |= _of_run(run)
            if run.is_failure:
                line["level"] = "warning"
        case _:
            pass
    return {name: value for name, value in line.items() if value is not None}


def _of_run(run: Run) -> dict[str, object]:
    return {
        "trace_id": run.traceparent.split("-")[1] if run.traceparent else None,
        "duration_ms": run.duration_ms,
        "outcome": run.outcome,
        "reason": run.reason or run.error,
    }
