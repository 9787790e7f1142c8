"""D2: what a flight, or another zone in the settings, makes of local times, on the real engine."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron, every, once
from daybell.engine.messages import Pause, Resume
from daybell.model.events import ZoneChanged
from daybell.model.job import Job, Trigger
from simulations import DAY, HOUR, MINUTE, SECOND, START, Commands, since_start

NEW_YORK, TOKYO, UTC = (ZoneInfo(name) for name in ("America/New_York", "Asia/Tokyo", "UTC"))
JUMPED = "zone changed"
"""Noon in UTC, when these begin, is 13:00 in Berlin, 07:00 in New York and 21:00 in Tokyo."""


def at_home(*jobs: Job, zone: ZoneInfo = BERLIN) -> Commands:
    return Commands(*jobs, zone=zone)


def long_at_home(*jobs: Job) -> Commands:
    """Since yesterday, so that what is jumped over today was owed."""
    simulation = Commands(*jobs, zone=BERLIN, start=START - DAY)
    simulation.run_until(START)
    return simulation


def daily(time: str, **changes: object) -> Job:
    hour, minute = time.split(":")
    return a_job(triggers=(cron(f"{minute} {hour} * * *"),), **changes)


def shown(simulation: Commands, zone: ZoneInfo, job_id: str = "backup") -> list[str]:
    """The starts so far as the zone's wall shows them."""
    return [f"{moment.astimezone(zone):%d %H:%M}" for moment in simulation.starts(job_id)]


def jumped(simulation: Commands, job_id: str = "backup") -> list[str]:
    """The instants that were jumped over, as the wall shows them where the machine is now."""
    zone = simulation.config.zone
    rows = [run for run in simulation.rows(job_id) if run.outcome == "skipped"]
    assert {run.reason for run in rows} <= {JUMPED}
    return [f"{run.due.astimezone(zone):%d %H:%M}" for run in rows if run.due]


def test_D2_a_daily_job_that_still_comes_comes_at_the_new_wall_s_time() -> None:
    simulation = at_home(daily("18:00"))
    assert simulation.status("backup").next_run == at("2026-03-02 18:00 Europe/Berlin")
    simulation.change_zone(NEW_YORK)
    assert simulation.status("backup").next_run == at("2026-03-02 18:00 America/New_York")
    assert simulation.alarms.at["backup"] <= at("2026-03-02 18:00 America/New_York"), "at once"
    simulation.run_for(DAY)
    assert shown(simulation, NEW_YORK) == ["02 18:00"]
    assert jumped(simulation) == []


def test_D2_flying_west_shows_a_time_again_that_is_over() -> None:
    """It ran at 14:00 in Berlin; New York's 14:00 of the same day is skipped."""
    simulation = at_home(daily("14:00"))
    simulation.run_for(2 * HOUR)
    simulation.change_zone(NEW_YORK)
    assert jumped(simulation) == ["02 14:00"]
    simulation.run_for(3 * DAY)
    assert shown(simulation, NEW_YORK) == ["02 08:00", "03 14:00", "04 14:00"]
    assert jumped(simulation) == ["02 14:00"]


def test_D2_flying_east_jumps_over_a_time() -> None:
    """At 13:00 in Berlin it is 21:00 in Tokyo: 18:00 is past, without having been."""
    simulation = long_at_home(daily("18:00"))
    simulation.change_zone(TOKYO)
    assert jumped(simulation) == ["02 18:00"]
    simulation.run_for(DAY)
    assert shown(simulation, TOKYO) == ["02 02:00", "03 18:00"]


def test_M4_a_job_that_is_new_owes_nothing_to_a_flight() -> None:
    simulation = at_home(daily("18:00"))
    simulation.change_zone(TOKYO)
    assert jumped(simulation) == []
    assert simulation.status("backup").next_run == at("2026-03-03 18:00 Asia/Tokyo")


def test_D2_several_times_of_a_day_are_jumped_over_in_one_row() -> None:
    simulation = long_at_home(a_job(triggers=(cron("0 14,16,18,23 * * *"),)))
    simulation.change_zone(TOKYO)
    row = simulation.rows()[-1]
    assert row.reason == JUMPED
    assert (row.due, row.due_to) == (at("2026-03-02 14:00 Asia/Tokyo"), at("2026-03-02 18:00 Asia/Tokyo"))
    simulation.run_for(3 * HOUR)
    assert shown(simulation, TOKYO)[-1] == "02 23:00"


