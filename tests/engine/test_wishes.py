"""What people ask for beside a run: why a job rests, a run once more, other settings. In simulated time."""

from datetime import time, timedelta

import pytest

from builders import a_job
from daybell.engine.messages import Configure, Pause, Resume, RunNow
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import Conflict
from daybell.model.events import JobPaused
from daybell.model.settings import AwakeConfig, NoticeConfig, QuietHours
from simulations import HOUR, START, Commands, failing, hourly

WHY = "the disk is away"
SHORT = timedelta(seconds=9)


def reason(simulation: Commands) -> str | None:
    return simulation.status("backup").pause_reason


def test_why_a_job_is_paused_outlives_a_restart_and_ends_with_the_pause() -> None:
    simulation = Commands(hourly())
    simulation.ask(Pause("backup", START + HOUR, WHY))
    simulation.restart()
    assert reason(simulation) == WHY
    simulation.ask(Resume("backup"))
    assert reason(simulation) is None


def test_a_pause_that_ends_by_itself_takes_its_reason_along() -> None:
    simulation = Commands(hourly())
    simulation.ask(Pause("backup", START + HOUR / 2, WHY))
    simulation.run_for(HOUR)
    assert reason(simulation) is None


def test_the_newest_reason_counts_and_the_same_wish_is_not_recorded_twice() -> None:
    simulation = Commands(hourly())
    for wish in (None, WHY, WHY):
        simulation.ask(Pause("backup", None, wish))
    assert reason(simulation) == WHY
    pauses = [one.event for one in simulation.ledger.replay() if isinstance(one.event, JobPaused)]
    assert [pause.reason for pause in pauses] == [None, WHY]


def test_a_reason_that_cannot_be_recorded_leaves_the_older_one() -> None:
    simulation = Commands(hourly())
    simulation.ask(Pause("backup", None, WHY))
    simulation.ledger.refusal = "No space left on device"
    with pytest.raises(Conflict):
        simulation.ask(Pause("backup", None, "holidays"))
    simulation.ledger.refusal = None
    simulation.run_for(HOUR)
    assert reason(simulation) == WHY


def test_a_run_that_is_asked_for_again_says_after_which() -> None:
    simulation = Commands(a_job(), does=failing())
    (first,) = simulation.ask(RunNow("backup"))
    simulation.run_for(SHORT)
    (second,) = simulation.ask(RunNow("backup", retry_of=first))
    simulation.run_for(SHORT)
    rows = {run.run_id: (run.cause, run.retry_of) for run in simulation.rows("backup")}
    assert rows == {first: ("manual", None), second: ("manual", first)}


def test_other_settings_hold_at_once() -> None:
    jobs = [a_job(id=name, group="disk") for name in ("one", "two")]
    simulation = Commands(*jobs, does=Behaviour(takes=HOUR))
    for job in jobs:
        simulation.ask(RunNow(job.id))
    assert simulation.status("two").state == "queued"
    simulation.ask(Configure(NoticeConfig(reminder=None), AwakeConfig(), {"disk": 2}, SHORT))
    assert simulation.status("two").state == "running"


def test_who_wants_no_reminders_any_more_gets_none() -> None:
    simulation = Commands(a_job(), does=failing())
    simulation.ask(RunNow("backup"))
    simulation.run_for(SHORT)
    told = len(simulation.teller.told)
    simulation.ask(Configure(NoticeConfig(reminder=None), AwakeConfig(), {}, SHORT))
    simulation.run_for(72 * HOUR)
    assert len(simulation.teller.told) == told


def test_when_the_quiet_hours_are_no_longer_wanted_what_was_held_is_told() -> None:
    quiet = NoticeConfig(quiet_hours=QuietHours(time(0), time(23, 59)))
    simulation = Commands(a_job(), does=failing(), notices=quiet)
    simulation.ask(RunNow("backup"))
    simulation.run_for(SHORT)
    assert simulation.told == []
    simulation.ask(Configure(NoticeConfig(), AwakeConfig(), {}, SHORT))
    simulation.run_for(SHORT)
    assert simulation.told == ["failure"]
