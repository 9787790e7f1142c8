"""Who may have a slot? Judges each claim by what waits for one, and each start by what really runs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from daybell.core.conditions import unmet_conditions
from daybell.core.steadiness import HYSTERESIS
from daybell.engine.ports import Attempt, Clock
from daybell.engine.slots import LATE_TURN
from daybell.model.facts import Facts
from daybell.model.job import Job
from daybell.model.run import AUTOMATIC, Run

Entry = tuple[Run, Job | None]
"""A run with the job that it counts as; None where nobody knows."""


class Limits(Struct, frozen=True):
    slots: int
    groups: Mapping[str, int]

    def allow(self, job: Job, beside: Sequence[Job | None]) -> bool:
        """Whether a run of this job may run beside others (O4)."""
        known = [other for other in beside if other is not None]
        own = sum(other.id == job.id for other in known)
        group = sum(other.group == job.group for other in known)
        return (
            len(beside) < self.slots
            and own < (job.max_concurrent if job.overlap == "concurrent" else 1)
            and (job.group is None or group < self.groups.get(job.group, 1))
        )


class Usher:
    """Knows who holds a slot, and how old each run is."""

    def __init__(self, limits: Limits) -> None:
        self.held: dict[str, Entry] = {}
        self._limits = limits
        self._ages: dict[str, tuple[datetime, int]] = {}
        """When runs were due or asked for, and in which order."""

    def knows(self, run_id: str) -> bool:
        return run_id in self._ages

    def hear_of(self, run: Run, at: datetime) -> None:
        self._ages[run.run_id] = (run.due or at, len(self._ages))

    def has_room(self, run: Run, job: Job) -> bool:
        is_late_one_in = any(other.stands_as == "catch_up" for other, _ in self.held.values())
        if run.stands_as == "catch_up" and is_late_one_in:
            return False  # it is, or may be, the turn of another late run (M10)
        return self._limits.allow(job, [other for _, other in self.held.values()])

    def passed_over(self, run: Run, job: Job, line: Iterable[tuple[Run, Job]]) -> list[str]:
        """Who waits and has room, and comes before by priority or by age (O4).

        What is due now may pass what is late (M10).
        """
        return [
            other.run_id
            for other, wanted in line
            if not (other.stands_as == "catch_up" != run.stands_as)
            and (self._comes_before(other, wanted, run, job) and self.has_room(other, wanted))
        ]

    def _comes_before(self, other: Run, wanted: Job, run: Run, job: Job) -> bool:
        if wanted.priority != job.priority:
            return wanted.priority > job.priority
        return self._ages[other.run_id] < self._ages[run.run_id]


class Doorkeeper:
    """Lets attempts in, and notes what is wrong with that."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.faults: list[str] = []
        self.inside: dict[str, Attempt] = {}
        """The newest attempt of each run that ever began, with the job that it counts as."""
        self.settled: datetime | None = None
        """Nothing that is late may begin before."""
        self._limits = limits
        self._clock = clock
        self._strangers: set[str] = set()
        """Runs of an earlier life whose jobs were not known when this one began."""
        self._begun: dict[tuple[str, int], float] = {}
        self._facts = Facts()
        self._facts_since = clock.monotonic()

    def hear(self, facts: Facts) -> None:
        self._facts, self._facts_since = facts, self._clock.monotonic()

    def begin_life(self, jobs: Mapping[str, Job]) -> None:
        """What lives on counts as what its job is now; without one it knows no limits."""
        self._strangers = {run_id for run_id, one in self.inside.items() if one.job.id not in jobs}
        for run_id, attempt in self.inside.items():
            job = jobs.get(attempt.job.id, replace(attempt.job, group=None, timeout=None))
            self.inside[run_id] = replace(attempt, job=job)
        self.settled = None

    def let_in(self, attempt: Attempt, alive: Iterable[str]) -> None:
        """`alive` are the runs whose processes live."""
        run, job, key = attempt.run, attempt.job, (attempt.run.run_id, attempt.run.attempts)
        beside = [self.inside[run_id] for run_id in alive]
        if key in self._begun:
            self.faults.append(f"{key} began twice")
        if not self._limits.allow(job, [other.job for other in beside]):
            self.faults.append(f"there was no room for {key}: {[other.run.run_id for other in beside]}")
        if run.stands_as == "catch_up" and not self._is_its_turn(beside):
            self.faults.append(f"{key} is late, and it was not its turn")
        if run.stands_as in AUTOMATIC and self._are_unmet(job):
            self.faults.append(f"{key} began although its conditions do not hold")
        self._begun[key] = self._clock.monotonic()
        self.inside[run.run_id] = attempt

    def _is_its_turn(self, beside: Iterable[Attempt]) -> bool:
        """After a wake they let the machine settle, and then begin one at a time (M10)."""
        late = [one.run for one in beside if one.run.stands_as == "catch_up"]
        turns = [self._begun[run.run_id, run.attempts] for run in late if run.run_id not in self._strangers]
        has_settled = self.settled is None or self._clock.now() >= self.settled
        is_over = self._clock.monotonic() - max(turns, default=float("-inf")) >= LATE_TURN.total_seconds()
        return has_settled and is_over

    def _are_unmet(self, job: Job) -> bool:
        """For certain: they have been so for long enough, and nobody may have waited in vain (K1, K2)."""
        is_steady = self._clock.monotonic() - self._facts_since > HYSTERESIS.total_seconds()
        is_strict = job.conditions.on_expiry == "skip"
        return (
            is_steady and is_strict and bool(unmet_conditions(job.conditions, self._facts, self._clock.now()))
        )
