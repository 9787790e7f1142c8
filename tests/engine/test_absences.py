"""What was missed meanwhile becomes one card, told once and kept until somebody has seen it."""

from datetime import timedelta

import pytest

from builders import a_job, cron
from daybell.engine.messages import Hasten, Pause, RunNow, SeeAbsence, Stop
from daybell.engine.ports import AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.absence import Absence
from daybell.model.durations import Duration
from daybell.model.errors import Conflict, RunNotFound
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job, Retry
from daybell.model.settings import NoticeConfig
from simulations import START, Commands, hourly

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SKIP = CatchUp(policy="skip")
WELL = Behaviour()


def card(simulation: Commands) -> Absence:
    whole = simulation.registry.whole
    assert whole is not None
    assert whole.absence is not None
    return whole.absence


def has_card(simulation: Commands) -> bool:
    whole = simulation.registry.whole
    return whole is not None and whole.absence is not None


def slept(*jobs: Job, notices: NoticeConfig = NoticeConfig(), does: Behaviour = WELL) -> Commands:  # noqa: B008 - an immutable value
    """For three hours, from 10 min before the first full one on."""
    simulation = Commands(*jobs, does=does, notices=notices)
    simulation.run_for(50 * MINUTE)
    simulation.suspend(3 * HOUR)
    return simulation


def test_a_sleep_over_three_instants_is_one_card_with_one_late_run() -> None:
    simulation = slept(hourly(name="Back up photos"))
    (run,) = card(simulation).runs
    assert (run.fate, run.due, run.due_to) == ("late", START + HOUR, START + 3 * HOUR)
    assert (card(simulation).kind, card(simulation).since) == ("asleep", START + 50 * MINUTE)
    (notice,) = simulation.cards
    assert notice.title == "While you were away"
    assert notice.buttons == ("run_away", "skip_away")
    assert notice.body.splitlines()[1] == "Back up photos: due 13:00 to 15:00, runs late"


def test_a_sleep_in_which_nothing_was_due_is_no_card() -> None:
    simulation = slept(a_job())
    assert not has_card(simulation)
    assert simulation.cards == []


@pytest.mark.parametrize(
    ("job", "length", "notices"),
    [
        (hourly(), 15 * MINUTE, 1),
        (hourly(), 9 * MINUTE + 30 * SECOND, 0),
        (hourly(catch_up=SKIP), 3 * HOUR, 0),
    ],
)
def test_a_short_one_and_what_was_meant_to_be_skipped_are_shown_and_not_told(
    job: Job, length: timedelta, notices: int
) -> None:
    simulation = Commands(job)
    simulation.run_for(HOUR - 5 * MINUTE)
    simulation.suspend(length)
    assert card(simulation).runs
    assert len(simulation.cards) == notices


def test_no_notice_is_wanted_at_all() -> None:
    simulation = slept(hourly(), notices=NoticeConfig(away=None))
    assert card(simulation).runs
    assert simulation.cards == []


def test_a_card_outlives_a_restart_until_somebody_has_seen_it() -> None:
    simulation = slept(hourly())
    before = card(simulation)
    simulation.ask_later(Stop())
    simulation.restart()
    assert card(simulation) == before
    simulation.ask(SeeAbsence())
    simulation.ask(SeeAbsence())
    assert not has_card(simulation)


def test_a_time_without_daybell_is_a_card_as_well() -> None:
    simulation = Commands(hourly())
    simulation.run_for(50 * MINUTE)
    simulation.ask_later(Stop())
    simulation.clock.advance_to(START + 5 * HOUR + MINUTE)
    simulation.restart()
    found = card(simulation)
    assert (found.kind, found.since, found.until) == (
        "stopped",
        START + 50 * MINUTE,
        START + 5 * HOUR + MINUTE,
    )
    assert len(simulation.cards) == 1


def test_a_crash_is_told_with_what_was_running() -> None:
    simulation = Commands(a_job(name="Back up photos"), does=[Behaviour(takes=HOUR)])
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    simulation.crash()
    simulation.clock.advance_to(simulation.clock.now() + MINUTE)
    simulation.restart()
    (notice,) = simulation.cards
    assert notice.title == "Daybell ended unexpectedly"
    assert notice.body.splitlines() == [
        "It did not run from about 12:01 to 12:02.",
        "Back up photos: was running, and was cut off",
    ]
    assert notice.buttons == ("run_away",)


