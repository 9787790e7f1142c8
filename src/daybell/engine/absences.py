"""What followed from a sleep or from a time without Daybell? Noted for the person, once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

from daybell.core.absences import absence, is_worth_noting, is_worth_telling
from daybell.core.away import away_notice
from daybell.core.clocks import ClockStepped, Finding, Froze, Slept
from daybell.engine.incidents import Watch
from daybell.engine.ports import Clock
from daybell.engine.state import State
from daybell.model.absence import AbsenceKind, LastEnd
from daybell.model.events import AbsenceNoted, AppHeldUp, ClockSet, LifeLost, MachineSlept


class Absences:
    """Acts on the engine's state; the notice goes through the same watch as all others."""

    def __init__(self, state: State, clock: Clock, watch: Watch) -> None:
        self._state = state
        self._clock = clock
        self._watch = watch

    def moved(self, finding: Finding, look: Callable[[], None]) -> None:
        """The clocks say that time has passed unseen; `look` decides what was due in it."""
        now = self._clock.now()
        match finding:
            case Slept(length):
                self._state.record(MachineSlept(at=now, since=now - length))
                self._note("asleep", now - length, look)
            case Froze(length):
                self._state.record(AppHeldUp(at=now, since=now - length))
                self._note("held_up", now - length, look)
            case ClockStepped(by):
                self._state.record(ClockSet(at=now, seconds=by.total_seconds()))
                self._note("clock_set", now - max(by, timedelta(0)), look)
            case _ as never:
                assert_never(never)

    def started(self, end: LastEnd | None, look: Callable[[], None]) -> None:
        """A life begins; `end` is how the last one ended, where somebody knows that it was not in order."""
        records, now = self._state.records, self._clock.now()
        if records.last is None:
            look()
            return
        kind: AbsenceKind = "stopped"
        since = min(records.last, now)
        if records.is_alive and end is not None:
            kind, since = end.how, max(since, min(end.seen, now))
            self._state.record(LifeLost(at=now, end=LastEnd(end.how, since)))
        self._note(kind, since, look)

    def _note(self, kind: AbsenceKind, since: datetime, look: Callable[[], None]) -> None:
        known = len(self._state.batch.events)
        look()
        now = self._clock.now()
        found = absence(kind, since, now, self._state.batch.events[known:])
        is_told = is_worth_telling(found, self._state.config.notices.away)
        has_card = self._state.records.absence is not None
        if not is_worth_noting(found) or (has_card and not is_told):
            return  # one that somebody was told of stays until they have dealt with it
        self._state.record(AbsenceNoted(at=now, absence=found))
        if is_told:
            titles = {job.id: job.title for job in self._state.jobs.values()}
            self._watch.tell(away_notice(found, titles, self._state.config.zone))
