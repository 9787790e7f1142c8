"""What of the past goes now? First what runs have left, and then their rows.

So a kill on the way leaves nothing astray: of a row that is still there the rest goes the next time. And a
disk that is full has room for a file that is written anew only after something was removed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from daybell.core.retention import oldest_end
from daybell.model.job import Keep
from daybell.model.settings import Retention
from daybell.store.compaction import Breathe, outlines
from daybell.store.going import Going
from daybell.store.history import RunHistory
from daybell.store.lines import blocks_from_end
from daybell.store.outputs import Outputs
from daybell.store.room import Free, Room, Swept
from daybell.store.rows import newest_first

ORPHAN = timedelta(days=1)
"""What has changed since may belong to a run of which nobody has heard yet."""
AT_ONCE = 1000
"""Runs whose output is removed, or whose rows are looked for, in one go."""
RUN_ID = re.compile(rb'"run_id":"([^"]+)"')

Keeps = Mapping[str, Keep | None]
"""What each job wants to be kept; None where nobody can tell, so that all of it stays."""
Files = Mapping[str, Sequence[Path]]
"""Of each job those of its months, the latest first."""


class Past(NamedTuple):
    """What is swept."""

    history: RunHistory
    outputs: Sequence[Outputs]
    forgotten: Callable[[], int]
    """Events up to this number are never added to the history again. OSError."""
    open_runs: Callable[[], Collection[str]]
    """All that have not ended, or of whose end not everybody has heard."""
    free: Free


class Sweep:
    """One look at all of it. What fails is noted, and the rest goes on; only `breathe` may end it."""

    def __init__(self, past: Past, retention: Retention, breathe: Breathe) -> None:
        self._past = past
        self._retention = retention
        self._breathe = breathe
        self._open = frozenset(past.open_runs())
        """Asked before anything else: what has ended by then has its row."""
        self.swept = Swept()

    def room(self) -> None:
        """Output that takes too much room goes, though its rows stay."""
        room = Room(self._past.outputs, self._open, self.swept, self._breathe)
        with self._noting():
            room.make(self._retention, self._past.free)

    def whole(self, keeps: Keeps, now: datetime) -> None:
        """All that is too old or too much goes, and output that belongs to no run."""
        going = Going(self._breathe)
        if not self._past.history.is_behind:  # else there are runs whose rows are in no file yet
            with self._noting():
                self._decide(going, keeps, now)
            for job_id in going.files:
                with self._noting():
                    self._remove_outputs(job_id, going)
            with self._noting():
                self._remove_orphans(going.files, now)
        self.room()
        self._remove_rows(going)

    def _decide(self, going: Going, keeps: Keeps, now: datetime) -> None:
        forgotten = self._past.forgotten()
        for job_id in self._past.history.jobs():
            keep = keeps.get(job_id, Keep())
            with self._noting():
                files = self._past.history.files(job_id)
                self._past.history.sweep(job_id)
                if keep is not None:
                    going.cut(job_id, files, keep, oldest_end(keep, self._retention, now))
                going.files[job_id] = files
        with self._noting():
            going.limit(self._retention.runs)
        for job_id in going.files:
            try:
                going.spare(job_id, forgotten)
            except OSError as error:
                self.swept.refuse(error)
                going.stay(job_id)

    def _remove_outputs(self, job_id: str, going: Going) -> None:
        for path in going.paths_of(job_id):
            run_ids = (row.run.run_id for row in outlines(path, self._breathe) if going.takes(row))
            while some := list(islice(run_ids, AT_ONCE)):
                going.paths[path] = None
                for outputs in self._past.outputs:
                    self.swept.remove(outputs, job_id, some, self._breathe)

    def _remove_orphans(self, files: Files, now: datetime) -> None:
        """A crash may leave them, and so does a person who removes a history by hand."""
        since = (now - ORPHAN).timestamp()
        unreadable = set(self._past.history.jobs()) - files.keys()
        for outputs in self._past.outputs:
            for job_id in set(outputs.jobs()) - unreadable:
                with self._noting():
                    self._remove_orphans_of(job_id, outputs, files.get(job_id, ()), since)

    def _remove_orphans_of(self, job_id: str, outputs: Outputs, files: Sequence[Path], since: float) -> None:
        old = (run_id for run_id in outputs.unchanged(job_id, since) if run_id not in self._open)
        while some := set(islice(old, AT_ONCE)):
            for block in chain.from_iterable(map(blocks_from_end, files)):
                some.difference_update(found.decode() for found in RUN_ID.findall(block))
                if not some:
                    break
                self._breathe()
            self.swept.remove(outputs, job_id, some, self._breathe)

    def _remove_rows(self, going: Going) -> None:
        history = self._past.history
        for path in going.paths:
            try:
                self.swept.rows += history.leave_out(path, going.takes, self._breathe)
            except OSError as error:
                self.swept.refuse(error)
                going.stay(path.parent.name)
        with self._noting():
            # Last: what is in another file must not be missing here, if somebody changes his mind meanwhile.
            last = next(newest_first(history.recent), None)
            if last is not None and any(map(going.is_over, outlines(history.recent, self._breathe))):
                going.spared.add(last.number)
                history.leave_out(history.recent, going.is_over, self._breathe)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.swept.refuse(error)
