"""The real app asleep, stopped, abroad, with its clock set, and on the nights on which the clocks change.

What happens stands in `laptops`, all of it at once; what must hold stands here.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from builders import at
from daybell.model.run import Run
from laptops import HOUR, SECOND, Scenes, Seen
from virtual_wall import VirtualWall, compiled, why_not

pytestmark = [pytest.mark.system, pytest.mark.skipif(bool(why_not()), reason=why_not())]

SETTLE = timedelta(seconds=30)
"""After a wake, no late run starts before."""
SOON = timedelta(seconds=60)
"""By then it has."""
NOTICED = timedelta(seconds=10)
"""By then a wake is."""
PUNCTUAL = timedelta(seconds=8)
"""How late a run may start where two processors do the work of eight apps; it would be late after ten."""
CAUGHT_UP = "caught up by the newest"
GAPS = pytest.mark.parametrize("gap", ["asleep", "set_forward", "not_running"])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def scenes(library: Path) -> Iterator[Scenes]:
    place = Path(tempfile.mkdtemp(prefix="daybell-clock-"))  # short, as the path of a socket must be
    playing = Scenes(place, library)
    yield playing
    playing.close()
    shutil.rmtree(place)


def started(runs: Sequence[Run]) -> list[datetime]:
    return [run.started for run in runs if run.started]


def caught_up(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.cause == "catch_up"]


def all_late(seen: Seen) -> list[Run]:
    """Late runs of all jobs, in the order of their starts."""
    late = [run for runs in seen.rows.values() for run in caught_up(runs) if run.started]
    return sorted(late, key=lambda run: started([run]))


def decided(runs: Sequence[Run], step: timedelta) -> list[datetime]:
    """Every instant that has a row, of a job that is due at each such step."""
    instants = []
    for run in runs:
        instant, last = run.due, run.due_to or run.due
        while instant is not None and last is not None and instant <= last:
            instants.append(instant)
            instant += step
    return sorted(instants)


# The clock itself

PROGRAM = """
import sys, threading, time
from datetime import UTC, datetime
from msgspec.structs import astuple
from daybell.core.clocks import compare
from daybell.machine.clock import SystemClock

before = SystemClock().look()
print("ready", flush=True)
sys.stdin.readline()
for finding in compare(before, SystemClock().look(), 3600):
    print(type(finding).__name__, round(astuple(finding)[0].total_seconds()))
