"""What is there to tell of a run, on a page to read or send? What it printed never gets out of its place."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct
from msgspec.structs import asdict

from daybell.core.amounts import cpu_time, output, size
from daybell.core.tables import clean
from daybell.model.run import Run

SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&!@$]|(?<=[wW]{3})\.|:(?=//)")
"""What Markdown might take for its own in a cell or a title, where nothing else begins a list or the like."""
UNTOLD = "…"
"""In the place of a value of the environment, and of an address to ping: a page that is sent on should not
carry them."""

Definition = Mapping[str, object]
Cells = Sequence[str]


class Artifact(Struct, frozen=True):
    """A file that the run left to be kept."""

    name: str
    bytes: int


class AttemptLine(Struct, frozen=True, kw_only=True):
    """One attempt, the last one included."""

    number: int
    started: datetime | None
    finished: datetime | None
    outcome: str | None
    exit_code: int | None
    error: str | None


class Report(Struct, frozen=True):
    """All that a report is made of. Times are told as they are given."""

    run: Run
    definition: Definition | None = None
    """What the job was when it ran, as in a job file; None where nobody knows any more."""
    artifacts: tuple[Artifact, ...] = ()


def as_members(report: Report) -> dict[str, object]:
    """For programs: each key is always there."""
    return {
        "run": asdict(report.run),
        "attempts": attempts_of(report.run),
        "definition": None if report.definition is None else discreet(report.definition),
        "artifacts": report.artifacts,
    }


def as_markdown(report: Report) -> str:
    """For people: a table of what is known, then attempts, definition and artifacts."""
    run = report.run
    parts = [f"# {escape(run.job_id)}: {_outcome(run.outcome)}", _table(("", ""), _facts(run))]
    if run.attempts > 1:
        lines = [_attempt_cells(attempt) for attempt in attempts_of(run)]
        titles = ("attempt", "started", "finished", "outcome", "exit code", "error")
        parts += ["## Attempts", _table(titles, lines)]
    if report.artifacts:
        lines = [(escape(one.name), size(one.bytes)) for one in report.artifacts]
        parts += ["## Artifacts", _table(("file", "size"), lines)]
    if report.definition is not None:
        parts += ["## Definition", _code(discreet(report.definition))]
    return "\n\n".join(parts) + "\n"


def attempts_of(run: Run) -> tuple[AttemptLine, ...]:
    """All that are known, the oldest first; of very many, the newest."""
    if not run.attempts:
        return ()
    first = run.attempts - len(run.earlier)
    earlier = [AttemptLine(number=first + place, **asdict(one)) for place, one in enumerate(run.earlier)]
    last = AttemptLine(
        number=run.attempts,
        started=run.started if run.attempts == 1 else run.last_started,
        finished=run.finished,
        outcome=run.outcome,
        exit_code=run.exit_code,
        error=run.error,
    )
    return (*earlier, last)


def discreet(definition: Definition) -> Definition:
    """Without the values of its environment and the address that it pings."""
    if "ping" in definition:
        definition = {**definition, "ping": UNTOLD}
    handler = definition.get("handler")
    if not isinstance(handler, dict) or not isinstance(handler.get("env"), dict):
        return definition
    return {**definition, "handler": {**handler, "env": dict.fromkeys(handler["env"], UNTOLD)}}


def escape(text: str) -> str:
    """One line that Markdown shows as it is."""
    return SPECIAL.sub(r"\\\g<0>", clean(text).strip())


def _facts(run: Run) -> Iterator[Cells]:
    """Name and value; what is not known is left out."""
    length = None if run.duration_ms is None else f"{run.duration_ms / 1000:,.1f}s"
    told: list[tuple[str, str | None]] = [
        ("run", run.run_id),
        ("cause", run.cause),
        ("due", _moment(run.due)),
        ("due until", _moment(run.due_to)),
        ("started", _moment(run.started)),
        ("finished", _moment(run.finished)),
        ("took", length),
        ("outcome", run.outcome and _outcome(run.outcome)),
        ("reason", run.reason),
        ("exit code", None if run.exit_code is None else str(run.exit_code)),
        ("error", run.error),
        ("attempts", str(run.attempts)),
        ("CPU time", None if run.cpu_seconds is None else cpu_time(run.cpu_seconds)),
        ("peak memory", None if run.peak_memory is None else size(run.peak_memory)),
        ("output", None if run.output_bytes is None else output(run.output_bytes, run.output_dropped)),
        ("log", run.log),
        ("again after", run.retry_of),
        ("follows", run.follows),
        ("machine", run.host),
        ("Daybell", run.version),
        ("definition", run.definition),
        ("traceparent", run.traceparent),
    ]
    return ((name, escape(value)) for name, value in told if value)


def _attempt_cells(attempt: AttemptLine) -> Cells:
    return (
        str(attempt.number),
        _moment(attempt.started) or "",
        _moment(attempt.finished) or "",
        _outcome(attempt.outcome),
        "" if attempt.exit_code is None else str(attempt.exit_code),
        escape(attempt.error or ""),
    )


def _table(titles: Cells, lines: Iterator[Cells] | Sequence[Cells]) -> str:
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _code(definition: Definition) -> str:
    """The fence is longer than whatever looks like one inside."""
    lines = json.dumps(definition, indent=2, ensure_ascii=False).splitlines()
    text = "\n".join(line[: len(line) - len(line.lstrip())] + clean(line).strip() for line in lines)
    longest = max((len(list(marks)) for mark, marks in groupby(text) if mark == "`"), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}json\n{text}\n{fence}"


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(sep=" ", timespec="milliseconds")


def _outcome(outcome: str | None) -> str:
    return "not over yet" if outcome is None else outcome.replace("_", " ")