def test_D2_a_flight_there_and_back_runs_once_a_day() -> None:
    simulation = at_home(daily("14:00"))
    simulation.run_for(2 * HOUR)
    for zone in (NEW_YORK, TOKYO, BERLIN, TOKYO, BERLIN):
        simulation.change_zone(zone)
        simulation.run_for(MINUTE)
    simulation.run_until(at("2026-03-04 20:00"))
    assert shown(simulation, BERLIN) == ["02 14:00", "03 14:00", "04 14:00"]


@pytest.mark.parametrize("trigger", [cron("*/15 * * * *"), cron("0 * * * *")])
def test_D2_a_job_that_follows_the_wall_goes_on_following_it(trigger: Trigger) -> None:
    """Its zone is whole hours away: nothing at all changes."""
    flying, staying = at_home(a_job(triggers=(trigger,))), at_home(a_job(triggers=(trigger,)))
    for simulation in (flying, staying):
        simulation.run_for(90 * MINUTE)
    flying.change_zone(NEW_YORK)
    for simulation in (flying, staying):
        simulation.run_for(DAY)
    assert flying.starts() == staying.starts()
    assert jumped(flying) == []


def test_D2_one_that_follows_the_wall_jumps_only_over_what_is_past() -> None:
    """In India the hour is half an hour away: at 13:40 it is 18:10, and 18:00 is ten minutes past."""
    simulation = at_home(a_job(triggers=(cron("0 * * * *"),)))
    simulation.run_for(40 * MINUTE)
    simulation.change_zone(ZoneInfo("Asia/Kolkata"))
    assert jumped(simulation) == ["02 18:00"]
    simulation.run_for(HOUR)
    assert since_start(simulation.starts()) == [90 * MINUTE]


@pytest.mark.parametrize(
    "trigger",
    [cron("0 18 * * *", "Europe/Berlin"), every("1h"), every("1h", START), once(at("2026-03-02 17:00"))],
)
def test_D2_what_is_not_local_is_not_touched(trigger: Trigger) -> None:
    simulation = at_home(a_job(triggers=(trigger,)))
    before = simulation.status("backup").next_run
    simulation.change_zone(TOKYO)
    assert simulation.status("backup").next_run == before
    assert jumped(simulation) == []


@pytest.mark.parametrize(
    ("zone", "expected"), [(NEW_YORK, "2026-03-02 18:00 America/New_York"), (TOKYO, None)]
)
def test_D2_a_time_without_an_offset_is_one_on_the_new_wall(zone: ZoneInfo, expected: str | None) -> None:
    """A `once` that was jumped over is over."""
    simulation = long_at_home(a_job(triggers=(once(datetime(2026, 3, 2, 18)),)))  # noqa: DTZ001 - as written
    simulation.change_zone(zone)
    coming = simulation.status("backup").next_run
    assert coming == (None if expected is None else at(expected))
    assert simulation.status("backup").state == ("completed" if expected is None else "idle")
    assert jumped(simulation) == ([] if expected else ["02 18:00"])


def test_D2_an_anchor_without_an_offset_moves_along() -> None:
    simulation = at_home(a_job(triggers=(every("1d", datetime(2026, 3, 1, 18)),)))  # noqa: DTZ001 - as written
    simulation.change_zone(NEW_YORK)
    assert simulation.status("backup").next_run == at("2026-03-02 18:00 America/New_York")


def test_D2_bounds_without_an_offset_move_along() -> None:
    job = a_job(triggers=(every("1h", START),), end=datetime(2026, 3, 2, 16))  # noqa: DTZ001 - as written
    simulation = at_home(job)
    simulation.change_zone(NEW_YORK)
    simulation.run_for(DAY)
    assert since_start(simulation.starts())[-1] == 9 * HOUR


def test_D2_an_instant_that_was_missed_before_the_change_is_caught_up() -> None:
    """Asleep on the plane: what the old wall owed is decided by it."""
    simulation = at_home(daily("14:00"))
    simulation.clock.step_to(START + 9 * HOUR)
    simulation.change_zone(NEW_YORK)
    simulation.run_for(MINUTE)
    assert [(run.cause, run.outcome) for run in simulation.rows()] == [
        ("schedule", "skipped"),
        ("catch_up", "succeeded"),
    ]
    simulation.run_until(at("2026-03-03 20:00"))
    assert shown(simulation, NEW_YORK) == ["02 16:00", "03 14:00"]


