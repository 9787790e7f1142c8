import pytest

from daybell.handlers.limits import check_limits, limit_in_words, measured
from daybell.machine.processes.interface import Ended
from daybell.machine.processes.limits import Ground
from daybell.model.durations import Duration
from daybell.model.job import Limits
from daybell.model.sizes import Size
from daybell.model.status import Problem

ALL = Limits(nice=-5, ionice="idle", memory=Size.parse("512M"), cpu_time=Duration(hours=1))
M = 1 << 20


def test_each_limit_without_effect_is_a_problem_of_its_key() -> None:
    bare = Ground(system="macos", least_nice=0, has_io_priorities=False)
    assert check_limits(ALL, "backup.json", bare) == [
        Problem("backup.json", "limits.nice", "nice below 0 needs root: it runs with 0"),
        Problem("backup.json", "limits.ionice", "this system has no I/O priorities: it is not applied"),
        Problem("backup.json", "limits.memory", "macOS does not enforce limits on memory: it is not applied"),
    ]


def test_a_job_without_limits_has_no_problem() -> None:
    assert check_limits(Limits(), "backup.json") == []


def test_limits_are_checked_against_this_machine() -> None:
    assert check_limits(Limits(nice=19, cpu_time=Duration(hours=1)), "backup.json") == []


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (Ended(exit_code=137, reached="memory"), "memory limit of 512M reached"),
        (Ended(exit_code=152, reached="cpu_time"), "cpu_time limit of 1h reached"),
        (Ended(exit_code=1), None),
    ],
)
def test_a_limit_that_was_reached_is_named(ended: Ended, expected: str | None) -> None:
    assert limit_in_words(ALL, ended) == expected


@pytest.mark.parametrize(
    ("limits", "ended", "expected"),
    [
        (ALL, Ended(exit_code=1), ""),
        (ALL, Ended(exit_code=1, peak_memory=498 * M + 12345), " (peak 498M of 512M)"),
        (ALL, Ended(exit_code=1, peak_memory=1024 * M), " (peak 1G of 512M)"),
        (ALL, Ended(exit_code=1, peak_memory=20_000), " (peak 1M of 512M)"),
        (Limits(nice=5), Ended(exit_code=1, peak_memory=498 * M), ""),
        (ALL, Ended(exit_code=1, cpu_seconds=3604.6), ""),
        (ALL, Ended(exit_code=137, cause="SIGKILL", cpu_seconds=3604.6), " (CPU time 1h5s of 1h)"),
        (
            ALL,
            Ended(exit_code=137, cause="SIGKILL", cpu_seconds=60, peak_memory=500 * M),
            " (peak 500M of 512M, CPU time 1m of 1h)",
        ),
    ],
)
def test_what_was_taken_stands_beside_what_was_allowed(limits: Limits, ended: Ended, expected: str) -> None:
    assert measured(limits, ended) == expected
