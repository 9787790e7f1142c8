"""What a person need not be told twice."""

import pytest

from builders import a_run
from daybell.core.signature import LONGEST, signature
from daybell.model.run import Outcome


def of(error: str | None, exit_code: int | None = 3, outcome: Outcome = "failed") -> str:
    return signature(a_run(outcome=outcome, exit_code=exit_code, error=error))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("disk full", "disk full"),
        (None, ""),
        ("12 of 3,400 files, -5 left, 99.5% done", "# of # files, # left, #% done"),
        ("only 12.5 MB of 900KiB", "only # of #"),
        ("no item 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "no item <id>"),
        ("object at 0x7f3a2c bad, commit 9fceb02d0ae5", "object at <id> bad, commit <id>"),
        ("the decade was effaced", "the decade was effaced"),
        ("2026-03-02 12:00:01,250 ERROR lost", "<date> ERROR lost"),
        ("2026-03-02T12:00:01.5+01:00 lost", "<date> lost"),
        ("Mon, 02 Mar 2026 12:00 lost", "<date> # # lost"),
        ("Mar  2 12:00:01 host: lost", "<date> # host: lost"),
        ("it may fail in march", "it may fail in march"),
        ("cannot open /home/me/a.txt: denied", "cannot open <path>: denied"),
        ("cannot open '/home/me/My Photos/a.jpg'", "cannot open <path>"),
        (r"cannot open C:\Users\me\x.txt", "cannot open <path>"),
        (r"cannot reach \\nas\photos\1", "cannot reach <path>"),
        ("no ~/Pictures or ../old/x", "no <path> or <path>"),
        ("cannot read 2026/trip/img-1.jpg", "cannot read <path>"),
        ("I/O error and/or worse", "I/O error and/or worse"),
        ("GET https://example.org/a/b?c=1 gave 503", "GET https://example.org/<path> gave #"),
        ("Permission denied (publickey).", "Permission denied (publickey)."),
        ("one\ttwo\x1b", "one two"),
    ],
)
def test_N1_numbers_paths_ids_and_dates_are_taken_out(error: str | None, expected: str) -> None:
    assert of(error) == (f"failed 3: {expected}" if expected else "failed 3")


def test_N1_outcome_exit_code_and_error_tell_failures_apart() -> None:
    different = {of("a"), of("b"), of("a", 4), of("a", None), of("a", outcome="timed_out"), of(None)}
    assert len(different) == 6


def test_how_a_timeout_was_enforced_makes_no_difference() -> None:
    assert of("timed out after 5m", 143, "timed_out") == of("timed out after 5m", 137, "timed_out")


@pytest.mark.parametrize("piece", ["a", "0", "/", "/a", "a.", "'", "a/", "\\", "0a", "mon ", "http://"])
def test_a_long_error_takes_no_long_time(piece: str) -> None:
    assert len(of(piece * 10_000)) <= LONGEST + len("failed 3: ")
