"""A rush on a real engine thread: runs wait for the only slot, and each that ends makes a batch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from builders import a_job, at, once
from daybell.engine import loop
from daybell.engine.bus import Bus
from daybell.engine.loop import Engine, Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import (
    CountingIds,
    MemoryFiles,
    MemoryHistory,
    MemoryLedger,
    NoLogs,
    VirtualAlarms,
    VirtualClock,
    VirtualDeadlines,
)
from daybell.engine.messages import (
    AlarmRang,
    Asked,
    AttemptEnded,
    AttemptStarted,
    LookAgain,
    Pause,
    ResetStatistics,
    RunNow,
    Stop,
    Verb,
)
from daybell.engine.planning import LEAD
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.publishing import PACE
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig
from daybell.model.events import AnyEvent, Numbered, RunFinished
from daybell.model.record import Checkpoint
from daybell.model.run import ProcessIdentity
from folds import folded
from waiting import until

IDS = ("a", "b", "c", "d")
DUE = at("2026-03-02 12:01")
JOBS = [*(a_job(id=name) for name in IDS), a_job(id="due", triggers=(once(DUE),))]
DONE = AttemptResult(outcome="succeeded", exit_code=0)


class Hands:
    """Workers that note what they are given, and do none of it."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def start(self, attempt: Attempt) -> None:
        self.given.append(attempt.run.run_id)

    def adopt(self, run_id: str, process: ProcessIdentity) -> None:
        raise AssertionError((run_id, process))

    def end(self, run_id: str, grace: timedelta) -> None:
        pass

    def stop(self, timeout: timedelta) -> Sequence[str]:
        return ()


class Logs(NoLogs):
    """Of a disk that may break."""

    is_broken = False

    def path(self, job_id: str, run_id: str) -> Path:
        if self.is_broken:
            raise RuntimeError("a bug")
        return super().path(job_id, run_id)


class Rows(MemoryHistory):
    """Knows which of its rows are not in their files yet."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Numbered] = []

    def add(self, numbered: Numbered, *, later: bool = False) -> None:
        super().add(numbered, later=later)
        self.waiting = [*self.waiting, numbered] if later else []


class Rush:
    """Four jobs, asked to run at once, of which one may run; a fifth is due later."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.clock = VirtualClock(at("2026-03-02 12:00"))
        self.hands = Hands()
        self.ledger = MemoryLedger()
        self.history = Rows()
        self.logs = Logs()
        self.alarms = VirtualAlarms()
        self.registry = JobRegistry()
        self.told: list[list[str]] = []
        ports = Ports(
            clock=self.clock,
            ids=CountingIds(),
            alarms=self.alarms,
            deadlines=VirtualDeadlines(self.clock),
            workers=self.hands,
            ledger=self.ledger,
            history=self.history,
            logs=self.logs,
        )
        config = EngineConfig(ZoneInfo("UTC"), 1, timedelta(seconds=30), "0.1.0")
        bus = Bus()
        bus.subscribe(self._hear)
        self.engine = Engine(self.mailbox, ports, config, self.registry, bus)
        self.engine.boot(MemoryFiles(JOBS).read())
        self.engine.start()
        for name in IDS:
            self.ask(RunNow(name))
        until(lambda: self.mailbox.is_awaited)  # whoever asked hears before the others do
        self.told.clear()

    def ask(self, verb: Verb) -> tuple[str, ...]:
        reply: Future[tuple[str, ...]] = Future()
        self.mailbox.post(Asked(verb, reply))
        return reply.result(10)

    def begin_one(self) -> None:
        """The run that has the slot has a process."""
        before, process = len(self.ledger.events), ProcessIdentity(1234, 5, "boot")
        self.mailbox.post(AttemptStarted(self.hands.given[-1], process, self.clock.now()))
        until(lambda: len(self.ledger.events) > before)

    def end_one(self) -> None:
        """The run that has the slot is over, and the next one has been given to a worker."""
        before = len(self.hands.given)
        self.end_later()
        until(lambda: len(self.hands.given) > before)

    def end_later(self) -> None:
        """The same, once the engine comes to it."""
        self.mailbox.post(AttemptEnded(self.hands.given[-1], DONE, self.clock.now()))

    def stop(self) -> None:
        """The run that has the slot ends when it is told to."""
        self.mailbox.post(Asked(Stop(), Future()))
        self.end_later()
        assert self.engine.join(timedelta(seconds=10))

    def until_late(self, holds: Callable[[], bool]) -> None:
        """It holds once the time is over for which anything may be kept."""

        def is_so() -> bool:
            self.clock.advance_to(self.clock.now() + timedelta(seconds=PACE))
            return holds()

        until(is_so)

    def _hear(self, events: Sequence[AnyEvent]) -> None:
        self.told.append([event.run.job_id for event in events if isinstance(event, RunFinished)])


