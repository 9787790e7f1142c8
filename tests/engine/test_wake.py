"""What was missed, and what follows a wake, on the real engine; tests are named after their statements."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from builders import a_job, cron, every, once
from daybell.core.clocks import Froze
from daybell.engine.messages import AlarmRang, ClockMoved, RunNow, Stop
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job, StartupTrigger
from simulations import DAY, HOUR, MINUTE, SECOND, START, WELL, Commands, failing, hourly, since_start

SETTLED = 30 * SECOND
BATTERY = Facts(on_mains=False)
GAP = 3.25 * HOUR


def at_minute(minute: int, **changes: object) -> Job:
    return a_job(triggers=(cron(f"{minute} * * * *"),), **changes)


def stop(simulation: Commands, length: timedelta) -> None:
    """As a person does, who starts it again later."""
    simulation.ask_later(Stop())
    simulation.down(length)


GAPS: dict[str, Callable[[Commands, timedelta], None]] = {
    "suspend": Commands.suspend,
    "freeze": Commands.freeze,
    "step": Commands.step_clock,
    "killed": Commands.down,
    "stopped": stop,
}
MISSED = [
    hourly(id="newest"),
    hourly(id="each", catch_up=CatchUp("all")),
    hourly(id="none", catch_up=CatchUp("skip")),
    hourly(id="brief", catch_up=CatchUp("latest", Duration(minutes=90))),
    a_job(id="often", triggers=(every("7m"),)),
    a_job(id="at-once", triggers=(once(START + 2 * HOUR),)),
    hourly(id="jittered", jitter=Duration(minutes=20)),
    hourly(id="disabled", enabled=False),
]


def ledger(gap: str, length: timedelta = GAP) -> list[tuple[str | None, ...]]:
    """Every row that such a gap leaves, but when the runs in it started."""
    simulation = Commands(*MISSED)
    simulation.run_for(SECOND)
    GAPS[gap](simulation, length)
    simulation.run_for(2 * MINUTE)
    return sorted(
        (run.job_id, str(run.due), str(run.due_to), run.cause, run.outcome, run.reason or "")
        for run in simulation.rows()
    )


@pytest.mark.parametrize("gap", ["freeze", "step", "killed", "stopped"])
@pytest.mark.parametrize("length", [GAP, 3 * DAY, 8 * SECOND, HOUR - 3 * SECOND])
def test_M3_whatever_the_gap_its_ledger_is_the_same(gap: str, length: timedelta) -> None:
    assert ledger(gap, length) == ledger("suspend", length)


def test_M1_M2_and_this_is_that_ledger() -> None:
    def due(hours: float) -> str:
        return str(START + hours * HOUR)

    told = [row for row in ledger("suspend") if row[0] in ("newest", "each", "none", "brief", "at-once")]
    newest = "caught up by the newest"
    assert told == [
        ("at-once", due(2), "None", "catch_up", "succeeded", ""),
        ("brief", due(1), "None", "schedule", "missed", "too late"),
        ("brief", due(2), "None", "schedule", "missed", newest),
        ("brief", due(3), "None", "catch_up", "succeeded", ""),
        ("each", due(1), "None", "catch_up", "succeeded", ""),
        ("each", due(2), "None", "catch_up", "succeeded", ""),
        ("each", due(3), "None", "catch_up", "succeeded", ""),
        ("newest", due(1), due(2), "schedule", "missed", newest),
        ("newest", due(3), "None", "catch_up", "succeeded", ""),
        ("none", due(1), due(3), "schedule", "missed", "not caught up"),
    ]


def test_M3_the_app_may_notice_a_gap_by_its_alarm_first() -> None:
    """Whether the watch or an alarm rings first makes no difference."""
    first, second = Commands(hourly()), Commands(hourly())
    for simulation in (first, second):
        simulation.clock.advance_to(START + GAP)
    first.run_for(MINUTE)
    second.engine.step([ClockMoved(Froze(GAP)), AlarmRang("backup")])
    second.run_for(MINUTE)
    rows = [[(run.due, run.cause, run.outcome) for run in one.rows()] for one in (first, second)]
    assert rows[0] == rows[1]


def test_M7_a_late_run_does_not_move_the_schedule() -> None:
    simulation = Commands(a_job(triggers=(every("1h"),)))
    simulation.suspend(2.5 * HOUR)
    simulation.run_for(HOUR)
    assert since_start(run.due for run in simulation.rows() if run.started) == [2 * HOUR, 3 * HOUR]
    assert simulation.status("backup").next_run == START + 4 * HOUR


def test_M11_an_outage_never_disables_a_job() -> None:
    simulation = Commands(hourly(), does=failing())
    for _ in range(3):
        simulation.suspend(30 * DAY)
        simulation.down(60 * DAY)
    simulation.run_for(HOUR + MINUTE)
    status = simulation.status("backup")
    assert (status.state, status.last_run) == ("idle", simulation.starts()[-1])
    assert status.next_run is not None
    assert status.next_run - simulation.clock.now() < HOUR


def test_M9_a_clock_set_back_fires_nothing_twice_and_next_times_are_computed_anew() -> None:
    simulation = Commands(hourly(), a_job(id="seldom", triggers=(cron("0 20 * * *"),)))
    simulation.run_for(3 * HOUR + MINUTE)
    simulation.step_clock(-2 * HOUR)
    assert simulation.status("backup").next_run == START + 4 * HOUR
    simulation.run_until(START + 5 * HOUR + MINUTE)
    assert since_start(run.due for run in simulation.rows()) == [number * HOUR for number in (1, 2, 3, 4, 5)]
    assert simulation.alarms.at["seldom"] <= START + 8 * HOUR


def test_M9_a_step_forward_is_a_gap() -> None:
    simulation = Commands(hourly())
    simulation.step_clock(2.5 * HOUR)
    assert since_start(simulation.starts()) == [2.5 * HOUR], "nothing has to settle"
    simulation.run_for(MINUTE)
    assert [run.outcome for run in simulation.rows()] == ["missed", "succeeded"]


def late_starts(simulation: Commands) -> list[tuple[str, timedelta]]:
    """Late runs in the order of their starts, and how long after the wake that was."""
    woke = START + GAP
    late = [run for run in simulation.rows() if run.cause == "catch_up" and run.started]
    starts = [(run.started, run.job_id) for run in late if run.started]
    return [(job_id, started - woke) for started, job_id in sorted(starts)]


def woken(*jobs: Job, does: Behaviour | Sequence[Behaviour] = WELL, facts: Facts = Facts()) -> Commands:  # noqa: B008 - an immutable value
    simulation = Commands(*jobs, does=does)
    simulation.surround(facts)
    simulation.run_for(10 * SECOND)
    simulation.suspend(START + GAP - simulation.clock.now())
    return simulation


def test_M10_no_late_run_starts_before_the_machine_has_settled() -> None:
    simulation = woken(hourly())
    status = simulation.status("backup")
    assert (status.state, status.waiting_for) == ("queued", "the machine to settle after its sleep")
    assert status.waiting_until == START + GAP + SETTLED
    simulation.run_for(SETTLED - timedelta(milliseconds=1))
    assert simulation.starts() == []
    simulation.run_for(timedelta(milliseconds=1))
    assert since_start(simulation.starts()) == [GAP + SETTLED]


def test_M10_nor_before_its_conditions_hold() -> None:
    simulation = woken(hourly(conditions=Conditions(power="ac")), facts=BATTERY)
    simulation.run_for(5 * MINUTE)
    status = simulation.status("backup")
    assert (status.waiting_for, status.waiting_until) == ("mains power", START + GAP + SETTLED + 12 * HOUR)
    simulation.surround(Facts(on_mains=True))
    simulation.run_for(10 * SECOND)
    assert since_start(simulation.starts()) == [GAP + 5 * MINUTE + 10 * SECOND]


def test_M10_late_runs_start_one_at_a_time_by_priority_and_then_age() -> None:
    jobs = [
        hourly(id="a"),
        at_minute(30, id="b"),
        at_minute(5, id="c"),
        hourly(id="d", priority=5),
        at_minute(10, id="e", priority=-1),
    ]
    simulation = woken(*jobs, does=Behaviour(takes=10 * SECOND))
    simulation.run_for(2 * MINUTE)
    expected = [(job_id, SETTLED + place * 10 * SECOND) for place, job_id in enumerate("dbace")]
    assert late_starts(simulation) == expected


def test_M10_also_when_the_least_urgent_job_s_alarm_rings_first() -> None:
    simulation = woken(hourly(id="a"), hourly(id="b", priority=5))
    simulation.clock.advance_to(START + GAP + SETTLED)
    simulation.engine.step([AlarmRang("a")])
    assert simulation.status("b").state == "running"
    assert simulation.status("a").state == "queued"


@pytest.mark.parametrize("gap", ["freeze", "step", "killed", "stopped"])
def test_M10_late_runs_take_turns_whatever_the_gap(gap: str) -> None:
    jobs = [hourly(id="a"), at_minute(30, id="b"), hourly(id="c", priority=5)]
    simulation = Commands(*jobs, does=Behaviour(takes=10 * SECOND))
    GAPS[gap](simulation, GAP)
    simulation.run_for(MINUTE)
    assert late_starts(simulation) == [(job_id, place * 10 * SECOND) for place, job_id in enumerate("cba")]


def test_M10_a_late_run_that_takes_long_holds_up_the_others_for_a_minute() -> None:
    jobs = [hourly(id=name) for name in "abc"]
    simulation = woken(*jobs, does=[Behaviour(takes=HOUR), Behaviour(takes=HOUR), WELL])
    simulation.run_for(10 * MINUTE)
    starts = [simulation.starts(name)[0] - START - GAP for name in "abc"]
    assert starts == [SETTLED, SETTLED + MINUTE, SETTLED + 2 * MINUTE]


def test_M10_a_run_due_after_the_wake_is_not_delayed() -> None:
    soon = a_job(id="soon", triggers=(once(START + GAP + SECOND), once(START + GAP + 40 * SECOND)))
    simulation = woken(*(hourly(id=name) for name in "abcd"), soon, does=Behaviour(takes=20 * SECOND))
    simulation.run_for(3 * MINUTE)
    assert since_start(simulation.starts("soon")) == [GAP + SECOND, GAP + 40 * SECOND]


def test_M10_nor_are_the_next_instants_of_a_job_that_is_late_itself() -> None:
    simulation = woken(a_job(triggers=(cron("* * * * *"),)))
    simulation.run_for(MINUTE + SECOND)
    rows = [(run.cause, run.outcome) for run in simulation.rows()]
    assert rows == [
        ("schedule", "missed"),
        ("schedule", "succeeded"),  # the instant of the wake itself
        ("catch_up", "succeeded"),
        ("schedule", "succeeded"),
    ]


def test_M10_a_run_by_hand_is_not_delayed() -> None:
    simulation = woken(hourly(), a_job(id="other"))
    simulation.ask(RunNow("other"))
    assert simulation.status("other").state == "running"


def test_M10_another_sleep_begins_the_time_to_settle_anew() -> None:
    """And a night of short wakes leaves one run, for the newest instant."""
    simulation = Commands(hourly())
    for _ in range(5):
        simulation.suspend(1.5 * HOUR)
        simulation.run_for(20 * SECOND)
    assert simulation.starts() == []
    simulation.run_for(SETTLED)
    (run,) = [run for run in simulation.rows() if run.started]
    assert run.due == START + 7 * HOUR
    assert run.started == START + 7.5 * HOUR + 80 * SECOND + SETTLED
    superseded = [run for run in simulation.rows() if run.reason == "superseded by a newer instant"]
    assert since_start(run.due for run in superseded) == [HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR]


def test_M10_the_time_to_settle_survives_a_restart() -> None:
    simulation = woken(hourly())
    simulation.run_for(10 * SECOND)
    simulation.down(5 * SECOND)
    simulation.run_for(MINUTE)
    assert since_start(simulation.starts()) == [GAP + SETTLED]


def test_M10_late_runs_obey_the_limits() -> None:
    simulation = Commands(hourly(), a_job(id="long"), slots=1, does=[Behaviour(takes=MINUTE), WELL])
    simulation.suspend(GAP)
    simulation.ask(RunNow("long"))
    simulation.run_for(2 * MINUTE)
    assert since_start(simulation.starts()) == [GAP + MINUTE]


def test_M10_a_startup_after_a_night_off_does_not_wait_for_the_late_runs() -> None:
    simulation = Commands(hourly(), a_job(id="first", triggers=(StartupTrigger(),)))
    simulation.run_for(MINUTE)
    simulation.down(GAP)
    assert simulation.status("first").state == "running"


def test_M10_a_late_run_that_has_waited_for_its_slot_lets_the_machine_settle_too() -> None:
    simulation = Commands(hourly(), a_job(id="long"), slots=1, does=[Behaviour(takes=70 * SECOND), WELL])
    simulation.suspend(GAP)
    simulation.ask(RunNow("long"))
    simulation.run_for(MINUTE)
    simulation.suspend(30 * MINUTE)
    simulation.run_for(MINUTE)
    assert since_start(simulation.starts()) == [GAP + 31 * MINUTE + SETTLED]
