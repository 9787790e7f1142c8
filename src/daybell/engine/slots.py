"""Who holds a slot, and who is next in line?"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from daybell.core.admission import Load, has_room
from daybell.engine.batch import Deadline
from daybell.engine.messages import LateTurnOver
from daybell.engine.ports import Clock
from daybell.engine.state import State
from daybell.model.job import Job
from daybell.model.run import Run

LATE_TURN = timedelta(minutes=1)
"""Late runs start one at a time; one that runs for long must not hold up the others for ever (M10)."""
TURN = "@late"
"""The key of that deadline."""


class Slots:
    """Each open run with the job it was admitted with; by priority, and then by age (O4)."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._ages: dict[str, tuple[datetime, int]] = {}
        """When runs were due or asked for, and the order in which they were first heard of."""
        self._count = 0
        self._lines: dict[int, dict[str, Job]] = {}
        """Those that wait for a slot, by priority, the oldest first but where one has just come."""
        self._unsorted: set[int] = set()
        """The priorities of lines in which one has come that is not the newest."""
        self._groups: Counter[str] = Counter()
        self._held: dict[str, str | None] = {}
        """The group of each run that holds a slot."""
        self._late: str | None = None
        """The late run that started last, until its turn is over."""

    def job(self, run_id: str) -> Job | None:
        """The one it was admitted with; None where an earlier life did that, and its file is gone."""
        return self._jobs.get(run_id)

    def defer(self, run: Run, job: Job) -> None:
        """It waits for something else, and stands in no line."""
        self._let_go(run.run_id)
        self._know(run, job)

    def wait(self, run: Run, job: Job) -> None:
        self._let_go(run.run_id)
        self._know(run, job)
        line = self._lines.setdefault(job.priority, {})
        if line and self._ages[run.run_id] < self._ages[next(reversed(line))]:
            self._unsorted.add(job.priority)
        line[run.run_id] = job

    def hold(self, run: Run, job: Job) -> None:
        """It has a slot now, whether it waited for one or not."""
        self._let_go(run.run_id)
        self._know(run, job)
        self._held[run.run_id] = job.group
        if job.group is not None:
            self._groups[job.group] += 1
        if run.stands_as == "catch_up":
            self._late = run.run_id
            self._state.batch.deadlines.append(Deadline(TURN, LATE_TURN, LateTurnOver(run.run_id)))

    def leave(self, run_id: str) -> Job | None:
        """It is over; the job it was admitted with."""
        self._let_go(run_id)
        self._ages.pop(run_id, None)
        return self._jobs.pop(run_id, None)

    def end_turn(self, run_id: str) -> None:
        """The next late run may start."""
        if self._late == run_id:
            self._late = None
            self._state.batch.deadlines.append(Deadline(TURN, None))

    def next_in_line(self) -> Iterator[tuple[str, Job]]:
        """Those that may have a slot now. One that is taken must `hold` it before the next is asked for."""
        waiting = self._state.records.waiting
        for priority in sorted(self._lines, reverse=True):
            if self._is_full():  # before a line is copied, which may be long
                return
            line = self._line(priority)
            for run_id in list(line):
                if self._is_full():
                    return
                job = line[run_id]
                if has_room(job, waiting[run_id].run.stands_as, self.load(job)):
                    yield run_id, job

    def is_first(self, job: Job) -> bool:
        """Nobody who may have a slot now goes before a new run of this job; those that are late do not."""
        waiting = self._state.records.waiting
        return not any(
            other.priority >= job.priority and waiting[run_id].run.stands_as != "catch_up"
            for run_id, other in self.next_in_line()
        )

    def load(self, job: Job) -> Load:
        """Runs that are deferred are in nobody's way, nor are those that are late before they start (M10)."""
        records, config = self._state.records, self._state.config
        open_runs = [one for one in records.open_of(job.id) if one.deferral is None]
        return Load(
            is_paused=records.is_paused(job.id),
            running=tuple(one.run.run_id for one in open_runs if not one.is_waiting),
            waiting=tuple(
                one.run.run_id for one in open_runs if one.is_waiting and one.run.stands_as != "catch_up"
            ),
            busy=records.running,
            slots=config.slots,
            busy_group=0 if job.group is None else self._groups[job.group],
            group_slots=1 if job.group is None else config.groups.get(job.group, 1),
            has_late_turn=self._late is None,
        )

    def _is_full(self) -> bool:
        return self._state.records.running >= self._state.config.slots

    def _line(self, priority: int) -> dict[str, Job]:
        if priority in self._unsorted:
            self._unsorted.remove(priority)
            line = self._lines[priority].items()
            self._lines[priority] = dict(sorted(line, key=lambda one: self._ages[one[0]]))
        return self._lines[priority]

    def _know(self, run: Run, job: Job) -> None:
        self._jobs[run.run_id] = job
        if run.run_id not in self._ages:
            self._count += 1
            known = self._state.records.open_runs.get(run.run_id)
            asked = known.asked if known is not None else None
            self._ages[run.run_id] = (run.due or asked or self._clock.now(), self._count)

    def _let_go(self, run_id: str) -> None:
        """Of its place in a line, of its slot, and of its turn."""
        job = self._jobs.get(run_id)
        if job is not None and (line := self._lines.get(job.priority)):
            line.pop(run_id, None)
            if not line:
                del self._lines[job.priority]
        group = self._held.pop(run_id, None)
        if group is not None:
            self._groups[group] -= 1
        self.end_turn(run_id)
