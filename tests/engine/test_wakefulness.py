"""Runs of jobs that ask for it keep the machine awake, for a while and not on a low battery."""

from datetime import timedelta

from builders import a_job
from daybell.engine.messages import CancelRuns, RunNow
from daybell.engine.ports import AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import Job, Retry
from simulations import Commands

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LOW, ENOUGH = Facts(on_mains=False, battery=20), Facts(on_mains=False, battery=21)


def running(*jobs: Job, takes: timedelta = 6 * HOUR) -> Commands:
    simulation = Commands(*jobs, does=Behaviour(takes=takes))
    for job in jobs:
        simulation.ask(RunNow(job.id))
    simulation.run_for(SECOND)
    return simulation


def awake(simulation: Commands) -> tuple[str, ...]:
    whole = simulation.registry.whole
    assert whole is not None
    return whole.keeping_awake


KEEPER = a_job(name="Back up photos", keep_awake=True)


def test_it_is_awake_while_the_run_lasts_and_says_why() -> None:
    simulation = running(KEEPER)
    assert (simulation.awake_for, awake(simulation)) == ("running Back up photos", ("backup",))
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(MINUTE)
    assert (simulation.awake_for, awake(simulation)) == (None, ())


def test_other_jobs_let_it_sleep() -> None:
    assert running(a_job(), a_job(id="mail")).awake_for is None


def test_two_are_named_and_the_last_one_lets_go() -> None:
    simulation = running(KEEPER, a_job(id="mail", name="Mail", keep_awake=True))
    assert simulation.awake_for == "running Back up photos, Mail"
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(MINUTE)
    assert simulation.awake_for == "running Mail"


def test_after_four_hours_it_may_sleep_though_the_run_goes_on() -> None:
    simulation = running(KEEPER)
    simulation.run_for(4 * HOUR - 2 * SECOND)
    held = [simulation.awake_for]
    simulation.run_for(2 * SECOND)
    assert [*held, simulation.awake_for] == ["running Back up photos", None]
    assert simulation.status("backup").state == "running"


def test_on_a_low_battery_it_may_sleep() -> None:
    simulation = running(KEEPER)
    for facts, is_awake in ((LOW, False), (ENOUGH, True), (Facts(on_mains=True, battery=5), True)):
        simulation.surround(facts)
        simulation.run_for(11 * SECOND)
        assert (simulation.awake_for is not None) is is_awake


def test_a_run_that_waits_for_its_slot_keeps_nothing_awake() -> None:
    other = a_job(id="other", group="disk")
    simulation = running(other, a_job(keep_awake=True, group="disk"))
    assert simulation.status("backup").state == "queued"
    assert simulation.awake_for is None


def test_a_job_that_is_edited_or_removed_lets_go() -> None:
    simulation = running(KEEPER)
    simulation.files.jobs["backup"] = a_job(timeout=Duration(hours=9))
    simulation.reload()
    assert simulation.awake_for is None


def test_time_asleep_counts() -> None:
    simulation = running(KEEPER)
    simulation.run_for(HOUR)
    simulation.suspend(2 * HOUR + 50 * MINUTE)
    held = [simulation.awake_for]
    simulation.run_for(10 * MINUTE)
    assert [*held, simulation.awake_for] == ["running Back up photos", None]


def test_all_attempts_of_a_run_share_the_time() -> None:
    failing = Behaviour(takes=HOUR, result=AttemptResult(outcome="failed", exit_code=3))
    retry = Retry(max_attempts=9, delay=Duration(seconds=1), jitter=False)
    simulation = Commands(a_job(keep_awake=True, retry=retry), does=failing)
    simulation.ask(RunNow("backup"))
    simulation.run_for(4 * HOUR + MINUTE)
    assert simulation.awake_for is None
    assert simulation.status("backup").state == "running"
