import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from api.fake_service import FakeService, add
from cli.program import Program
from daybell.api.shapes import RunShape
from daybell.cli.act import exit_code_of_run
from daybell.model.run import Outcome

SOON = 10
"""Seconds; far more than any of this takes."""


@pytest.fixture
def backup(service: FakeService) -> FakeService:
    add(service, "backup")
    service.heard.clear()
    return service


def test_run_prints_the_id_and_says_what_to_do_with_it(daybell: Program, backup: FakeService) -> None:
    assert daybell("run", "backup") == (
        0,
        "run-1\n",
        "backup runs; follow it with `daybell logs run-1 -f`\n",
    )


def test_run_prints_json(daybell: Program, backup: FakeService) -> None:
    assert json.loads(daybell("run", "backup", "--json").out) == {"run_id": "run-1"}


@pytest.mark.parametrize(
    ("outcome", "changes", "code", "sentence"),
    [
        ("succeeded", {"exit_code": 0}, 0, "backup succeeded after 3.0s"),
        (
            "failed",
            {"exit_code": 3, "error": "disk full"},
            3,
            "backup failed after 3.0s: exit code 3: disk full",
        ),
        ("timed_out", {"exit_code": 143}, 124, "backup timed out after 3.0s: exit code 143"),
        ("cancelled", {"reason": "by hand"}, 1, "backup cancelled after 3.0s: by hand"),
    ],
)
def test_run_wait_ends_as_the_command_did(
    daybell: Program,
    backup: FakeService,
    outcome: Outcome,
    changes: dict[str, object],
    code: int,
    sentence: str,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(daybell, "run", "backup", "--wait")
        assert backup.heard.wait(SOON)
        backup.finish("run-1", outcome, **changes)
        assert said.result(SOON) == (code, "", sentence + "\n")


def test_run_wait_prints_the_run_as_json(daybell: Program, backup: FakeService) -> None:
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(daybell, "run", "backup", "--wait", "--json")
        assert backup.heard.wait(SOON)
        backup.finish("run-1", "succeeded", exit_code=0)
        assert json.loads(said.result(SOON).out)["outcome"] == "succeeded"


def test_interrupting_a_wait_leaves_the_run_alone(daybell: Program, backup: FakeService) -> None:
    person = threading.main_thread().ident
    assert person is not None

    is_over = threading.Event()

    def interrupt() -> None:
        """Again where the first came in the very moment before the wait, which then knows nothing of it."""
        assert backup.heard.wait(SOON)
        for _ in range(3):
            signal.pthread_kill(person, signal.SIGINT)
            if is_over.wait(2):
                return

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    try:
        said = daybell("run", "backup", "--wait")
    finally:
        is_over.set()
    interrupter.join(SOON)
    assert said == (130, "", "the run goes on; `daybell cancel run-1` ends it\n")
    assert backup.runs["run-1"].outcome is None


@pytest.mark.parametrize(
    ("outcome", "exit_code", "code"),
    [
        ("succeeded", 0, 0),
        ("succeeded", None, 0),
        ("succeeded", 9, 9),
        ("failed", 2, 2),
        ("failed", None, 1),
        ("failed", 0, 1),
        ("timed_out", None, 124),
        ("timed_out", 0, 124),
        ("cancelled", 0, 1),
        ("interrupted", None, 1),
        ("skipped", None, 1),
        ("failed", 143, 143),
    ],
)
def test_exit_codes_tell_the_truth(outcome: str, exit_code: int | None, code: int) -> None:
    run = cast("RunShape", {"outcome": outcome, "exit_code": exit_code})
    assert exit_code_of_run(run) == code


def test_run_says_why_it_may_not_start(daybell: Program, backup: FakeService) -> None:
    daybell("run", "backup")
    assert daybell("run", "backup") == (7, "", "daybell: backup is running already\n")


def test_cancel_prints_the_ids_of_what_it_ends(daybell: Program, backup: FakeService) -> None:
    daybell("run", "backup")
    assert daybell("cancel", "backup") == (0, "run-1\n", "ending 1 run\n")
    assert daybell("cancel", "run-1").code == 7
    daybell("run", "backup")
    assert json.loads(daybell("cancel", "run-2", "--json").out) == {"run_ids": ["run-2"]}


def test_pause_and_resume_one(daybell: Program, backup: FakeService) -> None:
    assert daybell("pause", "backup") == (0, "", "paused backup\n")
    assert backup.paused == {"backup"}
    assert json.loads(daybell("resume", "backup", "--json").out)["is_paused"] is False


def test_pause_and_resume_all(daybell: Program, backup: FakeService) -> None:
    assert daybell("pause", "--all") == (0, "", "paused all jobs\n")
    assert daybell("resume", "--all", "--json") == (0, "{}\n", "")


@pytest.mark.parametrize("argv", [("pause",), ("pause", "backup", "--all"), ("resume",)])
def test_pause_needs_one_job_or_all(lonely: Program, argv: tuple[str, ...]) -> None:
    assert lonely(*argv) == (2, "", f"daybell: say which job to {argv[0]}, or --all\n")
