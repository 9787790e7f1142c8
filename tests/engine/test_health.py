import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from builders import BERLIN, a_job, at, no_statistics
from daybell.engine import health
from daybell.engine.bus import Bus
from daybell.engine.health import OK, Checks, Part, scheduler_checks
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import MemoryLedger
from daybell.engine.messages import AlarmRang, RunNow
from daybell.engine.registry import JobRegistry, Whole
from daybell.engine.simulated import Simulation
from daybell.model.status import Problem
from waiting import until

DAMAGED = Problem("journal.jsonl", "", "1 line could not be read")
FULL = Problem("journal.jsonl", "", "cannot be written, so no run starts: no space left")
BAD_FILE = Problem("a.json", "handler", "expected one")


class Scheduler:
    """Just what the checks look at."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.bus = Bus()
        self.registry = JobRegistry()
        self.ledger = MemoryLedger()
        self.checks = scheduler_checks(self.mailbox, self.bus, self.registry, self.ledger)

    def publish(self, *problems: Problem) -> None:
        self.registry.publish((), (), (), problems, Whole("running", BERLIN, no_statistics()))


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


@pytest.fixture
def resting(scheduler: Scheduler) -> Iterator[Scheduler]:
    """Its engine waits for messages."""
    scheduler.publish()
    thread = threading.Thread(target=scheduler.mailbox.wait)
    thread.start()
    until(lambda: scheduler.mailbox.is_awaited)
    yield scheduler
    scheduler.mailbox.post(AlarmRang("a"))
    thread.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)


def test_all_is_well(resting: Scheduler) -> None:
    found = resting.checks.look()
    assert (found.live, found.ready) == (True, True)
    assert found.parts == {"engine": OK, "ledger": OK, "job_files": OK}


def test_a_scheduler_that_has_not_started_is_not_live(scheduler: Scheduler) -> None:
    found = scheduler.checks.look()
    assert (found.live, found.ready) == (False, False)
    assert found.parts["engine"] == Part("failed", "it has not started")


@pytest.mark.usefixtures("impatient")
def test_an_engine_that_does_not_answer_is_not_live(scheduler: Scheduler) -> None:
    scheduler.publish()
    found = scheduler.checks.look()
    assert (found.live, found.ready) == (False, False)
    assert found.parts["engine"].message.startswith("it has not answered for 0.05 seconds")


def test_an_engine_that_ends_a_batch_in_time_is_live(scheduler: Scheduler) -> None:
    scheduler.publish()
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(scheduler.checks.look().live))
    asking.start()
    until(lambda: bool(scheduler.bus._subscribers))
    scheduler.bus.publish(())
    asking.join()
    assert answers == [True]
    assert scheduler.bus._subscribers == ()


def test_a_ledger_that_cannot_be_written_is_not_ready(resting: Scheduler) -> None:
    resting.publish(FULL)
    found = resting.checks.look()
    assert (found.live, found.ready) == (True, False)
    assert found.parts["ledger"] == Part("failed", FULL.message)
    assert found.parts["job_files"] == OK


def test_what_was_damaged_and_mended_is_worth_a_look(resting: Scheduler) -> None:
    resting.ledger.problems = (DAMAGED,)
    resting.publish(DAMAGED)
    found = resting.checks.look()
    assert (found.live, found.ready) == (True, True)
    assert found.parts["ledger"] == Part("degraded", "journal.jsonl: 1 line could not be read")
    resting.publish(FULL, DAMAGED)
    assert not resting.checks.look().ready


def test_files_that_are_not_valid_are_worth_a_look(resting: Scheduler) -> None:
    resting.publish(BAD_FILE, BAD_FILE)
    found = resting.checks.look()
    assert found.ready
    assert found.parts["job_files"] == Part("degraded", "a.json: expected one (and 1 more)")


@pytest.mark.usefixtures("impatient")
def test_a_real_ledger_that_refuses_is_seen() -> None:
    """Of the engine nothing is asked, which has no thread."""
    simulation = Simulation([a_job()], start=at("2026-03-02 12:00"))
    checks = scheduler_checks(Mailbox(), simulation.bus, simulation.registry, simulation.ledger)
    assert checks.look().parts["ledger"] == OK
    simulation.ledger.refusal = "no space left"
    simulation.ask_later(RunNow("backup"))
    assert checks.look().parts["ledger"].state == "failed"
    simulation.ledger.refusal = None
    simulation.run_for(timedelta(minutes=1))
    assert checks.look().parts["ledger"] == OK


def test_parts_of_others_are_asked_too() -> None:
    checks = Checks(lambda: OK)
    checks.add("tray", lambda: Part("off", "no tray icon was asked for"))
    found = checks.look()
    assert found.ready
    assert found.parts["tray"].state == "off"


def test_a_part_that_cannot_say_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Part:
        raise OSError("gone")

    checks = Checks(lambda: OK)
    checks.add("disk", broken)
    found = checks.look()
    assert (found.live, found.ready) == (True, False)
    assert found.parts["disk"] == Part("failed", "gone")
    assert "the part disk cannot say how it is" in caplog.text
