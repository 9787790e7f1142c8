"""What of all that happens does the system's own log hear, and in which form?

What others than this person may read: that a job failed and how, and never what its command said.
"""

from datetime import datetime

from msgspec import Struct

from daybell.model.events import (
    AnyEvent,
    IncidentChanged,
    LifeLost,
    RunFinished,
    SchedulerStarted,
    SchedulerStopped,
)
from daybell.model.run import Run

IDENTIFIER = "daybell"
CRITICAL, ERROR, WARNING, NOTICE = 2, 3, 4, 5
"""Severities as syslog counts them: the lower, the worse. What is below NOTICE, macOS forgets soon."""
USER = 1
"""Syslog's facility of programs that people start."""
LONGEST = 2000
"""Bytes of a message. Services cut what is longer, each in its own place."""
LEVELS = ((50, CRITICAL), (40, ERROR), (30, WARNING))
"""What a program's levels are as severities; what is below them is for daybell.log alone."""
EVENT_IDS = {
    "scheduler_started": 1,
    "scheduler_stopped": 2,
    "life_lost": 3,
    "run_finished": 10,
    "incident_changed": 11,
}
"""By which Windows tells events apart; lines that are no events have OTHER."""
OTHER = 20
EVENT_TYPES = {CRITICAL: 1, ERROR: 1, WARNING: 2}
"""Of Windows: error and warning; all else is INFORMATION."""
INFORMATION = 4
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Whatever the language here."""


class Line(Struct, frozen=True):
    """One entry of the system's log."""

    severity: int
    message: str
    event: str = "message"
    """As in daybell.log."""
    job: str | None = None
    run: str | None = None


def line_of(event: AnyEvent) -> Line | None:
    """Start, end, failures and recoveries; None: it is for daybell.log alone."""
    kind = str(event.__struct_config__.tag)
    match event:
        case SchedulerStarted(jobs=jobs, version=version):
            count = "1 job" if jobs == 1 else f"{jobs} jobs"
            return Line(NOTICE, f"Daybell {version} has started, with {count}", kind)
        case SchedulerStopped():
            return Line(NOTICE, "Daybell has stopped", kind)
        case LifeLost(end=end):
            how = "went off with the computer" if end.how == "machine_off" else "did not stop in order"
            return Line(
                WARNING,
                f"the Daybell before this one {how}; it was last seen at {end.seen:%Y-%m-%d %H:%M} UTC",
                kind,
            )
        case RunFinished(run=run) if run.is_failure or run.outcome == "interrupted":
            return Line(WARNING, f"{run.job_id} {_how(run)}", kind, run.job_id, run.run_id)
        case IncidentChanged(job_id=job_id, incident=None):
            return Line(NOTICE, f"{job_id} works again", kind, job_id)
    return None


def line_of_message(level: int, message: str) -> Line | None:
    """Of a line that the program writes; `level` as Python's logging counts."""
    for least, severity in LEVELS:
        if level >= least:
            return Line(severity, message)
    return None


def for_journald(line: Line) -> bytes:
    """A datagram of its native protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/."""
    fields = {
        "MESSAGE": _short(line.message),
        "PRIORITY": str(line.severity).encode(),
        "SYSLOG_IDENTIFIER": IDENTIFIER.encode(),
        "DAYBELL_EVENT": _bytes(line.event),
        "DAYBELL_JOB": _bytes(line.job or ""),
        "DAYBELL_RUN": _bytes(line.run or ""),
    }
    return b"".join(_field(name.encode(), value) for name, value in fields.items() if value)


def for_syslog(line: Line, now: datetime, pid: int) -> bytes:
    """A datagram of RFC 3164 as the C library writes it: without a host. `now` is a time on the wall."""
    time = f"{MONTHS[now.month - 1]} {now.day:2} {now:%H:%M:%S}"
    head = f"<{USER * 8 + line.severity}>{time} {IDENTIFIER}[{pid}]: "
    return head.encode() + _short(in_one_line(line.message))


def in_one_line(message: str) -> str:
    """Nobody can make it look like two."""
    return "".join(each if each.isprintable() else " " for each in message)


def event_type(line: Line) -> int:
    """As Windows sorts its events."""
    return EVENT_TYPES.get(line.severity, INFORMATION)


def event_id(line: Line) -> int:
    """For who looks for one kind of them on Windows."""
    return EVENT_IDS.get(line.event, OTHER)


def _how(run: Run) -> str:
    if run.outcome == "timed_out":
        return "took too long and was ended"
    if run.outcome == "interrupted":
        return "was interrupted"
    return "failed" if run.exit_code is None else f"failed with exit code {run.exit_code}"


def _field(name: bytes, value: bytes) -> bytes:
    """What has lines of its own is told by its length."""
    if b"\n" not in value:
        return name + b"=" + value + b"\n"
    return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"


def _short(message: str) -> bytes:
    """Cut between two characters."""
    whole = _bytes(message)
    return whole if len(whole) <= LONGEST else whole[:LONGEST].decode(errors="ignore").encode()


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")