def test_a_crash_in_which_nothing_was_lost_is_told_all_the_same() -> None:
    simulation = Commands(a_job())
    simulation.run_for(MINUTE)
    simulation.crash()
    simulation.restart()
    assert [notice.title for notice in simulation.cards] == ["Daybell ended unexpectedly"]


def test_a_clock_set_forward_is_a_gap_and_one_set_back_is_none() -> None:
    simulation = Commands(hourly())
    simulation.step_clock(5 * HOUR)
    assert card(simulation).kind == "clock_set"
    simulation.ask(SeeAbsence())
    simulation.step_clock(-3 * HOUR)
    assert not has_card(simulation)


def test_of_many_runs_a_card_names_the_first_and_counts_the_others() -> None:
    jobs = [a_job(id=f"job-{number}", triggers=(cron("0 * * * *"),)) for number in range(60)]
    simulation = slept(*jobs)
    assert (len(card(simulation).runs), card(simulation).left_out) == (50, 10)
    assert simulation.cards[0].body.splitlines()[-1] == "and 56 more"


def test_a_late_run_that_is_hastened_waits_for_nothing_but_its_slot() -> None:
    simulation = slept(hourly(conditions=Conditions(power="ac")))
    simulation.surround(Facts(on_mains=False))
    (run,) = card(simulation).runs
    woke = simulation.clock.now()
    simulation.ask(Hasten(run.run_id))
    simulation.run_for(SECOND)
    assert simulation.starts() == [woke]
    (row,) = [one for one in simulation.rows() if one.outcome == "succeeded"]
    assert (row.cause, row.hastened, row.due) == ("catch_up", True, START + 3 * HOUR)


def test_a_retry_is_hastened_too() -> None:
    failing = Behaviour(result=AttemptResult(outcome="failed", exit_code=3))
    job = a_job(retry=Retry(max_attempts=2, delay=Duration(hours=1), jitter=False))
    simulation = Commands(job, does=[failing, Behaviour()])
    (run_id,) = simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    simulation.ask(Hasten(run_id))
    simulation.run_for(SECOND)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("succeeded", 2)]


def test_only_what_waits_can_be_hastened() -> None:
    simulation = Commands(a_job(), does=[Behaviour(takes=HOUR)])
    (run_id,) = simulation.ask(RunNow("backup"))
    simulation.run_for(SECOND)
    with pytest.raises(Conflict, match="does not wait"):
        simulation.ask(Hasten(run_id))
    with pytest.raises(RunNotFound):
        simulation.ask(Hasten("no-such-run"))


def test_what_a_pause_skips_is_no_part_of_a_card() -> None:
    simulation = Commands(hourly())
    simulation.ask(Pause("backup", START + 2 * HOUR + MINUTE))
    simulation.suspend(2 * HOUR + 2 * MINUTE)
    assert not has_card(simulation)


@pytest.mark.parametrize("overlap", ["skip", "queue", "replace"])
def test_O1_late_runs_that_are_hastened_together_all_run(overlap: str) -> None:
    simulation = slept(hourly(catch_up=CatchUp(policy="all"), overlap=overlap))
    for run in card(simulation).runs:
        simulation.ask(Hasten(run.run_id))
    simulation.run_for(MINUTE)
    assert [run.outcome for run in simulation.rows()] == ["succeeded"] * 3


def test_one_that_is_hastened_twice_waits_for_its_turn() -> None:
    simulation = slept(hourly(group="disk"), a_job(id="other", group="disk"), does=Behaviour(takes=MINUTE))
    simulation.ask(RunNow("other"))
    (run,) = card(simulation).runs
    for _ in range(2):
        simulation.ask(Hasten(run.run_id))
    simulation.run_for(3 * MINUTE)
    assert [run.outcome for run in simulation.rows("backup") if run.started] == ["succeeded"]


def test_a_short_absence_does_not_take_the_place_of_one_that_was_told() -> None:
    simulation = slept(hourly(), hourly(id="tick", triggers=(cron("* * * * *"),), catch_up=SKIP))
    before = card(simulation)
    simulation.freeze(2 * MINUTE)
    assert card(simulation) == before
    simulation.suspend(2 * HOUR)
    assert card(simulation) != before
