"""What does Daybell look like at work? A home of its own, with real jobs that show every state."""

import json
import os
import queue
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from daybell.bootstrap.app import App
from daybell.core.tables import Cell, Column, Row, paint, table
from daybell.engine.service import SchedulerService
from daybell.machine.clock import SystemClock
from daybell.machine.own_command import own_code
from daybell.model.durations import spell
from daybell.model.events import AnyEvent, RunFinished, RunSkipped, RunStarted
from daybell.model.run import Run
from daybell.model.status import JobStatus, Status
from daybell.store.directories import Directories, create, find

TICK = 1.0
"""Seconds between two drawings of the table."""
KEPT_LINES = 6
"""How many of the last events stand below the table."""
COUNTER = """
from pathlib import Path
file = Path("checks.txt")
turn = len(file.read_text()) if file.exists() else 0
file.write_text("x" * (turn + 1))
if turn % 4 in (1, 2):
    raise SystemExit("the server does not answer")
print("the server answers")
"""
STYLES = {
    "succeeded": "green",
    "failed": "red",
    "timed_out": "red",
    "missed": "yellow",
    "interrupted": "yellow",
}
STATE_STYLES = {"running": "green", "queued": "green", "paused": "yellow", "invalid": "red"}
COLUMNS = [
    Column("JOB"),
    Column("STATE"),
    Column("SCHEDULE"),
    Column("LAST RUN"),
    Column("NEXT"),
    Column("RUNS", is_number=True),
    Column("ERRORS", is_number=True),
]

Screen = TextIO


def run_demo(*, seconds: float | None, headless: bool) -> int:
    """Show it until somebody stops it or the seconds are over; nothing of it stays behind."""
    home = Path(tempfile.mkdtemp(prefix="daybell-demo-"))
    directories = find({"DAYBELL_HOME": str(home)})
    try:
        create(directories)
        write_jobs(directories, home)
        show = Show(sys.stdout, home, seconds)
        App(directories, headless=headless, say=show.say, hear=show.hear).run(show.begin)
        show.end()
    finally:
        for place in (home, directories.socket.parent):  # a long path has its socket in a short one
            shutil.rmtree(place, ignore_errors=True)
    return 0


def write_jobs(directories: Directories, home: Path) -> None:
    """Job files as a person would write them, and what their commands work on."""
    photos = home / "photos"
    photos.mkdir()
    for number in range(1, 9):
        (photos / f"photo-{number}.raw").write_bytes(os.urandom(200_000))
    directories.settings_file.write_text(
        '{"scheduler": {"max_concurrent_runs": 2, "shutdown_timeout": "5s"}, "log": {"system": false}}\n'
    )
    for job_id, definition in jobs(home).items():
        (directories.jobs / f"{job_id}.json").write_text(json.dumps(definition, indent=2) + "\n")
    (directories.jobs / "broken.json").write_text(
        '{"triggers": [{"type": "cron", "expression": "61 * * * *"}]}\n'
    )


def jobs(home: Path) -> Mapping[str, Mapping[str, object]]:
    def python(code: str) -> dict[str, object]:
        return {"type": "command", "argv": own_code(code), "cwd": str(home)}

    def every(length: str) -> list[dict[str, str]]:
        return [{"type": "interval", "every": length}]

    archive = {"type": "command", "argv": ["tar", "-czf", "photos.tar.gz", "photos"], "cwd": str(home)}
    sleep = "import time; print('working', flush=True); time.sleep({})"
    return {
        "heartbeat": {"triggers": every("5s"), "handler": python("print('still alive')")},
        "back-up-photos": {"name": "Back up photos", "triggers": every("8s"), "handler": archive},
        "check-server": {"name": "Check the server", "triggers": every("6s"), "handler": python(COUNTER)},
        "overruns": {
            "name": "Longer than its interval",
            "triggers": every("4s"),
            "handler": python(sleep.format(6)),
        },
        "hangs": {
            "name": "Hangs, and is ended",
            "triggers": every("10s"),
            "timeout": "3s",
            "handler": python(sleep.format(600)),
        },
        "greeting": {
            "name": "Once, at the start",
            "triggers": [{"type": "startup"}],
            "handler": python("print('good morning')"),
        },
        "once": {
            "name": "Once, in a moment",
            "triggers": [{"type": "once", "at": (SystemClock().now() + timedelta(seconds=3)).isoformat()}],
            "handler": python("print('that was it')"),
        },
        "weekly-report": {
            "name": "Weekly report (paused)",
            "triggers": [{"type": "cron", "expression": "0 9 * * mon"}],
            "handler": python("print('a report')"),
        },
        "evening": {
            "name": "Evening digest",
            "triggers": [{"type": "cron", "expression": "0 18 * * *"}],
            "handler": python("print('a digest')"),
        },
        "old-job": {"name": "Switched off", "enabled": False, "triggers": every("5s"), "handler": python("")},
    }


