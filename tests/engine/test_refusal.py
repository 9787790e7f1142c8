"""A ledger that refuses: nothing of what is refused happens, and nothing else is lost. On the real engine."""

from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from builders import a_job, cron
from daybell.core.catchup import CANNOT_RECORD
from daybell.engine import loop
from daybell.engine.messages import Asked, Pause, Resume, RunNow, Snooze, Stop, Verb
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import Conflict, LedgerError
from daybell.model.events import AnyEvent, Numbered, RunClaimed
from daybell.model.record import Checkpoint
from daybell.model.status import Problem
from folds import folded
from simulations import HOUR, MINUTE, SECOND, START, Commands, failing, hourly

FULL = "No space left on device"


def refuse(simulation: Commands, verb: Verb) -> None:
    """Just when it is asked for; a minute later there is space again."""
    simulation.ledger.refusal = FULL
    with pytest.raises(Conflict, match=FULL):
        simulation.ask(verb)
    simulation.run_for(MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)


def refuse_once(simulation: Commands, kind: type[AnyEvent]) -> None:
    """The first batch that has an event of this kind."""
    append = simulation.ledger.append

    def refusing(events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        if not any(isinstance(event, kind) for event in events):
            return append(events)
        simulation.ledger.append = append  # type: ignore[method-assign]  # it recovers
        raise LedgerError(FULL)

    simulation.ledger.append = refusing  # type: ignore[method-assign]  # the same, but for one batch


@pytest.mark.parametrize("job_id", ["backup", None])
def test_a_pause_that_is_refused_holds_nothing(job_id: str | None) -> None:
    simulation = Commands(hourly())
    refuse(simulation, Pause(job_id))
    assert simulation.status("backup").state == "idle"
    simulation.down(MINUTE)
    assert (simulation.status("backup").state, simulation.registry.state) == ("idle", "running")


def test_a_pause_whose_change_is_refused_ends_when_it_was_to_end() -> None:
    simulation = Commands(hourly())
    end = START + 10 * MINUTE
    simulation.ask(Pause("backup", end))
    refuse(simulation, Pause("backup", START + HOUR))
    assert simulation.status("backup").paused_until == end


@pytest.mark.parametrize("job_id", ["backup", None])
def test_a_resume_that_is_refused_leaves_the_pause_as_it_was(job_id: str | None) -> None:
    simulation = Commands(hourly())
    simulation.ask(Pause(job_id))
    refuse(simulation, Resume(job_id))
    assert simulation.status("backup").state == "paused"
    simulation.run_for(HOUR)
    assert simulation.starts() == []


def test_a_silence_that_is_refused_silences_nothing() -> None:
    simulation = Commands(hourly(), does=failing())
    simulation.run_for(HOUR + MINUTE)
    refuse(simulation, Snooze("backup", START + 10 * HOUR))
    assert simulation.status("backup").snoozed_until is None


def test_a_run_that_is_refused_by_hand_does_not_wait_for_better_times() -> None:
    simulation = Commands(a_job(id="first"), a_job(), slots=1, does=Behaviour(takes=30 * SECOND))
    simulation.ask(RunNow("first"))
    refuse(simulation, RunNow("backup"))
    assert simulation.starts() == []
    assert [(run.outcome, run.reason) for run in simulation.rows("backup")] == [("skipped", CANNOT_RECORD)]


def test_a_run_that_waited_waits_on_where_its_claim_cannot_be_recorded() -> None:
    simulation = Commands(a_job(id="first"), a_job(), slots=1, does=Behaviour(takes=30 * SECOND))
    simulation.ask(RunNow("first"))
    simulation.ask(RunNow("backup"))
    refuse_once(simulation, RunClaimed)
    simulation.run_for(31 * SECOND)
    assert [status.state for status in simulation.registry.all()] == ["queued", "idle"]
    simulation.run_for(MINUTE)
    assert [(run.outcome, run.attempts) for run in simulation.rows("backup")] == [("succeeded", 1)]


def test_a_start_that_could_not_be_recorded_holds_no_slot_of_its_group() -> None:
    simulation = Commands(a_job(group="disk"), a_job(id="other", group="disk"))
    refuse(simulation, RunNow("backup"))
    simulation.ask(RunNow("other"))
    assert simulation.status("other").state == "running"


def test_a_stop_does_not_wait_for_what_could_not_be_recorded() -> None:
    simulation = Commands(a_job())
    simulation.ledger.refusal = FULL
    replies: list[Future[tuple[str, ...]]] = [Future(), Future()]
    verbs: list[Verb] = [RunNow("backup"), Stop()]
    for verb, reply in zip(verbs, replies, strict=True):
        simulation._mailbox.post(Asked(verb, reply))
    simulation.settle()
    assert isinstance(replies[0].exception(0), Conflict)
    assert simulation.engine.is_stopped


def test_what_was_due_after_a_pause_that_ended_meanwhile_is_not_caught_up() -> None:
    simulation = Commands(a_job(triggers=(cron("*/10 * * * *"),)), a_job(id="by-hand"))
    simulation.ask(Pause("backup", START + 25 * MINUTE))
    simulation.ledger.refusal = FULL
    with pytest.raises(Conflict, match=FULL):
        simulation.ask(RunNow("by-hand"))
    simulation.run_for(45 * MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    rows = [(run.reason, run.due, run.due_to) for run in simulation.rows("backup")]
    assert rows == [
        ("paused", START + 10 * MINUTE, START + 20 * MINUTE),
        (CANNOT_RECORD, START + 30 * MINUTE, START + 40 * MINUTE),
    ]


def test_a_ledger_that_refuses_for_a_moment_silences_no_job() -> None:
    """Also where it takes events again before anybody has looked at what its refusal means."""
    simulation = Commands(hourly(), a_job(id="by-hand"))
    refuse_once(simulation, RunClaimed)
    with pytest.raises(Conflict, match=FULL):
        simulation.ask(RunNow("by-hand"))
    simulation.run_for(HOUR + MINUTE)
    assert simulation.starts() == [START + HOUR]


def test_a_file_that_is_not_valid_is_shown_when_there_is_space_again() -> None:
    simulation = Commands(hourly(), does=Behaviour(takes=HOUR))
    simulation.run_for(HOUR + MINUTE)
    simulation.files.invalid["backup"] = Problem("backup.json", "", "not JSON")
    simulation.ledger.refusal = FULL
    simulation.down(MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert simulation.status("backup").state == "invalid"


def test_a_checkpoint_holds_nothing_but_what_the_ledger_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 1)
    simulation = Commands(hourly(), a_job(id="by-hand"))
    saved: list[int] = []

    def save(checkpoint: Checkpoint) -> None:
        events = simulation.ledger.events[: checkpoint.number]
        assert folded(events).checkpoint(checkpoint.number) == checkpoint
        saved.append(checkpoint.number)

    simulation.ledger.save = save  # type: ignore[method-assign]  # each is looked at
    refuse(simulation, RunNow("by-hand"))
    simulation.ledger.refusal = FULL
    simulation.run_for(3 * HOUR)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert saved[-1] == len(simulation.ledger.events)
