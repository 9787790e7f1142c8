"""Who holds a slot, and who is next in line?"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from daybell.core.admission import Load, has_room
from daybell.engine.batch import Deadline
from daybell.engine.messages import LateTurnOver
from daybell.engine.state import State
from daybell.model.job import Job
from daybell.model.run import Run

LATE_TURN = timedelta(minutes=1)
"""Late runs start one at a time; one that runs for long must not hold up the others for ever (M10)."""
TURN = "@late"
"""The key of that deadline."""


class Slots:
    """Each open run with the job it was admitted with; by priority, and then by age (O4)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._jobs: dict[str, Job] = {}
        self._ages: dict[str, int] = {}
        """The order in which runs were first heard of."""
        self._count = 0
        self._lines: dict[int, dict[str, Job]] = {}
        """Those that wait for a slot, by priority, the oldest first."""
        self._groups: Counter[str] = Counter()
        self._held: dict[str, str | None] = {}
        """The group of each run that holds a slot."""
        self._late: str | None = None
        """The late run that started last, until its turn is over."""

    def job(self, run_id: str) -> Job | None:
        """The one it was admitted with; None where an earlier life did that, and its file is gone."""
        return self._jobs.get(run_id)

    def defer(self, run_id: str, job: Job) -> None:
        """It waits for something else, and stands in no line."""
        self._let_go(run_id)
        self._know(run_id, job)

    def wait(self, run_id: str, job: Job) -> None:
        self._let_go(run_id)
        self._know(run_id, job)
        line = self._lines.setdefault(job.priority, {})
        is_newest = not line or self._ages[next(reversed(line))] < self._ages[run_id]
        line[run_id] = job
        if not is_newest:
            self._lines[job.priority] = dict(sorted(line.items(), key=lambda one: self._ages[one[0]]))

    def hold(self, run: Run, job: Job) -> None:
        """It has a slot now, whether it waited for one or not."""
        self._let_go(run.run_id)
        self._know(run.run_id, job)
        self._held[run.run_id] = job.group
        if job.group is not None:
            self._groups[job.group] += 1
        if run.cause == "catch_up":
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
            for run_id, job in list(self._lines[priority].items()):
                if self._state.records.running >= self._state.config.slots:
                    return
                if has_room(job, waiting[run_id].run.cause, self.load(job)):
                    yield run_id, job

    def load(self, job: Job) -> Load:
        """Runs that are deferred are in nobody's way."""
        records, config = self._state.records, self._state.config
        open_runs = [one for one in records.open_of(job.id) if one.deferral is None]
        return Load(
            is_paused=records.is_paused(job.id),
            running=tuple(one.run.run_id for one in open_runs if not one.is_waiting),
            waiting=tuple(one.run.run_id for one in open_runs if one.is_waiting),
            busy=records.running,
            slots=config.slots,
            busy_group=0 if job.group is None else self._groups[job.group],
            group_slots=1 if job.group is None else config.groups.get(job.group, 1),
            has_late_turn=self._late is None,
        )

    def _know(self, run_id: str, job: Job) -> None:
        self._jobs[run_id] = job
        if run_id not in self._ages:
            self._count += 1
            self._ages[run_id] = self._count

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