started = time.perf_counter()
threading.Event().wait(0.05)
time.sleep(0.05)
assert 0.1 <= time.perf_counter() - started < 5
assert abs(datetime.now(UTC).timestamp() - time.time()) < 1
print(round(time.time()))
"""


@pytest.mark.parametrize(
    ("slept", "stepped", "expected"),
    [
        (timedelta(0), timedelta(0), []),
        (3 * HOUR, timedelta(0), ["Slept 10800"]),
        (timedelta(0), -HOUR, ["ClockStepped -3600"]),
        (8 * HOUR, 400 * 24 * HOUR, ["Slept 28800", "ClockStepped 34560000"]),
    ],
)
def test_a_program_s_own_clocks_tell_what_happened_to_it(
    library: Path, tmp_path: Path, slept: timedelta, stepped: timedelta, expected: list[str]
) -> None:
    wall = VirtualWall(library, tmp_path / "wall")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **wall.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        wall.sleep(slept)
        wall.step(stepped)
        told, _ = program.communicate("go\n", timeout=20)
    *found, shown = told.splitlines()
    assert found == expected
    assert abs(wall.now() - datetime.fromtimestamp(int(shown), UTC)) < 5 * SECOND
    assert program.returncode == 0


# Gaps


def outlines(runs: Sequence[Run], first: datetime) -> list[tuple[str, str | None, str | None, list[float]]]:
    """Cause, outcome, reason and instants, these counted in hours since the first one."""
    return [
        (
            run.cause,
            run.outcome,
            run.reason,
            [(instant - first) / HOUR for instant in (run.due, run.due_to) if instant is not None],
        )
        for run in runs
    ]


@GAPS
@pytest.mark.parametrize(
    ("job_id", "expected"),
    [
        (
            "newest",
            [
                ("schedule", "missed", CAUGHT_UP, [0, 1]),
                ("catch_up", "succeeded", None, [2]),
            ],
        ),
        ("each", [("catch_up", "succeeded", None, [number]) for number in range(3)]),
        ("none", [("schedule", "missed", "not caught up", [0, 2])]),
    ],
)
def test_M3_what_was_missed_is_the_same_whatever_the_gap(
    scenes: Scenes, gap: str, job_id: str, expected: list[object]
) -> None:
    seen = scenes[gap]
    assert outlines(seen.rows[job_id], seen.moments["first"]) == expected


@GAPS
def test_what_is_caught_up_starts_within_a_minute(scenes: Scenes, gap: str) -> None:
    seen = scenes[gap]
    late = all_late(seen)
    assert {run.job_id for run in late} >= {"newest", "each", "urgent"}
    assert all(seen.moments["woke"] < moment < seen.moments["woke"] + SOON for moment in started(late))


def test_M10_no_late_run_starts_before_the_machine_has_settled(scenes: Scenes) -> None:
    seen = scenes["asleep"]
    assert min(started(all_late(seen))) >= seen.moments["woke"] + SETTLE


@pytest.mark.parametrize("job_id", ["after", "at_once"])
def test_M10_a_run_due_after_the_wake_is_not_delayed(scenes: Scenes, job_id: str) -> None:
    """It is on time, even if the wake was noticed later than that."""
    seen = scenes["asleep"]
    (run,) = seen.rows[job_id]
    due = seen.moments[job_id]
    assert (run.cause, run.outcome, run.due) == ("schedule", "succeeded", due)
    assert due <= started([run])[0] < max(due, seen.moments["woke"] + NOTICED) + PUNCTUAL


def test_M10_late_runs_start_one_at_a_time_by_priority_and_then_age(scenes: Scenes) -> None:
    late = all_late(scenes["asleep"])
    assert late[0].job_id == "urgent"
    dues = [run.due for run in late[1:] if run.due]
    assert dues == sorted(dues)
    assert all(
        before.finished <= after.started
        for before, after in pairwise(late)
        if before.finished and after.started
    )


def test_M3_being_stopped_is_a_gap_too(scenes: Scenes) -> None:
    """Of what is older than a run may be late: what is not is on time, each instant of it."""
    seen = scenes["stopped"]
    runs = seen.rows["tick"]
    (late,) = caught_up(runs)
    (others,) = [run for run in runs if run.outcome == "missed"]
    assert late.due is not None
    assert others.due is not None
    assert (late.outcome, others.reason, others.due_to) == ("succeeded", CAUGHT_UP, late.due - SECOND)
    assert seen.moments["halted"] - 5 * SECOND < others.due < late.due < started([late])[0] - 10 * SECOND
    assert seen.moments["woke"] < started([late])[0] < seen.moments["woke"] + SOON


def test_L3_no_second_around_a_stop_is_lost_or_decided_twice(scenes: Scenes) -> None:
    instants = decided(scenes["stopped"].rows["tick"], SECOND)
    assert instants == [instants[0] + number * SECOND for number in range(len(instants))]


# A clock set back


def test_M9_a_clock_set_back_fires_nothing_twice(scenes: Scenes) -> None:
    instants = decided(scenes["set_back"].rows["often"], 5 * SECOND)
    assert len(instants) == len(set(instants))


def test_L1_instants_that_come_again_after_a_clock_was_set_back_are_not_due_again(scenes: Scenes) -> None:
    """What is due every five seconds goes on once the clock has come to where it was."""
    seen = scenes["set_back"]
    last = max(run.due for run in seen.rows["often"] if run.due)
    assert timedelta(0) < seen.coming["often"] - last <= 10 * SECOND


def test_M9_what_was_due_soon_is_due_when_the_clock_says_so(scenes: Scenes) -> None:
    """Its alarm was set for twenty seconds later, which the clock now shows an hour later."""
    seen = scenes["set_back"]
    assert (seen.rows["later"], seen.coming["later"]) == ([], seen.moments["later"])


# Zones


@pytest.mark.skipif(
    not Path("/usr/share/zoneinfo/Asia/Tokyo").exists(),
    reason="install the zones to run it: apt-get install tzdata",
)
def test_D2_abroad_local_jobs_follow_the_machine_and_others_do_not(scenes: Scenes) -> None:
    coming = scenes["abroad"].coming
    for job_id, zone in (("daily", "Asia/Tokyo"), ("pinned", "Europe/Berlin")):
        there = coming[job_id].astimezone(ZoneInfo(zone))
        assert (there.hour, there.minute) == (2, 30), job_id


@pytest.mark.parametrize(
    ("season", "job_id", "expected"),
    [
        ("spring", "daily", ["2026-03-29 01:00"]),
        ("spring", "hourly", ["2026-03-29 01:00", "2026-03-29 02:00"]),
        ("spring", "half-hourly", ["2026-03-29 01:00", "2026-03-29 01:30", "2026-03-29 02:00"]),
        ("spring", "even", ["2026-03-29 02:00"]),
        ("autumn", "daily", ["2026-10-25 00:30"]),
        ("autumn", "hourly", ["2026-10-25 01:00", "2026-10-25 02:00"]),
        ("autumn", "half-hourly", [f"2026-10-25 {time}" for time in ("00:30", "01:00", "01:30", "02:00")]),
    ],
)
def test_D1_on_the_nights_on_which_the_clocks_change(
    scenes: Scenes, season: str, job_id: str, expected: list[str]
) -> None:
    """Daily at 02:30: at the end of the gap; and the first of two. Hourly: every real hour."""
    runs = scenes[season].rows[job_id]
    assert [run.due for run in runs] == [at(instant) for instant in expected]
    assert {(run.cause, run.outcome) for run in runs} == {("schedule", "succeeded")}
    assert all(
        run.due and moment - run.due < PUNCTUAL for run, moment in zip(runs, started(runs), strict=True)
    )
