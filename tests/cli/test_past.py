import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO, TextIOWrapper

import pytest

from api.fake_service import NOON, FakeService, add
from cli.program import NOW, Program, content
from daybell.cli.main import main
from daybell.cli.terminal import Terminal
from daybell.model.run import Run

SOON = 10
"""Seconds; far more than any of this takes."""


@pytest.fixture
def backup(service: FakeService) -> FakeService:
    add(service, "backup")
    service.run_now("backup")
    service.heard.clear()
    return service


def test_history_is_a_table(daybell: Program, backup: FakeService) -> None:
    backup.finish("run-1", "failed", exit_code=3, error="disk \x1b[31mfull\x1b[0m")
    backup.runs["run-2"] = Run(
        run_id="run-2",
        job_id="backup",
        cause="catch_up",
        due=NOON - timedelta(days=2),
        due_to=NOON - timedelta(hours=1),
        count=47,
        outcome="missed",
        reason="too late",
    )
    backup.run_now("backup")
    said = daybell("history")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "STARTED             JOB     CAUSE     OUTCOME  TOOK  DETAIL",
        "12:00               backup  manual    running     –",
        "Wed 12:00 to 11:00  backup  catch-up  missed      –  47 times: too late",
        "12:00               backup  manual    failed   3.0s  exit code 3: disk full",
    ]


def test_history_of_one_job_may_be_short(daybell: Program, backup: FakeService) -> None:
    backup.finish("run-1", "succeeded", exit_code=0)
    backup.run_now("backup")
    assert len(daybell("history", "backup", "-n", "1").out.splitlines()) == 2


def test_an_empty_history_is_no_table(daybell: Program, service: FakeService) -> None:
    assert daybell("history") == (0, "", "nothing has run yet\n")


@pytest.mark.parametrize("target", ["run-1", "backup"])
def test_logs_prints_the_bytes_as_they_are(daybell: Program, backup: FakeService, target: str) -> None:
    backup.output("run-1", b"\x1b[31mred\x1b[0m\r\n")
    assert daybell("logs", target) == (0, "\x1b[31mred\x1b[0m\r\n", "")


def test_logs_of_a_job_are_of_its_last_run(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"old")
    backup.finish("run-1", "succeeded")
    backup.run_now("backup")
    backup.output("run-2", b"new")
    backup.runs["run-3"] = Run(run_id="run-3", job_id="backup", cause="schedule", outcome="skipped")
    assert daybell("logs", "backup").out == "new"


def test_logs_of_what_never_ran_say_how_to_run_it(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    assert daybell("logs", "backup") == (
        4,
        "",
        "daybell: backup has not run yet; `daybell run backup` runs it now\n",
    )


def test_logs_of_a_deleted_file_say_so(daybell: Program, backup: FakeService) -> None:
    assert daybell("logs", "run-1") == (4, "", "daybell: the output of run run-1 is gone\n")


class Watched(BytesIO):
    """Tells when something new was printed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Semaphore(0)

    def flush(self) -> None:
        super().flush()
        self.written.release()


def test_logs_follow_until_the_run_ends(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"one\n")
    raw = Watched()
    terminal = Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["logs", "backup", "-f"], terminal)
        assert backup.heard.wait(SOON)
        assert raw.getvalue() == b"one\n"
        backup.output("run-1", b"two\n")
        backup.finish("run-1", "succeeded")
        assert code.result(SOON) == 0
    assert raw.getvalue() == b"one\ntwo\n"
    assert content(terminal.err) == "" if isinstance(terminal.err, TextIOWrapper) else False


def test_following_what_has_ended_prints_it_and_ends(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"all")
    backup.finish("run-1", "succeeded")
    assert daybell("logs", "run-1", "-f") == (0, "all", "")
