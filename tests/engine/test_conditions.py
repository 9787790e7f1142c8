"""Conditions and needs on the real engine, in simulated time; tests are named after their statements."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, cron
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job, Retry
from simulations import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    START,
    WELL,
    Commands,
    failing,
    hourly,
    since_start,
    told,
)

MAINS, BATTERY, UNKNOWN = Facts(on_mains=True), Facts(on_mains=False), Facts()
STEADY = timedelta(seconds=10)
POWER = Conditions(power="ac")
BRIEF = Conditions(power="ac", max_wait=Duration(minutes=90))
STOPPING = Conditions(power="ac", stop_when_lost=True)
NOON = (cron("0 13 * * *"),)
"""Once a day, an hour after the start."""


def on(facts: Facts, *jobs: Job, does: Behaviour = WELL) -> Commands:
    """A home that these facts have surrounded for long."""
    simulation = Commands(*jobs, does=does)
    simulation.surround(facts)
    simulation.run_for(STEADY)
    return simulation


def deferred(conditions: Conditions = POWER, **changes: object) -> Commands:
    """A daily job that has waited for mains power for a minute."""
    simulation = on(BATTERY, a_job(**{"triggers": NOON, "conditions": conditions, **changes}))
    simulation.run_until(START + HOUR + MINUTE)
    assert (simulation.rows(), simulation.status("backup").state) == ([], "queued")
    return simulation


def becomes(simulation: Commands, facts: Facts) -> None:
    """It is so, and stays so until it counts."""
    simulation.surround(facts)
    simulation.run_for(STEADY)


# K1


def test_K1_an_unmet_condition_defers_a_run_until_it_holds() -> None:
    simulation = deferred()
    status = simulation.status("backup")
    assert (status.waiting_for, status.waiting_until) == ("mains power", START + 13 * HOUR)
    simulation.run_until(START + 5 * HOUR)
    becomes(simulation, MAINS)
    simulation.run_for(SECOND)
    (run,) = simulation.rows()
    assert (run.cause, run.outcome, run.due) == ("schedule", "succeeded", START + HOUR)
    assert run.started == START + 5 * HOUR + STEADY


def test_K1_a_condition_that_holds_defers_nothing() -> None:
    simulation = on(MAINS, hourly(conditions=POWER))
    simulation.run_until(START + HOUR)
    assert since_start(simulation.starts()) == [HOUR]


def test_K1_the_longest_wait_is_twelve_hours_and_then_it_is_skipped() -> None:
    simulation = deferred()
    simulation.run_until(START + 13 * HOUR - SECOND)
    assert simulation.rows() == []
    simulation.run_until(START + 13 * HOUR)
    assert told(simulation.rows()) == [
        ("schedule", "skipped", "conditions: waited for mains power for 12h"),
    ]
    assert simulation.status("backup").last_run is None


def test_K1_or_it_runs_all_the_same_if_its_job_says_so() -> None:
    simulation = deferred(Conditions(power="ac", max_wait=Duration(hours=2), on_expiry="run"))
    simulation.run_until(START + 5 * HOUR)
    assert since_start(simulation.starts()) == [3 * HOUR]
    assert told(simulation.rows()) == [("schedule", "succeeded", None)]


def test_K1_every_condition_counts_and_each_is_named() -> None:
    conditions = Conditions(power="ac", network="online", idle=Duration(minutes=5))
    facts = Facts(on_mains=False, is_online=False, is_idle=False)
    simulation = on(facts, a_job(triggers=NOON, conditions=conditions))
    simulation.run_until(START + HOUR)
    assert simulation.status("backup").waiting_for == (
        "mains power and a network and 5m without anybody at the keyboard"
    )
    becomes(simulation, Facts(on_mains=True, is_online=False, is_idle=True, idle_since=START))
    assert simulation.status("backup").waiting_for == "a network"
    assert simulation.status("backup").waiting_until == START + 13 * HOUR, "it has waited since then"
    becomes(simulation, Facts(on_mains=True, is_online=True, is_idle=True, idle_since=START))
    assert simulation.status("backup").state == "running"


def test_K1_what_was_put_off_obeys_overlap_and_limits_as_any_other_run_does() -> None:
    simulation = on(BATTERY, a_job(triggers=NOON, conditions=POWER), does=Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + MINUTE)
    simulation.ask(RunNow("backup"))
    (_, manual) = simulation.registry.open_runs()
    becomes(simulation, MAINS)
    assert told(simulation.rows()) == [
        ("schedule", "skipped", f"overlap: run {manual.run_id} has not ended"),
    ]


def test_K1_and_replaces_what_runs_if_its_job_says_so() -> None:
    job = a_job(triggers=NOON, conditions=POWER, overlap="replace")
    simulation = on(BATTERY, job, does=Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + MINUTE)
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    becomes(simulation, MAINS)
    simulation.run_for(SECOND)
    assert [(run.cause, run.outcome) for run in simulation.rows()] == [("manual", "replaced")]
    assert [(run.cause, run.started is None) for run in simulation.registry.open_runs()] == [
        ("schedule", False)
    ]


def test_K1_it_waits_for_a_slot_when_its_conditions_hold() -> None:
    jobs = [
        a_job(id=name, triggers=NOON, conditions=POWER, priority=number) for number, name in enumerate("ab")
    ]
    simulation = Commands(*jobs, slots=1)
    becomes(simulation, BATTERY)
    simulation.run_until(START + HOUR + MINUTE)
    becomes(simulation, MAINS)
    assert [status.state for status in simulation.registry.all()] == ["queued", "running"]


def on_battery_behind(length: timedelta, conditions: Conditions) -> Commands:
    """A daily job was asked for while another one held the only slot for so long."""
    daily = a_job(triggers=NOON, conditions=conditions)
    simulation = Commands(a_job(id="long"), daily, slots=1, does=[Behaviour(takes=length), WELL])
    simulation.ask(RunNow("long"))
    simulation.run_until(START + HOUR + MINUTE)
    becomes(simulation, BATTERY)
    return simulation


def test_K1_what_is_lost_while_it_waits_for_a_slot_is_waited_for() -> None:
    simulation = on_battery_behind(2 * HOUR, POWER)
    simulation.run_until(START + 3 * HOUR)
    assert simulation.status("backup").waiting_for == "mains power"
    becomes(simulation, MAINS)
    assert since_start(simulation.starts()) == [3 * HOUR + STEADY]


def test_K1_but_what_may_run_without_takes_the_slot_that_it_has_waited_for() -> None:
    simulation = on_battery_behind(2 * HOUR, replace(BRIEF, on_expiry="run"))
    simulation.run_until(START + 3 * HOUR)
    assert since_start(simulation.starts()) == [2 * HOUR]


@pytest.mark.parametrize("facts", [MAINS, BATTERY])
def test_K1_a_wait_survives_a_restart(facts: Facts) -> None:
    simulation = deferred()
    simulation.crash()
    simulation.facts = facts
    simulation.clock.advance_to(START + 2 * HOUR)
    simulation.restart()
    simulation.run_for(MINUTE)
    if facts == MAINS:
        assert since_start(simulation.starts()) == [2 * HOUR]
    else:
        assert simulation.status("backup").waiting_until == START + 13 * HOUR


def test_K1_a_wait_that_ended_while_daybell_was_away_is_over() -> None:
    simulation = deferred()
    simulation.down(13 * HOUR)
    simulation.run_for(MINUTE)
    assert told(simulation.rows()) == [
        ("schedule", "skipped", "conditions: waited for mains power for 12h"),
    ]


def test_K1_a_job_has_one_such_run_and_a_newer_instant_takes_its_place() -> None:
    """It inherits since when that had waited, so that a job cannot wait for ever."""
    simulation = on(BATTERY, hourly(conditions=BRIEF))
    simulation.run_until(START + 2 * HOUR + MINUTE)
    (older,) = simulation.rows()
    assert (older.due, older.outcome, older.reason) == (
        START + HOUR,
        "skipped",
        "superseded by a newer instant",
    )
    (newer,) = simulation.registry.open_runs()
    assert newer.due == START + 2 * HOUR
    assert simulation.status("backup").waiting_until == START + 2.5 * HOUR
    simulation.run_until(START + 2.5 * HOUR)
    assert simulation.rows()[-1].reason == "conditions: waited for mains power for 1h30m"


def test_K1_so_does_a_newer_one_that_is_caught_up() -> None:
    """A night of short wakes on the battery leaves one run, for the newest instant."""
    simulation = on(BATTERY, hourly(conditions=POWER))
    for awake in (5 * SECOND, MINUTE, 20 * SECOND, 5 * SECOND):
        simulation.suspend(2 * HOUR)
        simulation.run_for(awake)
    simulation.run_for(2 * MINUTE)
    (waiting,) = simulation.registry.open_runs()
    assert waiting.due == START + 8 * HOUR
    becomes(simulation, MAINS)
    simulation.run_for(SECOND)
    assert [run.due for run in simulation.rows() if run.started] == [START + 8 * HOUR]


def test_K1_but_where_all_are_caught_up_each_waits() -> None:
    simulation = on(BATTERY, hourly(conditions=POWER, catch_up=CatchUp("all")))
    simulation.suspend(3.5 * HOUR)
    simulation.run_for(MINUTE)
    assert len(simulation.registry.open_runs()) == 3
    becomes(simulation, MAINS)
    simulation.run_for(5 * SECOND)
    assert since_start(run.due for run in simulation.rows()) == [HOUR, 2 * HOUR, 3 * HOUR]
    assert {run.outcome for run in simulation.rows()} == {"succeeded"}


def test_K1_a_run_by_hand_takes_no_place() -> None:
    simulation = deferred()
    simulation.ask(RunNow("backup"))
    simulation.run_for(2 * SECOND)
    assert [run.cause for run in simulation.rows()] == ["manual"]
    assert [run.cause for run in simulation.registry.open_runs()] == ["schedule"]


def test_K1_a_paused_job_waits_on_and_is_judged_when_it_is_resumed() -> None:
    simulation = deferred()
    simulation.ask(Pause("backup"))
    becomes(simulation, MAINS)
    assert simulation.starts() == []
    simulation.ask(Resume("backup"))
    assert simulation.status("backup").state == "running"


def test_K1_a_wait_may_be_cancelled() -> None:
    simulation = deferred()
    simulation.ask(CancelRuns("backup"))
    assert told(simulation.rows()) == [("schedule", "cancelled", "cancelled by hand")]


def test_K1_an_edit_counts_for_what_waits() -> None:
    simulation = deferred()
    simulation.edit(a_job(triggers=NOON, conditions=BRIEF))
    assert simulation.status("backup").waiting_until == START + 2.5 * HOUR
    simulation.edit(a_job(triggers=NOON))
    assert simulation.status("backup").state == "running"


@pytest.mark.parametrize(
    ("job", "reason"),
    [(None, "its job was removed"), (a_job(triggers=NOON, enabled=False), "its job was disabled")],
)
def test_K1_what_waits_goes_with_its_job(job: Job | None, reason: str) -> None:
    simulation = deferred()
    simulation.files.jobs = {} if job is None else {job.id: job}
    simulation.reload()
    assert told(simulation.rows()) == [("schedule", "skipped", reason)]


def test_O3_a_manual_run_passes_conditions_and_needs() -> None:
    simulation = on(BATTERY, a_job(conditions=POWER, needs=("other",)), a_job(id="other"))
    simulation.ask(RunNow("backup"))
    assert simulation.status("backup").state == "running"


def test_O4_a_run_that_waits_for_its_conditions_holds_no_slot() -> None:
    simulation = Commands(a_job(triggers=NOON, conditions=POWER), a_job(id="other"), slots=1)
    becomes(simulation, BATTERY)
    simulation.run_until(START + HOUR + MINUTE)
    simulation.ask(RunNow("other"))
    assert simulation.status("other").state == "running"


# K2


def test_K2_what_nobody_can_tell_counts_as_met() -> None:
    conditions = Conditions(power="ac", network="online", idle=Duration(hours=1))
    simulation = on(UNKNOWN, hourly(conditions=conditions))
    simulation.run_until(START + HOUR)
    assert simulation.status("backup").state == "running"


def test_K2_a_change_counts_when_it_has_lasted_ten_seconds() -> None:
    simulation = deferred()
    simulation.surround(MAINS)
    simulation.run_for(STEADY - timedelta(milliseconds=1))
    assert simulation.starts() == []
    simulation.run_for(timedelta(milliseconds=1))
    assert since_start(simulation.starts()) == [HOUR + MINUTE + STEADY]


def test_K2_a_charger_that_wobbles_a_hundred_times_starts_nothing() -> None:
    simulation = deferred()
    before = len(simulation.ledger.events)
    for number in range(100):
        simulation.surround(BATTERY if number % 2 else MAINS)
        simulation.run_for(9 * SECOND)
    assert len(simulation.ledger.events) == before
    simulation.run_for(STEADY)
    assert simulation.status("backup").state == "queued"


def test_K2_nor_does_one_that_is_out_for_moments_stop_anything() -> None:
    simulation = on(MAINS, a_job(triggers=NOON, conditions=STOPPING), does=Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + MINUTE)
    for _ in range(100):
        simulation.surround(BATTERY)
        simulation.run_for(9 * SECOND)
        simulation.surround(MAINS)
        simulation.run_for(SECOND)
    simulation.run_until(START + 3 * HOUR)
    assert [run.attempts for run in simulation.rows()] == [1]


def test_K2_at_the_start_what_is_counts_at_once() -> None:
    simulation = Commands(a_job(triggers=NOON, conditions=POWER))
    simulation.crash()
    simulation.facts = BATTERY
    simulation.restart()
    simulation.run_until(START + HOUR)
    assert simulation.status("backup").waiting_for == "mains power"


# K3


def test_K3_an_unmet_condition_is_never_told() -> None:
    simulation = on(BATTERY, hourly(conditions=BRIEF, late_after=Duration(minutes=1)))
    simulation.run_for(DAY)
    assert {run.outcome for run in simulation.rows()} == {"skipped"}
    assert simulation.told == []
    assert simulation.status("backup").error_count == 0


# K4


def losing(conditions: Conditions = STOPPING, *, does: Behaviour | None = None) -> Commands:
    """A daily job that has run for a minute when the mains go."""
    job = a_job(triggers=NOON, conditions=conditions)
    simulation = on(MAINS, job, does=does or Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + MINUTE)
    becomes(simulation, BATTERY)
    return simulation


def test_K4_a_run_that_loses_its_condition_is_ended_and_waits_again() -> None:
    simulation = losing()
    simulation.run_for(SECOND)
    status = simulation.status("backup")
    assert (status.state, status.waiting_for, simulation.workers.alive) == ("queued", "mains power", {})
    becomes(simulation, MAINS)
    simulation.run_for(2 * HOUR)
    (run,) = simulation.rows()
    assert (run.outcome, run.attempts, run.due) == ("succeeded", 2, START + HOUR)
    assert simulation.told == []
    assert (simulation.status("backup").run_count, simulation.status("backup").error_count) == (1, 0)


def test_K4_only_if_its_job_says_so() -> None:
    simulation = losing(POWER)
    simulation.run_for(HOUR)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("succeeded", 1)]


def test_K4_not_one_that_was_asked_for_by_hand() -> None:
    simulation = on(MAINS, a_job(conditions=STOPPING), does=Behaviour(takes=HOUR))
    simulation.ask(RunNow("backup"))
    becomes(simulation, BATTERY)
    simulation.run_for(HOUR)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("succeeded", 1)]


def test_K4_one_that_is_done_before_it_can_be_ended_has_succeeded() -> None:
    simulation = losing(does=Behaviour(takes=MINUTE + STEADY + 2 * SECOND, ignores_all=True))
    simulation.run_for(5 * SECOND)
    assert told(simulation.rows()) == [("schedule", "succeeded", None)]


def test_K4_a_run_that_started_without_its_condition_has_not_lost_it() -> None:
    """Its patience was over; that something else changes later is no reason to end it."""
    conditions = Conditions(
        power="ac", network="online", stop_when_lost=True, on_expiry="run", max_wait=Duration(minutes=5)
    )
    offline = Facts(on_mains=False, is_online=True)
    simulation = on(offline, a_job(triggers=NOON, conditions=conditions), does=Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + 6 * MINUTE)
    becomes(simulation, Facts(on_mains=False, is_online=True, is_idle=True))
    simulation.run_for(SECOND)
    assert simulation.status("backup").state == "running"
    becomes(simulation, Facts(on_mains=False, is_online=False))
    simulation.run_for(SECOND)
    assert simulation.status("backup").state == "queued"


def test_K4_what_is_back_before_the_run_has_ended_is_seen_at_its_end() -> None:
    hung = failing(takes=5 * MINUTE)
    stubborn = Behaviour(takes=hung.takes, result=hung.result, ignores_all=True)
    simulation = losing(does=stubborn)
    becomes(simulation, MAINS)
    simulation.does = [WELL]
    simulation.run_until(START + HOUR + 6 * MINUTE)
    assert since_start(simulation.starts()) == [HOUR, HOUR + 5 * MINUTE]
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("succeeded", 2)]


def test_K4_a_run_that_waits_again_waits_no_longer_than_any_other() -> None:
    simulation = losing(Conditions(power="ac", stop_when_lost=True, max_wait=Duration(hours=1)))
    simulation.run_for(2 * HOUR)
    (run,) = simulation.rows()
    assert (run.outcome, run.attempts) == ("interrupted", 1)
    assert run.reason == "conditions: waited for mains power for 1h"
    assert simulation.told == []


def test_K4_a_newer_instant_takes_its_place() -> None:
    simulation = losing()
    simulation.run_for(DAY)
    ended, *_ = simulation.rows()
    assert (ended.due, ended.outcome, ended.reason) == (
        START + HOUR,
        "interrupted",
        "conditions: waited for mains power for 12h",
    )
    simulation = on(MAINS, hourly(conditions=STOPPING), does=Behaviour(takes=30 * MINUTE))
    simulation.run_until(START + HOUR + MINUTE)
    becomes(simulation, BATTERY)
    simulation.run_until(START + 2 * HOUR)
    (ended,) = simulation.rows()
    assert (ended.outcome, ended.reason) == ("interrupted", "superseded by a newer instant")
    (waiting,) = simulation.registry.open_runs()
    assert waiting.due == START + 2 * HOUR


def test_K4_a_job_edited_meanwhile_does_not_run_again_as_it_was() -> None:
    simulation = losing(does=Behaviour(takes=HOUR, ignores_sigterm=True))
    simulation.edit(a_job(triggers=NOON, conditions=STOPPING, timeout=Duration(minutes=1)))
    simulation.run_for(MINUTE)
    assert told(simulation.rows()) == [("schedule", "interrupted", "mains power")]


def test_K4_it_is_no_failed_attempt() -> None:
    """A job that may fail once has still its second attempt after it had lost the mains."""
    job = a_job(triggers=NOON, conditions=STOPPING, retry=Retry(max_attempts=2, jitter=False))
    simulation = on(MAINS, job, does=Behaviour(takes=HOUR))
    simulation.run_until(START + HOUR + MINUTE)
    becomes(simulation, BATTERY)
    simulation.run_for(SECOND)
    simulation.does = [failing(), WELL]
    becomes(simulation, MAINS)
    simulation.run_for(5 * MINUTE)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("succeeded", 3)]


def test_a_retry_waits_for_its_conditions_as_well() -> None:
    job = a_job(triggers=NOON, conditions=POWER, retry=Retry(max_attempts=2, jitter=False))
    simulation = on(MAINS, job, does=failing())
    simulation.run_until(START + HOUR + SECOND)
    becomes(simulation, BATTERY)
    simulation.run_for(5 * MINUTE)
    assert simulation.status("backup").waiting_for == "mains power"
    simulation.run_for(DAY / 2)
    (run,) = simulation.rows()
    assert (run.outcome, run.attempts, simulation.told) == ("failed", 1, ["failure"])
    assert run.reason == "not tried again: conditions: waited for mains power for 12h"


# K5

RARELY = (cron("0 14 * * *"),)
"""Once a day, two hours after the start."""


def needy(**changes: object) -> Job:
    return a_job(**{"triggers": NOON, "needs": ("mount",), **changes})


def test_K5_a_run_waits_until_the_last_run_of_each_job_it_needs_succeeded() -> None:
    other = a_job(id="other", triggers=(cron("30 14 * * *"),))
    simulation = Commands(needy(needs=("mount", "other")), a_job(id="mount", triggers=RARELY), other)
    simulation.run_until(START + HOUR)
    assert simulation.status("backup").waiting_for == "mount, other to succeed"
    simulation.run_until(START + 2.25 * HOUR)
    assert simulation.status("backup").waiting_for == "other to succeed"
    simulation.run_until(START + 3 * HOUR)
    assert since_start(simulation.starts()) == [2.5 * HOUR + SECOND]
    assert told(simulation.rows("backup")) == [("schedule", "succeeded", None)]


def test_K5_a_need_that_is_met_defers_nothing() -> None:
    simulation = Commands(needy(), a_job(id="mount"))
    simulation.ask(RunNow("mount"))
    simulation.run_until(START + HOUR)
    assert since_start(simulation.starts()) == [HOUR]


def test_K5_not_while_another_run_of_it_is_on_its_way() -> None:
    """It succeeded yesterday; but at 13:00 nobody knows how today's run will end."""
    simulation = Commands(needy(), a_job(id="mount"), does=[WELL, failing(takes=10 * MINUTE)])
    simulation.ask(RunNow("mount"))
    simulation.run_until(START + HOUR - MINUTE)
    simulation.ask(RunNow("mount"))
    simulation.run_until(START + HOUR + 20 * MINUTE)
    assert (simulation.status("backup").state, simulation.starts()) == ("queued", [])


