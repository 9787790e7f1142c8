"""What is wrong now, as the engine has published it."""

from datetime import timedelta

from builders import BERLIN, a_job, at, cron, no_statistics
from daybell.engine.messages import Snooze
from daybell.engine.open_incidents import OpenIncident, OpenIncidents
from daybell.engine.ports import AttemptResult
from daybell.engine.registry import JobRegistry, Whole
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.incident import Incident

START = at("2026-03-02 12:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAILS = Behaviour(result=AttemptResult(outcome="failed", exit_code=3, error="disk full"))


def failing(*names: str) -> Simulation:
    """Jobs that fail each hour, one a minute after the other."""
    jobs = [
        a_job(id=name, name=name.title(), triggers=(cron(f"{minute} * * * *"),))
        for minute, name in enumerate(names, 1)
    ]
    return Simulation(jobs, start=START, zone=BERLIN, behave=lambda _: FAILS)


def test_each_is_told_from_its_first_failure_to_its_next_success() -> None:
    simulation = failing("backup")
    incidents = OpenIncidents(simulation.registry)
    assert list(incidents.all()) == []
    simulation.run_for(2.5 * HOUR)
    (first, *_, last) = simulation.rows("backup")
    assert list(incidents.all()) == [
        OpenIncident(
            job_id="backup",
            name="Backup",
            since=(first.finished or START).astimezone(BERLIN),
            count=3,
            error="Exit code 3: disk full",
            run_id=last.run_id,
            snoozed_until=None,
        )
    ]
    assert incidents.all()[0].since.tzinfo == BERLIN
    simulation.behave = lambda _: Behaviour()
    simulation.run_for(HOUR)
    assert list(incidents.all()) == []


def test_the_oldest_comes_first_whatever_failed_last() -> None:
    simulation = failing("zoo", "backup")
    simulation.run_for(5 * MINUTE)
    simulation.ask(Snooze("zoo", START + 3 * HOUR))
    simulation.run_for(2 * HOUR)
    found = OpenIncidents(simulation.registry).all()
    assert [(one.job_id, one.snoozed_until) for one in found] == [
        ("zoo", (START + 3 * HOUR).astimezone(BERLIN)),
        ("backup", None),
    ]


def test_one_survives_a_restart() -> None:
    simulation = failing("backup")
    simulation.run_for(HOUR)
    simulation.restart()
    assert [one.count for one in OpenIncidents(simulation.registry).all()] == [1]


def test_before_the_first_batch_there_is_none() -> None:
    assert list(OpenIncidents(JobRegistry()).all()) == []


def test_a_job_whose_file_has_just_gone_is_called_by_its_id() -> None:
    registry = JobRegistry()
    incident = Incident(job_id="gone", opened=START, count=1, signature="", problem="no", run_id="r1")
    registry.publish([], [], (), (), Whole("running", BERLIN, no_statistics(), incidents=(incident,)))
    assert [one.name for one in OpenIncidents(registry).all()] == ["gone"]