@pytest.mark.parametrize("zone", [NEW_YORK, TOKYO])
def test_D2_a_flight_while_the_app_was_down_is_the_same(zone: ZoneInfo) -> None:
    def rows(*, is_down: bool) -> list[tuple[object, ...]]:
        simulation = at_home(daily("14:00"), daily("18:00", id="evening"))
        simulation.run_for(2 * HOUR)
        if is_down:
            simulation.config = replace(simulation.config, zone=zone)
            simulation.down(SECOND)
        else:
            simulation.change_zone(zone)
            simulation.run_for(SECOND)
        simulation.run_until(START + 3 * DAY)
        return sorted((run.job_id, run.due, run.outcome, run.reason or "") for run in simulation.rows())

    assert rows(is_down=True) == rows(is_down=False)


def test_D2_a_restart_in_the_new_zone_changes_nothing_more() -> None:
    simulation = at_home(daily("14:00"))
    simulation.run_for(2 * HOUR)
    simulation.change_zone(NEW_YORK)
    for _ in range(2):
        simulation.down(MINUTE)
    assert jumped(simulation) == ["02 14:00"]
    changes = [one.event.zone for one in simulation.ledger.events if isinstance(one.event, ZoneChanged)]
    assert changes == ["Europe/Berlin", "America/New_York"]
    simulation.run_for(3 * DAY)
    assert shown(simulation, NEW_YORK) == ["02 08:00", "03 14:00", "04 14:00"]


def test_D2_the_same_zone_again_is_no_change() -> None:
    simulation = at_home(daily("14:00"))
    before = len(simulation.ledger.events)
    simulation.change_zone(ZoneInfo("Europe/Berlin"))
    assert len(simulation.ledger.events) == before


def test_D2_a_zone_named_in_the_settings_stays_where_the_machine_goes() -> None:
    simulation = at_home(daily("18:00"))
    simulation.config = replace(simulation.config, follows_machine=False)
    simulation.restart()
    simulation.change_zone(TOKYO)
    assert simulation.status("backup").next_run == at("2026-03-02 18:00 Europe/Berlin")


def test_D2_a_paused_job_is_planned_anew_when_it_is_resumed() -> None:
    simulation = at_home(daily("18:00"))
    simulation.ask(Pause("backup"))
    simulation.change_zone(NEW_YORK)
    assert simulation.rows() == []
    simulation.ask(Resume("backup"))
    assert simulation.status("backup").next_run == at("2026-03-02 18:00 America/New_York")


def test_D2_times_are_shown_in_the_new_zone() -> None:
    simulation = at_home(daily("18:00"))
    simulation.change_zone(TOKYO)
    coming = simulation.status("backup").next_run
    assert coming is not None
    assert coming.tzinfo is TOKYO
    assert simulation.registry.whole is not None
    assert simulation.registry.whole.zone is TOKYO


def test_L1_over_a_journey_no_time_on_the_wall_runs_twice_and_none_goes_back() -> None:
    """A hop each eleven hours, with a restart now and then: later means later in UTC and on the wall."""
    route = [TOKYO, ZoneInfo("America/Los_Angeles"), NEW_YORK, BERLIN, ZoneInfo("Pacific/Auckland"), UTC]
    jobs = [daily(f"{hour:02}:30", id=f"at-{hour}") for hour in range(0, 24, 3)]
    simulation = at_home(*jobs)
    walls: dict[str, list[datetime]] = {job.id: [] for job in jobs}
    for number in range(30):
        before = len(simulation.rows())
        simulation.run_for(11 * HOUR)
        for run in simulation.rows()[before:]:
            if run.started and run.due:
                walls[run.job_id].append(run.due.astimezone(simulation.config.zone).replace(tzinfo=None))
        simulation.change_zone(route[number % len(route)])
        if number % 4 == 0:
            simulation.down(MINUTE)
    for times in walls.values():
        assert len(times) > 5
        assert all(earlier < later for earlier, later in pairwise(times))
    dues = [(run.job_id, run.due) for run in simulation.rows()]
    assert len(dues) == len(set(dues))
