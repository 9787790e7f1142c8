"""The line of a simulated home: what ran in it, and what will."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from builders import BERLIN, a_job, at, cron, every
from daybell.core.timeline import Timeline
from daybell.engine import timeline as module
from daybell.engine.memory import NoLogs
from daybell.engine.messages import Pause
from daybell.engine.past import Past
from daybell.engine.simulated import Simulation
from daybell.engine.timeline import Timelines
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import JobNotFound
from daybell.model.job import Job

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)
HOURLY = a_job(id="hourly", triggers=(cron("0 * * * *"),))
HALF = a_job(id="half", triggers=(cron("30 * * * *"),))


def home(*jobs: Job, takes: timedelta = timedelta(minutes=1)) -> Simulation:
    return Simulation(jobs, start=NOON, zone=BERLIN, behave=lambda _: Behaviour(takes=takes))


def line(simulation: Simulation, since: datetime, until: datetime, job_id: str | None = None) -> Timeline:
    registry, files = simulation.registry, simulation.files.read().jobs

    def job_of(name: str) -> Job:
        if name not in files:
            raise JobNotFound(name)
        return files[name]

    past = Past(registry, simulation.history, NoLogs(), simulation.clock)
    lines = Timelines(registry, past, job_of, simulation.clock, simulation.config.seed)
    return lines.between(since, until, job_id, BERLIN)


def hours(instants: Sequence[datetime]) -> list[float]:
    return [(instant - NOON) / HOUR for instant in instants]


def test_what_ran_and_what_will_meet_now() -> None:
    simulation = home(HOURLY, HALF)
    simulation.run_for(2 * HOUR + HOUR / 4)
    found = line(simulation, NOON, NOON + 4 * HOUR)
    assert hours([run.started for run in found.runs]) == [0.5, 1, 1.5, 2]
    assert hours([one.at for one in found.upcoming]) == [2.5, 3, 3.5]
    assert {run.outcome for run in found.runs} == {"succeeded"}
    assert (found.truncated, found.cut, found.complete_until) == (False, {}, NOON + 4 * HOUR)
    assert found.now == simulation.clock.now()


def test_one_job_can_be_asked_for() -> None:
    simulation = home(HOURLY, HALF)
    simulation.run_for(2 * HOUR)
    found = line(simulation, NOON, NOON + 4 * HOUR, "half")
    assert {run.job_id for run in found.runs} == {one.job_id for one in found.upcoming} == {"half"}


def test_a_job_that_never_was_is_not_found() -> None:
    with pytest.raises(JobNotFound):
        line(home(HOURLY), NOON, NOON + HOUR, "nobody")


def test_a_job_that_is_gone_has_its_past() -> None:
    simulation = home(HOURLY)
    simulation.run_for(HOUR + HOUR / 2)
    simulation.files.jobs.clear()
    found = line(simulation, NOON, NOON + 4 * HOUR)
    assert (len(found.runs), found.upcoming) == (1, [])


def test_a_run_under_way_has_no_end_yet() -> None:
    simulation = home(HOURLY, takes=HOUR / 2)
    simulation.run_for(HOUR + HOUR / 4)
    (run,) = line(simulation, NOON, NOON + 2 * HOUR).runs
    assert (run.started - NOON, run.finished, run.outcome) == (HOUR, None, None)


def test_what_was_slept_through_is_one_gap() -> None:
    simulation = home(HOURLY)
    simulation.suspend(9.5 * HOUR)
    simulation.run_for(HOUR / 4)
    found = line(simulation, NOON, NOON + 11 * HOUR)
    (gap,) = found.gaps
    assert (hours([gap.since, gap.until]), gap.outcome) == ([1, 8], "missed")
    assert [(run.cause, run.outcome) for run in found.runs] == [("catch_up", "succeeded")]
    (away,) = found.absences
    assert (hours([away.since, away.until]), away.kind) == ([0, 9.5], "asleep")
    assert away.until.tzinfo == BERLIN


def test_a_gap_that_reaches_into_the_stretch_belongs_to_it() -> None:
    simulation = home(HOURLY)
    simulation.suspend(10 * HOUR)
    simulation.run_for(HOUR / 4)
    assert len(line(simulation, NOON + 5 * HOUR, NOON + 6 * HOUR).gaps) == 1


def test_a_job_that_is_paused_has_nothing_to_come() -> None:
    simulation = home(HOURLY)
    simulation.ask(Pause("hourly"))
    assert line(simulation, NOON, NOON + 4 * HOUR).upcoming == []


def test_a_stretch_of_the_past_has_nothing_to_come() -> None:
    simulation = home(HOURLY)
    simulation.run_for(4 * HOUR)
    found = line(simulation, NOON, NOON + 3 * HOUR)
    assert (len(found.runs), found.upcoming, found.truncated) == (2, [], False)


def test_times_are_on_the_wall_of_the_zone() -> None:
    simulation = home(HOURLY)
    simulation.run_for(1.5 * HOUR)
    found = line(simulation, NOON, NOON + 3 * HOUR)
    for moment in (found.since, found.until, found.now, found.runs[0].started, found.upcoming[0].at):
        assert moment.utcoffset() == HOUR


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    often = home(a_job(id="often", triggers=(every("1s"),)))
    found = line(often, NOON, NOON + HOUR)
    assert (found.truncated, list(found.cut)) == (True, ["often"])
    monkeypatch.setattr(module, "MOST_RUNS", 2)
    hourly = home(HOURLY)
    hourly.run_for(4 * HOUR + HOUR / 4)
    found = line(hourly, NOON, NOON + 5 * HOUR, "hourly")
    assert (len(found.runs), found.truncated) == (2, True)
    assert found.left_out == {"hourly": found.runs[0].finished}


def test_a_job_that_runs_very_often_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = home(HOURLY, a_job(id="often", triggers=(every("10s"),)), takes=timedelta(seconds=1))
    simulation.run_for(2 * HOUR + HOUR / 2)
    found = line(simulation, NOON, NOON + 3 * HOUR)
    assert (found.truncated, found.left_out) == (False, {})
    monkeypatch.setattr(module, "MOST_RUNS", 50)
    monkeypatch.setattr(module, "EACH", 30)
    found = line(simulation, NOON, NOON + 3 * HOUR)
    assert [run.job_id for run in found.runs].count("hourly") == 2
    often = [run for run in found.runs if run.job_id == "often" and run.finished]
    assert (len(often), found.left_out) == (50, {"often": often[0].finished})
