"""What a job was, one edit after the other."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron
from daybell.core.plain import as_file
from daybell.core.schedule import definition_digest
from daybell.engine import edits
from daybell.engine.edits import Edits
from daybell.engine.memory import NoLogs
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.planning import LEAD
from daybell.engine.simulated import Simulation
from daybell.model.errors import JobNotFound
from daybell.model.job import Job
from daybell.model.status import Problem

START = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)
JOB = a_job(triggers=(cron("0 * * * *"),))
OTHER = replace(JOB, priority=3)


def edited(*jobs: Job | None) -> tuple[Simulation, Edits]:
    """A job that is one thing after the other, each for an hour; None: its file is gone."""
    simulation = Simulation([JOB], start=START, zone=BERLIN)
    for job in jobs:
        simulation.files.jobs = {} if job is None else {job.id: job}
        simulation.reload()
        simulation.run_for(HOUR)
    past = Past(simulation.registry, simulation.history, NoLogs(), simulation.clock)
    find = simulation.files.jobs.get
    outlook = Outlook(simulation.registry, find, simulation.clock, lambda: BERLIN, "")
    return simulation, Edits(simulation.registry, past, outlook)


def test_the_latest_comes_first_and_says_since_when() -> None:
    _, found = edited(JOB, JOB, OTHER)
    new, old = found.of("backup")
    assert (new.definition, old.definition) == (as_file(OTHER), as_file(JOB))
    assert (new.digest, old.digest) == (definition_digest(OTHER), definition_digest(JOB))
    dues = [START + 3 * HOUR, START + HOUR]
    assert all(one.since and abs(one.since - due) <= LEAD for one, due in zip((new, old), dues, strict=True))


def test_who_goes_back_to_what_was_has_made_an_edit() -> None:
    _, found = edited(JOB, OTHER, JOB)
    assert [one.definition for one in found.of("backup")] == [as_file(JOB), as_file(OTHER), as_file(JOB)]


def test_what_has_not_run_yet_is_known_and_has_no_time() -> None:
    simulation, found = edited(JOB)
    simulation.files.jobs[JOB.id] = OTHER
    new, old = found.of("backup")
    assert (new.definition, new.since) == (as_file(OTHER), None)
    assert old.definition == as_file(JOB)


def test_so_many_are_told_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST", 2)
    simulation, found = edited(JOB, OTHER, JOB)
    assert [one.definition for one in found.of("backup")] == [as_file(JOB), as_file(OTHER)]
    simulation.files.jobs[JOB.id] = replace(JOB, name="New", priority=5)
    assert [one.definition.get("name") for one in found.of("backup")] == ["New", None]


def test_a_job_that_is_gone_has_its_edits_and_one_that_never_was_is_not_found() -> None:
    _, found = edited(JOB, None)
    assert [one.definition for one in found.of("backup")] == [as_file(JOB)]
    with pytest.raises(JobNotFound):
        found.of("nobody")


def test_a_job_whose_file_was_never_valid_has_none() -> None:
    simulation = Simulation([], start=START)
    simulation.files.invalid = {"broken": Problem("broken.json", "handler", "expected one")}
    simulation.reload()
    past = Past(simulation.registry, simulation.history, NoLogs(), simulation.clock)
    outlook = Outlook(simulation.registry, lambda _: None, simulation.clock, lambda: BERLIN, "")
    assert Edits(simulation.registry, past, outlook).of("broken") == []
