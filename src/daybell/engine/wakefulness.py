"""Does a run keep the machine awake? Asked whenever what batches came to is told."""

from datetime import timedelta

from daybell.core.leases import Lease, Vigil, vigil
from daybell.engine.batch import Deadline
from daybell.engine.hands import Hands
from daybell.engine.messages import LookAgain
from daybell.engine.ports import Clock, Wakefulness
from daybell.engine.state import State
from daybell.engine.surroundings import Around

AWAKE = "@awake"
"""The key of the deadline at which a lease is over."""
SOONEST = timedelta(seconds=1)
"""A clock that is slewed may be a little behind when that rings."""


class Leases:
    """Tells the machine only what is different."""

    def __init__(self, state: State, clock: Clock, around: Around, machine: Wakefulness) -> None:
        self._state = state
        self._clock = clock
        self._around = around
        self._machine = machine
        self._vigil = Vigil()

    @property
    def jobs(self) -> tuple[str, ...]:
        """Those whose runs keep it awake, by id."""
        return tuple(sorted({lease.job_id for lease in self._vigil.leases}))

    def look(self, hands: Hands) -> None:
        before, now = self._vigil, self._clock.now()
        self._vigil = vigil(self._asked(), self._around.facts, self._state.config.awake, now)
        if self._vigil.reason != before.reason:
            self._machine.hold(self._vigil.reason)
        if self._vigil.until is not None:
            # Each time anew: deadlines count awake time, and the end of a lease is on the wall.
            hands.set(Deadline(AWAKE, max(self._vigil.until - now, SOONEST), LookAgain()))
        elif before.until is not None:
            hands.set(Deadline(AWAKE, None))

    def _asked(self) -> list[Lease]:
        if not self._state.has_keepers:
            return []
        jobs = self._state.jobs
        return [
            Lease(one.run.job_id, jobs[one.run.job_id].title, one.run.started or one.claimed)
            for one in self._state.records.under_way()
            if one.claimed is not None and not one.is_waiting
            if one.run.job_id in jobs and jobs[one.run.job_id].keep_awake
        ]
