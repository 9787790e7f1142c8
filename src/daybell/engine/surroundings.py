"""What holds around a job right now: the machine's facts, the wake that was, the jobs it needs?"""

from datetime import datetime, timedelta

from daybell.core.conditions import only
from daybell.core.deferral import Hindrance, Surroundings, hindrance
from daybell.core.jitter import late_offset
from daybell.core.steadiness import Steady
from daybell.engine.batch import Deadline
from daybell.engine.messages import FactsSteady
from daybell.engine.ports import Clock
from daybell.engine.state import State
from daybell.model.events import SurroundingsChanged
from daybell.model.facts import Facts, remarkable
from daybell.model.job import Job
from daybell.model.run import Cause

SETTLE = timedelta(seconds=30)
"""After a wake, until networks and disks are there again (M10)."""
FACTS = "@facts"
"""The key of that deadline."""


class Around:
    """Facts count once they are steady; the first ones do at once."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._steady = Steady()
        self._noted = Facts()
        self._unsettled_until: datetime | None = None

    @property
    def facts(self) -> Facts:
        """Those that count."""
        return self._steady.counted

    def begin(self, facts: Facts) -> None:
        self._steady = Steady(facts, facts)

    def note(self) -> None:
        """Remember what jobs ask about, where it is not what was remembered last."""
        facts = only(remarkable(self.facts), self._state.asked)
        if facts != self._noted:
            self._noted = facts
            self._state.record(SurroundingsChanged(at=self._clock.now(), facts=facts))

    def changed(self, facts: Facts) -> None:
        """They count when they are still so a while later."""
        self._steady = self._steady.hear(facts, self._clock.monotonic())
        self._look_later()

    def steady(self) -> Facts | None:
        """What counted until now, if something is different from now on."""
        before = self._steady.counted
        self._steady = self._steady.settle(self._clock.monotonic())
        self._look_later()
        if before == self.facts:
            return None
        self.note()
        return before

    def _look_later(self) -> None:
        wait = self._steady.wait(self._clock.monotonic())
        self._state.batch.deadlines.append(Deadline(FACTS, wait, FactsSteady()))

    def woke(self) -> None:
        self._unsettled_until = self._clock.now() + SETTLE

    def has_settled(self) -> bool:
        """Whether it has since the last wake; said once."""
        if self._unsettled_until is None or self._unsettled_until > self._clock.now():
            return False
        self._unsettled_until = None
        return True

    def hindrance(self, job: Job, cause: Cause) -> Hindrance | None:
        """Of a request that was made before."""
        return self._hindrance(job, cause, self._unsettled_until)

    def hindrance_now(self, job: Job, cause: Cause, due: datetime | None) -> Hindrance | None:
        """Of a new one: if it is late, its jitter is added (J2)."""
        until = self._unsettled_until
        if cause == "catch_up" and (wait := late_offset(job, self._state.config.seed, due)):
            until = max(until or self._clock.now(), self._clock.now() + wait)
        return self._hindrance(job, cause, until)

    def _hindrance(self, job: Job, cause: Cause, until: datetime | None) -> Hindrance | None:
        lacking = tuple(needed for needed in job.needs if not self._has_succeeded(needed))
        around = Surroundings(self._clock.now(), self.facts, lacking, until)
        return hindrance(job, cause, around)

    def _has_succeeded(self, job_id: str) -> bool:
        """Its last run did, and no other is on its way."""
        record = self._state.records.jobs.get(job_id)
        is_over = not self._state.records.open_of(job_id)
        return is_over and record is not None and record.last_outcome == "succeeded"