def test_K5_a_need_that_fails_is_waited_for_until_it_succeeds() -> None:
    simulation = Commands(needy(), a_job(id="mount"), does=[failing(), WELL])
    simulation.ask(RunNow("mount"))
    simulation.run_until(START + HOUR + MINUTE)
    assert simulation.status("backup").waiting_for == "mount to succeed"
    simulation.ask(RunNow("mount"))
    simulation.run_for(2 * SECOND)
    assert since_start(simulation.starts()) == [HOUR + MINUTE + SECOND]


def test_K5_its_retries_are_waited_for() -> None:
    mount = a_job(id="mount", retry=Retry(max_attempts=2, delay=Duration(minutes=10), jitter=False))
    simulation = Commands(needy(), mount, does=[failing(), WELL])
    simulation.run_until(START + HOUR - MINUTE)
    simulation.ask(RunNow("mount"))
    simulation.run_until(START + 2 * HOUR)
    assert since_start(simulation.starts()) == [HOUR - MINUTE + SECOND + 10 * MINUTE + SECOND]


def test_K5_at_the_longest_wait_it_is_skipped_and_nobody_is_told() -> None:
    simulation = Commands(needy(), a_job(id="mount"))
    simulation.run_for(14 * HOUR)
    reason = "dependency: waited for mount to succeed for 12h"
    assert told(simulation.rows()) == [("schedule", "skipped", reason)]
    assert simulation.told == []


