"""What the engine does with a run whose command was given secrets."""

from datetime import timedelta

import pytest

from builders import a_job, at
from daybell.engine.messages import RunNow
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.job import CommandHandler, Job

START = at("2026-03-02 12:00")
GIVEN = CommandHandler(argv=("restic", "backup"), env={"RESTIC_PASSWORD": "keyring:restic"})
OPEN = CommandHandler(argv=("restic", "backup"), env={"RESTIC_REPOSITORY": "/backup"})


def crashed_while_running(handler: CommandHandler) -> Simulation:
    simulation = Simulation(
        [a_job(handler=handler)],
        start=START,
        behave=lambda _: Behaviour(takes=timedelta(hours=1)),
    )
    simulation.ask(RunNow("backup"))
    simulation.run_for(timedelta(minutes=1))
    simulation.crash(leaves_processes=True)
    return simulation


@pytest.mark.parametrize("handler", [GIVEN, OPEN])
@pytest.mark.parametrize("now", [GIVEN, OPEN, None])
def test_what_was_given_secrets_is_ended_after_a_crash_whatever_its_job_is_now(
    handler: CommandHandler, now: CommandHandler | None
) -> None:
    """What was not is adopted, and runs on."""
    simulation = crashed_while_running(handler)
    edited: list[Job] = [] if now is None else [a_job(handler=now)]
    simulation.files.jobs = {job.id: job for job in edited}
    simulation.restart()
    simulation.run_for(timedelta(hours=2))
    (row,) = simulation.rows()
    assert row.finished is not None
    assert (row.outcome, row.has_secrets) == ("interrupted", handler is GIVEN)
    assert (row.finished < START + timedelta(minutes=2)) == (handler is GIVEN)
