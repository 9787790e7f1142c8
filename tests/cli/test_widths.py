"""What each table looks like, in windows of three widths, with colour and without: see `golden/`."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from api.fake_service import NOON, FakeService, add
from cli.program import Program
from daybell.core.tables import columns_of
from daybell.model.run import Outcome, Run
from daybell.model.status import JobStatus, Problem

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = ("status", "status --absolute", "list", "history", "show backup-photos")
PAINT = re.compile(r"\x1b\[(\d+)m")


@pytest.fixture
def home_of_ann(service: FakeService) -> FakeService:
    """Four jobs: one failed, one runs, one is paused, one is new; and what ran before."""
    add(service, "backup-photos", "mail", "rotate", "weekly")
    service.pause_job("rotate")
    service.changed["backup-photos"] = JobStatus(
        id="backup-photos",
        name="Back up photos",
        state="idle",
        schedule="daily at 02:30, in Europe/Berlin",
        next_run=NOON + timedelta(hours=14.5),
        last_run=NOON - timedelta(hours=9.5),
        last_outcome="failed",
        last_error="restic: the repository is locked by another process on another machine, for 3 days",
        run_count=12,
        error_count=1,
    )
    service.problems = (Problem("bad.json", "triggers[0].expression", "expected five fields"),)
    service.runs["a"] = Run(
        run_id="a",
        job_id="mail",
        cause="schedule",
        outcome="missed",
        reason="too late",
        due=NOON - timedelta(days=2),
        due_to=NOON - timedelta(hours=1),
        count=47,
    )
    ended: list[tuple[int, str, Outcome]] = [(90, "backup-photos", "failed"), (5, "mail", "succeeded")]
    for minutes, job_id, outcome in ended:
        begin = NOON - timedelta(minutes=minutes)
        service.runs[job_id] = Run(
            run_id=job_id,
            job_id=job_id,
            cause="schedule",
            due=begin,
            started=begin,
            finished=begin + timedelta(seconds=minutes),
            outcome=outcome,
            exit_code=int(outcome == "failed"),
            error="the repository is locked by another process" if outcome == "failed" else None,
            attempts=1,
        )
    service.run_now("mail")
    return service


def golden(command: str, width: int) -> str:
    return (GOLDEN / f"{command.replace(' --', '-').replace(' ', '-')}-{width}.txt").read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("command", COMMANDS)
def test_it_looks_so(daybell: Program, home_of_ann: FakeService, command: str, width: int) -> None:
    """Colours stand in the files as <31>...<0>; without them the text is the same."""
    daybell.width = width
    plain = daybell(*command.split()).out.replace(str(daybell.home), "/home/ann")
    daybell.has_colour = True
    painted = daybell(*command.split()).out.replace(str(daybell.home), "/home/ann")
    assert PAINT.sub(r"<\1>", painted) == golden(command, width)
    assert PAINT.sub("", painted) == plain
    assert "\x1b" not in plain


@pytest.mark.parametrize("command", ["status", "list", "history"])
def test_a_wide_letter_takes_two_columns(daybell: Program, home_of_ann: FakeService, command: str) -> None:
    home_of_ann.changed["weekly"] = JobStatus(
        id="weekly", name="週に一度" * 20, state="idle", schedule="週" * 80
    )
    daybell.width = 60
    lines = daybell(command).out.splitlines()
    assert max(columns_of(line) for line in lines if not line.startswith(("Daybell", "bad"))) <= 60