def test_K5_or_it_runs_if_its_job_says_so() -> None:
    patience = Conditions(max_wait=Duration(hours=2), on_expiry="run")
    simulation = Commands(needy(conditions=patience), a_job(id="mount"))
    simulation.run_for(4 * HOUR)
    assert since_start(simulation.starts()) == [3 * HOUR]


def test_K5_what_it_needs_comes_before_its_conditions_and_both_are_one_wait() -> None:
    simulation = on(BATTERY, needy(conditions=BRIEF), a_job(id="mount"))
    simulation.run_until(START + HOUR + 30 * MINUTE)
    assert simulation.status("backup").waiting_for == "mount to succeed"
    simulation.ask(RunNow("mount"))
    simulation.run_for(2 * SECOND)
    status = simulation.status("backup")
    assert (status.waiting_for, status.waiting_until) == ("mains power", START + 2.5 * HOUR)
    simulation.run_until(START + 2.5 * HOUR)
    assert simulation.rows("backup")[0].reason == "conditions: waited for mains power for 1h30m"


def test_K5_a_need_that_does_not_exist_is_never_met() -> None:
    simulation = Commands(needy(needs=("gone",)))
    simulation.run_for(14 * HOUR)
    assert simulation.rows()[0].reason == "dependency: waited for gone to succeed for 12h"


def test_K5_that_a_need_was_met_survives_a_restart() -> None:
    simulation = Commands(needy(), a_job(id="mount"))
    simulation.ask(RunNow("mount"))
    simulation.run_for(MINUTE)
    simulation.down(MINUTE)
    simulation.run_until(START + HOUR)
    assert since_start(simulation.starts()) == [HOUR]


def test_K1_a_wait_longer_than_the_catch_up_window_outlives_a_restart() -> None:
    patience = Conditions(power="ac", max_wait=Duration(hours=9))
    monthly = a_job(
        triggers=(cron("0 13 2 * *"),), conditions=patience, catch_up=CatchUp(window=Duration(hours=1))
    )
    simulation = on(BATTERY, monthly)
    simulation.run_for(2 * HOUR)
    simulation.down(2 * HOUR)
    becomes(simulation, MAINS)
    simulation.run_for(2 * SECOND)
    assert [run.outcome for run in simulation.rows()] == ["succeeded"]