@pytest.fixture
def rush() -> Iterator[Rush]:
    rush = Rush()
    yield rush
    rush.stop()


def test_in_a_rush_many_ends_are_told_of_together(rush: Rush) -> None:
    rush.end_one()
    rush.end_one()
    assert rush.told == []
    assert rush.registry.one("a").is_running
    rush.until_late(lambda: rush.told == [["a", "b"]])
    assert not rush.registry.one("a").is_running


def test_what_is_kept_is_told_also_where_nothing_more_happens(rush: Rush) -> None:
    rush.end_one()
    assert not rush.mailbox.is_awaited
    rush.until_late(lambda: rush.mailbox.is_awaited)
    assert rush.told == [["a"]]


def test_the_end_of_the_rush_is_told_at_once(rush: Rush) -> None:
    rush.end_one()
    rush.end_one()
    rush.end_one()
    until(lambda: rush.told == [["a", "b", "c"]])


def test_whoever_asks_in_a_rush_is_answered_at_once_and_finds_all_of_it_new(rush: Rush) -> None:
    rush.end_one()
    rush.ask(Pause("d"))
    assert (rush.registry.one("a").is_running, rush.registry.one("d").is_paused) == (False, True)


def test_what_cannot_be_recorded_is_told_at_once(rush: Rush) -> None:
    rush.ledger.refusal = "no space"
    rush.end_later()
    until(lambda: bool(rush.registry.problems))
    rush.ledger.refusal = None
    rush.mailbox.post(LookAgain())
    rush.until_late(lambda: not rush.registry.problems)


def test_an_alarm_that_rings_a_moment_ahead_of_its_instant_is_set_to_it_at_once(rush: Rush) -> None:
    rush.clock.advance_to(DUE - LEAD)
    rush.end_one()
    assert rush.alarms.at["due"] == DUE - LEAD
    rush.mailbox.post(AlarmRang("due"))
    until(lambda: rush.alarms.at["due"] == DUE)


def test_statistics_that_were_reset_in_a_rush_begin_anew(rush: Rush) -> None:
    rush.end_one()
    rush.ask(ResetStatistics())
    assert rush.registry.whole is not None
    assert rush.registry.whole.stats.completed == 0


def test_a_fault_that_stays_does_not_keep_back_what_came_before(rush: Rush) -> None:
    rush.end_one()
    rush.logs.is_broken = True
    rush.end_later()
    rush.until_late(lambda: rush.told == [["a"]])
    rush.logs.is_broken = False
    rush.mailbox.post(LookAgain())
    rush.until_late(lambda: rush.told == [["a"], ["b"]])


def test_no_row_waits_for_news_when_daybell_stops() -> None:
    rush = Rush()
    waiting: list[int] = []

    def save(checkpoint: Checkpoint) -> None:
        waiting.append(len(rush.history.waiting))

    rush.ledger.save = save  # type: ignore[method-assign]  # each is looked at
    rush.end_one()
    rush.end_later()
    rush.stop()
    assert waiting == [0]


def test_a_checkpoint_in_a_rush_holds_nothing_but_what_the_ledger_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(loop, "RUSH", 1)
    rush = Rush()
    saved: list[bool] = []

    def save(checkpoint: Checkpoint) -> None:
        events = rush.ledger.events[: checkpoint.number]
        saved.append(folded(events).checkpoint(checkpoint.number) == checkpoint)

    rush.ledger.save = save  # type: ignore[method-assign]  # each is looked at
    rush.end_one()
    rush.until_late(lambda: rush.told == [["a"]])
    assert saved
    rush.begin_one()
    rush.ledger.refusal = "no space"
    rush.end_later()
    until(lambda: bool(rush.registry.problems))
    rush.ledger.refusal = None
    rush.end_one()
    rush.stop()
    assert saved == [True] * len(saved) != []