class Show:
    """Draws the table on a terminal, prints a line an event elsewhere, and sums up at the end."""

    def __init__(self, screen: Screen, home: Path, seconds: float | None) -> None:
        self._screen = screen
        self._home = home
        self._seconds = seconds
        self._is_terminal = screen.isatty()
        self._has_colour = self._is_terminal and not os.environ.get("NO_COLOR")
        self._clock = SystemClock()
        self._since = self._clock.monotonic()
        self._events: queue.SimpleQueue[Sequence[AnyEvent] | None] = queue.SimpleQueue()
        self._lines: list[str] = []
        self._outcomes: Counter[str] = Counter()
        self._service: SchedulerService | None = None
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def say(self, line: str) -> None:
        """What the app says at its start; its word about Ctrl-C stands above the table already."""
        self._lines.append(line)

    def hear(self, events: Sequence[AnyEvent]) -> None:
        """Some of them happen before the show begins."""
        self._events.put(events)

    def begin(self, service: SchedulerService) -> None:
        """Returns at once; the show goes on in a thread of its own."""
        self._service = service
        self._since = self._clock.monotonic()
        self._thread.start()

    def end(self) -> None:
        """Leave the table, and tell what it came to."""
        self._events.put(None)
        self._thread.join(5)
        if self._is_terminal:
            self._screen.write("\x1b[?1049l")
        took = spell(timedelta(seconds=round(self._clock.monotonic() - self._since)))
        counted = ", ".join(
            f"{number} {word.replace('_', ' ')}" for word, number in self._outcomes.most_common()
        )
        self._screen.write(f"\nIn {took} the demo's jobs came to: {counted or 'nothing yet'}.\n")
        self._screen.write(
            "Its home is gone again. Your own jobs: `daybell start`, then `daybell add --help`.\n"
        )
        self._screen.flush()

    def _run(self) -> None:
        service = self._service
        if service is None:
            return
        service.pause_job("weekly-report")
        if self._is_terminal:
            self._screen.write("\x1b[?1049h")
        else:
            self._print_lines()
        while self._take():
            if self._is_terminal:
                self._draw(service.status())
            if self._seconds is not None and self._clock.monotonic() - self._since >= self._seconds:
                self._seconds = None
                service.request_stop()
        self._take_rest()

    def _take(self) -> bool:
        """Wait for events, or for the next tick; False when the show is over."""
        try:
            events = self._events.get(timeout=TICK)
        except queue.Empty:
            return True
        if events is None:
            return False
        for event in events:
            self._tell(event)
        return True

    def _take_rest(self) -> None:
        while not self._events.empty():
            self._take()

    def _tell(self, event: AnyEvent) -> None:
        match event:
            case RunFinished(run=run) | RunSkipped(run=run):
                self._outcomes[run.outcome or ""] += 1
                self._lines.append(self._line(run))
            case RunStarted(at=at, job_id=job_id):
                self._lines.append(f"{at.astimezone():%H:%M:%S}  {job_id} started")
            case _:
                return
        if not self._is_terminal:
            self._print_lines()

    def _line(self, run: Run) -> str:
        at = f"{run.finished.astimezone():%H:%M:%S}" if run.finished else ""
        outcome = (run.outcome or "").replace("_", " ")
        why = run.error or run.reason
        text = f"{run.job_id} {outcome}" + (f": {why}" if why else "")
        return f"{at}  {paint(text, STYLES.get(run.outcome or '', 'dim'), has_colour=self._has_colour)}"

    def _print_lines(self) -> None:
        self._screen.write("".join(f"{line}\n" for line in self._lines))
        self._screen.flush()
        self._lines.clear()

    def _draw(self, status: Status) -> None:
        """From the top left, each line up to its end: nothing flickers."""
        width = shutil.get_terminal_size().columns
        del self._lines[:-KEPT_LINES]
        lines = [
            paint("Daybell at work", "bold", has_colour=self._has_colour)
            + f"  {self._clock.now().astimezone():%H:%M:%S}   Ctrl-C ends it",
            f"Look at it from another terminal: DAYBELL_HOME={self._home} daybell status",
            "",
            *table(COLUMNS, [self._row(job) for job in status.jobs], width, has_colour=self._has_colour),
            "",
            *self._lines,
        ]
        body = "".join(f"{line}\x1b[K\n" for line in lines)
        self._screen.write(f"\x1b[H{body}\x1b[J")
        self._screen.flush()

    def _row(self, job: JobStatus) -> Row:
        last = f"{job.last_run:%H:%M:%S} {job.last_outcome or ''}" if job.last_run else "–"
        return Row(
            [
                Cell(job.name),
                Cell(job.state, STATE_STYLES.get(job.state, "dim" if job.state != "idle" else "")),
                Cell(job.schedule),
                Cell(last.replace("_", " "), STYLES.get(job.last_outcome or "", "")),
                Cell(f"{job.next_run:%H:%M:%S}" if job.next_run else "–"),
                Cell(str(job.run_count)),
                Cell(str(job.error_count), "red" if job.error_count else ""),
            ]
        )
