"""Jitter on the real engine, in simulated time; tests are named after their statements."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron, every
from daybell.core.catchup import ZONE_CHANGED
from daybell.core.jitter import late_offset
from daybell.engine.messages import Pause, Resume, RunNow
from daybell.engine.planning import LEAD
from daybell.model.durations import Duration
from daybell.model.job import CatchUp, Job
from simulations import DAY, HOUR, MINUTE, SECOND, START, Commands, hourly, since_start, told

WINDOW = Duration(minutes=50)
SEED = "the machine and its user"


def spread(**changes: object) -> Job:
    return hourly(**{"jitter": WINDOW, **changes})


def seeded(job: Job, seed: str = SEED) -> Commands:
    simulation = Commands(job)
    simulation.config = replace(simulation.config, seed=seed)
    simulation.restart()
    return simulation


def offset_of(job: Job, seed: str = SEED) -> timedelta:
    """How long after its first instant it will start."""
    coming = seeded(job, seed).status(job.id).next_run
    assert coming is not None
    return coming - (START + HOUR)


OFFSET = offset_of(spread())


def test_J1_it_starts_so_long_after_it_is_due_each_time() -> None:
    simulation = seeded(spread())
    simulation.run_for(5 * HOUR)
    assert timedelta(0) < OFFSET < WINDOW
    assert since_start(simulation.starts()) == [number * HOUR + OFFSET for number in (1, 2, 3, 4)]
    assert since_start(run.due for run in simulation.rows()) == [number * HOUR for number in (1, 2, 3, 4)]


def test_J1_how_long_is_the_same_after_a_restart_and_tells_jobs_machines_and_users_apart() -> None:
    simulation = seeded(spread())
    before = simulation.status("backup").next_run
    simulation.down(SECOND)
    assert simulation.status("backup").next_run == before
    offsets = [OFFSET, offset_of(spread(id="mail")), offset_of(spread(), "another machine")]
    assert len(set(offsets)) == 3
    assert all(offset % timedelta(milliseconds=1) == timedelta(0) for offset in offsets)


def test_J1_it_is_shown_as_what_is_next() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR)
    assert simulation.status("backup").next_run == START + HOUR + OFFSET
    simulation.run_for(OFFSET)
    assert simulation.status("backup").next_run == START + 2 * HOUR + OFFSET


def test_J1_random_draws_anew_for_each_instant() -> None:
    simulation = seeded(spread(jitter_mode="random"))
    simulation.run_for(10 * HOUR)
    waits = [run.started - run.due for run in simulation.rows() if run.started and run.due]
    assert len(set(waits)) == len(waits) >= 9
    assert all(timedelta(0) <= wait < WINDOW for wait in waits)


def test_J1_at_random_each_instant_starts_before_the_next_is_due() -> None:
    job = a_job(triggers=(cron("* * * * *"),), jitter=Duration(hours=1), jitter_mode="random")
    simulation = seeded(job)
    simulation.run_for(HOUR)
    assert told(simulation.rows()) == [("schedule", "succeeded", None)] * 59
    assert since_start(run.due for run in simulation.rows()) == [number * MINUTE for number in range(1, 60)]
    assert all(begun < after for begun, after in pairwise(simulation.starts()))


def test_J1_what_waits_for_its_random_moment_does_not_start_before() -> None:
    simulation = seeded(spread(jitter_mode="random"))
    coming = simulation.status("backup").next_run
    simulation.run_for(HOUR + SECOND)
    simulation.reload()
    assert simulation.registry.open_runs() == ()
    simulation.run_for(HOUR)
    assert simulation.starts()[:1] == [coming]


def test_J1_a_window_wider_than_the_interval_only_shifts_what_is_due() -> None:
    simulation = seeded(a_job(triggers=(every("10m"),), jitter=Duration(hours=1)))
    simulation.run_for(3 * HOUR)
    assert {(run.cause, run.outcome) for run in simulation.rows()} == {("schedule", "succeeded")}
    starts = since_start(simulation.starts())
    assert all(after - begun == 10 * MINUTE for begun, after in pairwise(starts))
    assert len(starts) >= 11


def test_O4_what_waits_for_its_jitter_is_no_run_yet() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + OFFSET - LEAD - timedelta(milliseconds=1))
    assert (simulation.registry.open_runs(), simulation.rows()) == ((), [])
    assert simulation.status("backup").state == "idle"


def test_N3_a_run_is_late_only_after_its_jitter() -> None:
    simulation = seeded(spread(late_after=Duration(minutes=1)))
    simulation.run_for(10 * HOUR)
    assert simulation.told == []


def test_J2_a_run_that_is_caught_up_waits_a_minute_at_most() -> None:
    job = spread()
    simulation = seeded(job)
    simulation.down(3 * HOUR + 55 * MINUTE)
    simulation.run_for(2 * MINUTE)
    (late,) = [run for run in simulation.rows() if run.cause == "catch_up"]
    wait = late_offset(job, SEED, late.due)
    assert timedelta(0) < wait < MINUTE
    assert late.started == START + 3 * HOUR + 55 * MINUTE + wait


def test_J2_after_a_wake_it_waits_for_the_machine_to_settle_as_well() -> None:
    simulation = seeded(spread())
    simulation.suspend(3 * HOUR + 55 * MINUTE)
    simulation.run_for(2 * MINUTE)
    wait = max(30 * SECOND, late_offset(spread(), SEED, None))
    assert since_start(simulation.starts()) == [3 * HOUR + 55 * MINUTE + wait]


def test_J2_sleeping_inside_the_jitter_misses_the_instant() -> None:
    """The instants whose moment has passed are missed; the one that still waits for its own is not."""
    simulation = seeded(spread())
    simulation.run_for(HOUR + OFFSET / 2)
    simulation.suspend(2 * HOUR)
    simulation.run_for(50 * MINUTE)
    rows = sorted((run.due or START, run.cause, run.outcome) for run in simulation.rows())
    assert rows == [
        (START + HOUR, "schedule", "missed"),
        (START + 2 * HOUR, "catch_up", "succeeded"),
        (START + 3 * HOUR, "schedule", "succeeded"),
    ]


def test_J2_at_random_too() -> None:
    job = spread(jitter_mode="random", catch_up=CatchUp("all"))
    simulation = seeded(job)
    simulation.run_for(HOUR)
    simulation.suspend(9.5 * HOUR)
    simulation.run_for(2 * HOUR)
    rows = sorted((run.due or START, run.started or START) for run in simulation.rows())
    assert [due for due, _ in rows][:10] == [START + number * HOUR for number in range(1, 11)]
    assert {run.outcome for run in simulation.rows()} == {"succeeded"}


def test_J2_a_sleep_that_ends_before_its_moment_changes_nothing() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.suspend(OFFSET - MINUTE)
    simulation.run_for(10 * MINUTE)
    assert since_start(simulation.starts()) == [HOUR + OFFSET]


def test_J1_nor_does_a_restart() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.down(OFFSET - MINUTE)
    simulation.run_for(10 * MINUTE)
    assert since_start(simulation.starts()) == [HOUR + OFFSET]
    assert told(simulation.rows()) == [("schedule", "succeeded", None)]


def test_M8_a_pause_inside_the_jitter_skips_the_instant() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.ask(Pause("backup"))
    simulation.run_for(OFFSET)
    simulation.ask(Resume("backup"))
    assert told(simulation.rows()) == [("schedule", "skipped", "paused")]
    simulation.run_for(HOUR)
    assert since_start(simulation.starts()) == [2 * HOUR + OFFSET]


def test_M8_a_pause_that_ends_before_its_moment_skips_nothing() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.ask(Pause("backup"))
    simulation.run_for(OFFSET / 2)
    simulation.ask(Resume("backup"))
    simulation.run_for(OFFSET)
    assert since_start(simulation.starts()) == [HOUR + OFFSET]


def test_L3_an_instant_that_waits_for_its_jitter_is_not_lost_to_an_edit() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.edit(spread(triggers=(cron("30 * * * *"),)))
    assert told(simulation.rows()) == [("schedule", "skipped", "its schedule was edited")]
    assert simulation.status("backup").next_run == START + 1.5 * HOUR + OFFSET


def test_L3_nor_to_a_flight() -> None:
    simulation = Commands(a_job(triggers=(cron("0 14 * * *"),), jitter=WINDOW), zone=BERLIN)
    simulation.run_for(HOUR + SECOND)
    simulation.change_zone(ZoneInfo("America/New_York"))
    (row, again) = simulation.rows()
    assert (row.due, row.reason) == (START + HOUR, ZONE_CHANGED)
    assert (again.due, again.reason) == (at("2026-03-02 14:00 America/New_York"), ZONE_CHANGED)


def test_G2_an_edit_that_leaves_the_schedule_leaves_the_moment() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.edit(spread(timeout=Duration(minutes=5)))
    simulation.run_for(OFFSET)
    assert since_start(simulation.starts()) == [HOUR + OFFSET]


def test_a_run_by_hand_waits_for_no_jitter() -> None:
    simulation = seeded(spread())
    simulation.run_for(HOUR + SECOND)
    simulation.ask(RunNow("backup"))
    assert since_start(simulation.starts()) == [HOUR + SECOND]


def test_jitter_moves_no_schedule() -> None:
    simulation = seeded(a_job(triggers=(every("90m"),), jitter=WINDOW))
    simulation.run_for(DAY)
    assert since_start(run.due for run in simulation.rows()) == [
        number * 90 * MINUTE for number in range(1, 16)
    ]
