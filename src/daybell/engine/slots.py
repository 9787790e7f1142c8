"""Who holds a slot, and who is next in line?"""

from collections import Counter
from collections.abc import Iterator

from daybell.core.admission import Load, has_room
from daybell.engine.state import State
from daybell.model.job import Job


class Slots:
    """Each open run with the job it was admitted with; by priority, and then by age (O4)."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._jobs: dict[str, Job] = {}
        self._lines: dict[int, dict[str, Job]] = {}
        """Those that wait, by priority, each line in the order of arrival."""
        self._groups: Counter[str] = Counter()
        self._held: dict[str, str | None] = {}
        """The group of each run that holds a slot."""

    def job(self, run_id: str) -> Job | None:
        """The one it was admitted with; None where an earlier life did that, and its file is gone."""
        return self._jobs.get(run_id)

    def wait(self, run_id: str, job: Job) -> None:
        self._jobs[run_id] = job
        self._lines.setdefault(job.priority, {})[run_id] = job

    def hold(self, run_id: str, job: Job) -> None:
        """It has a slot now, whether it waited for one or not."""
        self._leave_line(run_id)
        self._jobs[run_id] = job
        self._held[run_id] = job.group
        if job.group is not None:
            self._groups[job.group] += 1

    def leave(self, run_id: str) -> Job | None:
        """It is over; the job it was admitted with."""
        self._leave_line(run_id)
        group = self._held.pop(run_id, None)
        if group is not None:
            self._groups[group] -= 1
        return self._jobs.pop(run_id, None)

    def next_in_line(self) -> Iterator[tuple[str, Job]]:
        """Those that may have a slot now. One that is taken must `hold` it before the next is asked for."""
        for priority in sorted(self._lines, reverse=True):
            for run_id, job in list(self._lines[priority].items()):
                if self._state.records.running >= self._state.config.slots:
                    return
                if has_room(job, self.load(job)):
                    yield run_id, job

    def load(self, job: Job) -> Load:
        records, config = self._state.records, self._state.config
        open_runs = records.open_of(job.id)
        return Load(
            is_paused=records.is_paused(job.id),
            running=tuple(one.run.run_id for one in open_runs if not one.is_waiting),
            waiting=tuple(one.run.run_id for one in open_runs if one.is_waiting),
            busy=records.running,
            slots=config.slots,
            busy_group=0 if job.group is None else self._groups[job.group],
            group_slots=1 if job.group is None else config.groups.get(job.group, 1),
        )

    def _leave_line(self, run_id: str) -> None:
        job = self._jobs.get(run_id)
        if job is not None and (line := self._lines.get(job.priority)):
            line.pop(run_id, None)
            if not line:
                del self._lines[job.priority]
