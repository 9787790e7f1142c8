"""Which output goes where all of it takes too much room? That of the oldest runs; their rows stay."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from daybell.core.retention import oldest
from daybell.model.settings import Retention
from daybell.store.compaction import Breathe
from daybell.store.outputs import Outputs

DAY = len("20261121")
"""Of a run's id, which begins with the day: days are added up first, so that not all runs are in memory."""

Free = Callable[[Path], int]
"""Bytes left on the disk of this directory. OSError."""


class Swept:
    """What came of a sweep."""

    def __init__(self) -> None:
        self.rows = self.outputs = self.bytes = 0
        """How many went; of outputs also how much room they took."""
        self.refusals = 0
        self.refusal: OSError | None = None
        """What the disk did not let go: the first of them."""
        self.short: Path | None = None
        """A directory on whose disk there is too little room, though all has gone that may."""

    def refuse(self, error: OSError) -> None:
        self.refusals += 1
        self.refusal = self.refusal or error

    def remove(self, outputs: Outputs, job_id: str, run_ids: Iterable[str], breathe: Breathe) -> None:
        """What these runs have left there, and count it."""
        for size in outputs.remove(job_id, run_ids, self.refuse, breathe):
            self.outputs += 1
            self.bytes += size


class Room:
    """One look. The newest output of each job stays, and so does that of open runs."""

    def __init__(
        self, outputs: Sequence[Outputs], open_runs: Collection[str], swept: Swept, breathe: Breathe
    ) -> None:
        self._outputs = outputs
        self._open = open_runs
        self._swept = swept
        self._breathe = breathe

    def make(self, retention: Retention, free: Free) -> None:
        """First as much as all may take together, then as much as each disk must have left. OSError."""
        if retention.bytes is not None:
            self._drop(self._outputs, limit=retention.bytes)
        for outputs in self._disks():
            directory = outputs[0].directory
            lacking = retention.free_disk - free(directory)
            if lacking <= 0:
                continue
            if not self._drop(outputs, lacking) and free(directory) < retention.free_disk:
                self._swept.short = directory

    def _disks(self) -> Iterator[Sequence[Outputs]]:
        """Those that are on one disk together."""
        disks: dict[int, list[Outputs]] = {}
        for outputs in self._outputs:
            with suppress(FileNotFoundError):
                disks.setdefault(outputs.directory.stat().st_dev, []).append(outputs)
        yield from disks.values()

    def _drop(self, among: Sequence[Outputs], lacking: int = 0, limit: int | None = None) -> bool:
        """Remove so much of the oldest, or what is beyond a limit; whether there was anything to remove."""
        used, days = 0, dict[str, int]()
        for job_id, newest in self._jobs(among):
            for outputs in among:
                for run_id, size in outputs.sizes(job_id, self._breathe):
                    used += size
                    if self._may_go(run_id, newest):
                        days[run_id[:DAY]] = days.get(run_id[:DAY], 0) + size
        excess = lacking if limit is None else used - limit
        going = oldest(days, excess)
        if going:
            *whole, last = going
            self._drop_days(among, whole, last, excess - sum(days[day] for day in whole))
        return bool(going)

    def _drop_days(self, among: Sequence[Outputs], whole: Sequence[str], last: str, excess: int) -> None:
        """All of whole days, and of the last one the oldest runs that have so much together."""
        sizes: dict[str, int] = {}
        """By run and job, as they sort."""
        for job_id, newest in self._jobs(among):
            for outputs in among:
                run_ids = [run_id for run_id in outputs.runs(job_id) if self._may_go(run_id, newest)]
                old = (run_id for run_id in run_ids if run_id[:DAY] in whole)
                self._swept.remove(outputs, job_id, old, self._breathe)
            for outputs in among:
                for run_id, size in outputs.sizes(job_id, self._breathe):
                    if run_id[:DAY] == last and self._may_go(run_id, newest):
                        key = f"{run_id} {job_id}"
                        sizes[key] = sizes.get(key, 0) + size
        for run_id, job_id in (key.split() for key in oldest(sizes, excess)):
            for outputs in among:
                self._swept.remove(outputs, job_id, [run_id], self._breathe)

    def _may_go(self, run_id: str, newest: str) -> bool:
        return run_id < newest and run_id not in self._open

    def _jobs(self, among: Sequence[Outputs]) -> Iterator[tuple[str, str]]:
        """Each, and of its runs with any output the newest."""
        for job_id in sorted({job_id for outputs in among for job_id in outputs.jobs()}):
            ids = (max(outputs.runs(job_id), default="") for outputs in self._outputs)
            yield job_id, max(ids)
