from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_run, at
from daybell.core.system_log import (
    CRITICAL,
    ERROR,
    LONGEST,
    NOTICE,
    WARNING,
    Line,
    event_id,
    event_type,
    for_journald,
    for_syslog,
    in_one_line,
    line_of,
    line_of_message,
)
from daybell.model.absence import LastEnd
from daybell.model.events import (
    AnyEvent,
    IncidentChanged,
    JobPaused,
    LifeLost,
    RunFinished,
    RunSkipped,
    SchedulerStarted,
    SchedulerStopped,
)
from daybell.model.incident import Incident

NOW = at("2026-03-02 12:00")
RUN = a_run().run_id
SECRET = "hunter22-hunter22"
SEEN = "it was last seen at 2026-03-02 12:00 UTC"
INCIDENT = Incident(
    job_id="backup", opened=NOW, count=1, signature="s", problem=SECRET, run_id=RUN, has_log=True
)


def finished(**changes: object) -> RunFinished:
    return RunFinished(at=NOW, run=a_run(error=SECRET, reason=SECRET, **changes))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            SchedulerStarted(at=NOW, jobs=1, version="1.2"),
            Line(NOTICE, "Daybell 1.2 has started, with 1 job", "scheduler_started"),
        ),
        (
            SchedulerStarted(at=NOW, jobs=4, version="1.2"),
            Line(NOTICE, "Daybell 1.2 has started, with 4 jobs", "scheduler_started"),
        ),
        (SchedulerStopped(at=NOW), Line(NOTICE, "Daybell has stopped", "scheduler_stopped")),
        (
            LifeLost(at=NOW, end=LastEnd("crashed", NOW)),
            Line(
                WARNING,
                f"the Daybell before this one did not stop in order; {SEEN}",
                "life_lost",
            ),
        ),
        (
            LifeLost(at=NOW, end=LastEnd("machine_off", NOW)),
            Line(
                WARNING,
                f"the Daybell before this one went off with the computer; {SEEN}",
                "life_lost",
            ),
        ),
        (
            finished(outcome="failed", exit_code=2),
            Line(WARNING, "backup failed with exit code 2", "run_finished", "backup", RUN),
        ),
        (
            finished(outcome="failed", exit_code=None),
            Line(WARNING, "backup failed", "run_finished", "backup", RUN),
        ),
        (
            finished(outcome="timed_out", exit_code=143),
            Line(WARNING, "backup took too long and was ended", "run_finished", "backup", RUN),
        ),
        (
            finished(outcome="interrupted"),
            Line(WARNING, "backup was interrupted", "run_finished", "backup", RUN),
        ),
        (
            IncidentChanged(at=NOW, job_id="backup"),
            Line(NOTICE, "backup works again", "incident_changed", "backup"),
        ),
    ],
)
def test_what_others_should_know_of_is_one_line_without_a_word_of_the_command(
    event: AnyEvent, line: Line
) -> None:
    assert line_of(event) == line
    assert SECRET not in str(line_of(event))


@pytest.mark.parametrize(
    "event",
    [
        finished(outcome="succeeded"),
        finished(outcome="cancelled"),
        RunSkipped(at=NOW, run=a_run(outcome="skipped")),
        IncidentChanged(at=NOW, job_id="backup", incident=INCIDENT),
        JobPaused(at=NOW, job_id="backup"),
    ],
)
def test_all_else_is_for_daybells_own_log(event: AnyEvent) -> None:
    assert line_of(event) is None


@pytest.mark.parametrize(
    ("level", "severity"), [(10, None), (20, None), (30, WARNING), (35, WARNING), (40, ERROR), (50, CRITICAL)]
)
def test_warnings_and_worse_are_told(level: int, severity: int | None) -> None:
    assert line_of_message(level, "oh") == (None if severity is None else Line(severity, "oh"))


def test_journald_gets_a_field_a_line() -> None:
    line = Line(WARNING, "backup failed", "run_finished", "backup", "r1")
    assert for_journald(line) == (
        b"MESSAGE=backup failed\nPRIORITY=4\nSYSLOG_IDENTIFIER=daybell\n"
        b"DAYBELL_EVENT=run_finished\nDAYBELL_JOB=backup\nDAYBELL_RUN=r1\n"
    )
    assert for_journald(Line(NOTICE, "Sauvegarde ✓")) == (
        "MESSAGE=Sauvegarde ✓\nPRIORITY=5\nSYSLOG_IDENTIFIER=daybell\nDAYBELL_EVENT=message\n".encode()
    )


def test_what_has_lines_is_told_to_journald_by_its_length() -> None:
    told = for_journald(Line(ERROR, "a\nPRIORITY=0\n"))
    assert told.startswith(b"MESSAGE\n\x0d\0\0\0\0\0\0\0a\nPRIORITY=0\n\nPRIORITY=3\n")


def fields(datagram: bytes) -> dict[bytes, bytes]:
    """As journald reads it."""
    found = {}
    while datagram:
        name, _, datagram = datagram.partition(b"\n")
        name, is_short, value = name.partition(b"=")
        if not is_short:
            length = int.from_bytes(datagram[:8], "little")
            value, datagram = datagram[8 : 8 + length], datagram[8 + length + 1 :]
        found[name] = value
    return found


@given(st.text(), st.text())
def test_whatever_is_told_journald_reads_the_same(message: str, job: str) -> None:
    found = fields(for_journald(Line(NOTICE, message, "e", job, "r")))
    whole = message.encode(errors="backslashreplace")
    assert whole.startswith(found.get(b"MESSAGE", b""))
    assert found.get(b"MESSAGE", b"") == whole or len(found[b"MESSAGE"]) > LONGEST - 4
    assert found.get(b"DAYBELL_JOB", b"") == job.encode(errors="backslashreplace")
    assert (found[b"PRIORITY"], found[b"DAYBELL_RUN"]) == (b"5", b"r")


def test_a_long_message_is_cut_between_two_characters() -> None:
    told = fields(for_journald(Line(NOTICE, "x" + "é" * LONGEST)))[b"MESSAGE"]
    assert told == ("x" + "é" * ((LONGEST - 1) // 2)).encode()


def test_syslog_gets_one_line_as_the_c_library_writes_it() -> None:
    now = datetime.fromisoformat("2026-03-02 04:05:06+01:00")
    told = for_syslog(Line(WARNING, "a\n<0>b\x1b ü\udc80"), now, 77)
    assert told == "<12>Mar  2 04:05:06 daybell[77]: a <0>b  ü ".encode()


def test_nothing_makes_one_line_two() -> None:
    assert in_one_line("a\r\nb\u2028c\0d") == "a  b c d"


@pytest.mark.parametrize(
    ("line", "kind", "number"),
    [
        (Line(NOTICE, "", "scheduler_started"), 4, 1),
        (Line(WARNING, "", "run_finished"), 2, 10),
        (Line(NOTICE, "", "incident_changed"), 4, 11),
        (Line(ERROR, "", "message"), 1, 20),
        (Line(CRITICAL, "", "message"), 1, 20),
    ],
)
def test_windows_sorts_them(line: Line, kind: int, number: int) -> None:
    assert (event_type(line), event_id(line)) == (kind, number)
