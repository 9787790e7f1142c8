import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.machine.processes.interface import Limit
from daybell.machine.processes.limits import (
    Ground,
    JobObjectLimits,
    System,
    job_object_limits,
    least_nice,
    peak_of_child,
    priority_class,
    reached,
    settings,
    unapplied,
)
from daybell.machine.processes.shim import Settings
from daybell.model.durations import Duration
from daybell.model.job import Limits
from daybell.model.sizes import Size

HALF = Size.parse("512M")
ALL = Limits(nice=10, ionice="idle", memory=HALF, cpu_time=Duration(hours=1))


def ground(system: System = "linux", least: int = 0, *, io: bool = True) -> Ground:
    return Ground(system=system, least_nice=least, has_io_priorities=io)


@pytest.mark.parametrize(
    ("limits", "here", "expected"),
    [
        (Limits(), ground(), {}),
        (Limits(nice=10), ground(), {"nice": 10}),
        (Limits(nice=-5), ground(least=0), {"nice": 0}),
        (Limits(nice=-5), ground(least=-20), {"nice": -5}),
        (Limits(nice=3), ground(least=5), {"nice": 5}),
        (Limits(ionice="idle"), ground(), {"io_priority": 0x6000}),
        (Limits(ionice="low"), ground(), {"io_priority": 0x4007}),
        (Limits(ionice="normal"), ground(), {"io_priority": 0x4004}),
        (Limits(ionice="idle"), ground("macos"), {"io_priority": 3}),
        (Limits(ionice="idle"), ground(io=False), {}),
        (Limits(memory=HALF), ground(), {"memory": 512 << 20}),
        (Limits(memory=HALF), ground("macos"), {}),
        (Limits(cpu_time=Duration(minutes=1)), ground("macos"), {"cpu_seconds": 60}),
        (Limits(cpu_time=Duration(seconds=1.2)), ground(), {"cpu_seconds": 2}),
        (Limits(cpu_time=Duration(milliseconds=1)), ground(), {"cpu_seconds": 1}),
    ],
)
def test_a_process_sets_what_its_system_applies(limits: Limits, here: Ground, expected: Settings) -> None:
    assert settings(limits, here) == expected


def test_in_a_scope_no_process_is_limited_in_its_memory() -> None:
    assert settings(ALL, ground(), is_scoped=True) == {
        "nice": 10,
        "io_priority": 0x6000,
        "cpu_seconds": 3600,
    }


@pytest.mark.parametrize(
    ("limits", "here", "expected"),
    [
        (ALL, ground(), {}),
        (ALL, ground("macos"), {"memory": "macOS does not enforce limits on memory: it is not applied"}),
        (
            ALL,
            ground("windows", -20, io=False),
            {"ionice": "this system has no I/O priorities: it is not applied"},
        ),
        (Limits(nice=-1), ground(), {"nice": "nice below 0 needs root: it runs with 0"}),
        (Limits(nice=2), ground(least=5), {"nice": "nice below 5 needs root: it runs with 5"}),
        (Limits(nice=-1), ground(least=-1), {}),
        (Limits(), ground("macos", io=False), {}),
    ],
)
def test_what_has_no_effect_here_is_told(limits: Limits, here: Ground, expected: dict[str, str]) -> None:
    assert unapplied(limits, here) == expected


@pytest.mark.parametrize(
    ("own", "ceiling", "is_root", "expected"),
    [
        (0, 0, False, 0),
        (5, 0, False, 5),
        (0, 0, True, -20),
        (0, 30, False, -10),
        (-5, 0, False, -5),
        (0, 40, False, -20),
        (0, 99, False, -20),
        (0, -1, False, -20),
    ],
)
def test_how_low_a_nice_value_may_be(own: int, ceiling: int, is_root: bool, expected: int) -> None:  # noqa: FBT001 a table
    assert least_nice(own, ceiling, is_root=is_root) == expected


@pytest.mark.parametrize(
    ("nice", "expected"),
    [
        (19, 0x40),
        (15, 0x40),
        (14, 0x4000),
        (1, 0x4000),
        (0, 0x20),
        (None, 0),
        (-1, 0x8000),
        (-9, 0x8000),
        (-10, 0x80),
    ],
)
def test_windows_has_few_priorities(nice: int | None, expected: int) -> None:
    assert priority_class(nice) == expected


@given(st.integers(-20, 18))
def test_a_greater_nice_value_never_takes_more(nice: int) -> None:
    ranks = {0x40: 0, 0x4000: 1, 0x20: 2, 0x8000: 3, 0x80: 4}
    assert ranks[priority_class(nice + 1)] <= ranks[priority_class(nice)]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), JobObjectLimits(flags=0, process_time=0, job_memory=0)),
        (
            ALL,
            JobObjectLimits(flags=0x202, process_time=36_000_000_000, job_memory=512 << 20),
        ),
        (
            Limits(memory=HALF),
            JobObjectLimits(flags=0x200, process_time=0, job_memory=512 << 20),
        ),
    ],
)
def test_a_job_object_has_the_limits_that_are_set(limits: Limits, expected: JobObjectLimits) -> None:
    assert job_object_limits(limits) == expected


@pytest.mark.parametrize(
    ("limits", "exit_code", "cause", "oom_kills", "expected"),
    [
        (ALL, 1, None, 0, None),
        (ALL, 152, "SIGXCPU", 0, "cpu_time"),
        (ALL, 152, None, 0, "cpu_time"),  # a shell whose last command ended so
        (ALL, 1816, None, 0, "cpu_time"),  # Windows
        (ALL, 137, "SIGKILL", 0, None),
        (ALL, 137, "SIGKILL", 1, "memory"),
        (ALL, 1, None, 2, "memory"),
        (ALL, -1073741801, "a lack of memory", 0, "memory"),  # Windows
        (ALL, 0xC0000017, "a lack of memory", 0, "memory"),
        (Limits(memory=HALF), 152, "SIGXCPU", 0, None),
        (Limits(nice=5), 152, "SIGXCPU", 1, None),
    ],
)
def test_a_limit_is_named_where_the_system_tells(
    limits: Limits, exit_code: int, cause: str | None, oom_kills: int, expected: Limit | None
) -> None:
    assert reached(limits, exit_code, cause, oom_kills) == expected


@pytest.mark.parametrize(
    ("maxrss", "own", "unit", "expected"),
    [
        (500_000, 50_000, 1024, 512_000_000),
        (50_000, 50_000, 1024, None),
        (51_000_000, 50_000_000, 1, 51_000_000),
    ],
)
def test_a_peak_below_daybells_own_is_unknown(maxrss: int, own: int, unit: int, expected: int | None) -> None:
    assert peak_of_child(maxrss, own, unit) == expected
