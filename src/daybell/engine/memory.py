"""The engine's ports in memory: for simulated time, and for tests of what stands above the engine."""

import logging
from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from daybell.core.chronicle import entry
from daybell.core.definitions import dump_job
from daybell.engine.files import Change, Etags, Judgement
from daybell.engine.ports import DefinitionsRead
from daybell.model.chronicle import Entry
from daybell.model.edit import Edit
from daybell.model.errors import LedgerError
from daybell.model.events import AnyEvent, JobDefined, Numbered, RunFinished, RunSkipped
from daybell.model.facts import Facts
from daybell.model.incident import NoticeText
from daybell.model.job import Job
from daybell.model.query import Row, RunQuery
from daybell.model.record import Checkpoint
from daybell.model.run import Run
from daybell.model.status import Problem

log = logging.getLogger(__name__)

ROUNDING = 1e-6
"""Seconds: datetimes count whole microseconds, floats do not."""


class VirtualClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance_to(self, instant: datetime) -> None:
        """Awake all the time until then; an instant that is over moves nothing."""
        if instant > self._now:
            self._elapsed += (instant - self._now).total_seconds()
            self._now = instant

    def step_to(self, instant: datetime) -> None:
        """The wall clock is set, or the machine slept: no awake time passes."""
        self._now = instant


class CountingIds:
    """Ids by counting: the same in each simulation."""

    def __init__(self) -> None:
        self._count = 0
        self._draws = 0

    def run_id(self, now: datetime) -> str:
        self._count += 1
        return f"{now:%Y%m%d-%H%M%S}-{self._count:08d}"

    def chance(self) -> float:
        """Of a golden spread: as even as chance, and the same each time."""
        self._draws += 1
        return self._draws * 0.618034 % 1

    def traceparent(self) -> str:
        return f"00-{self._count:032x}-{self._count:016x}-01"


class VirtualAlarms:
    """Rings when it is asked to."""

    def __init__(self) -> None:
        self.at: dict[str, datetime] = {}
        self._ring: Callable[[str], None] = lambda _: None

    def start(self, ring: Callable[[str], None]) -> None:
        self._ring = ring

    def set(self, key: str, at: datetime) -> None:
        self.at[key] = at

    def clear(self, key: str) -> None:
        self.at.pop(key, None)

    def stop(self) -> None:
        self.at.clear()

    def ring(self, now: datetime) -> None:
        """All that are due by now, the earliest first."""
        for key, at in sorted(self.at.items(), key=lambda alarm: (alarm[1], alarm[0])):
            if at <= now:
                del self.at[key]
                _call(partial(self._ring, key), f"the alarm of {key} could not ring")


class VirtualDeadlines:
    """Acts when it is asked to."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.at: dict[str, tuple[float, Callable[[], None]]] = {}

    def set(self, key: str, after: timedelta, act: Callable[[], None]) -> None:
        self.at[key] = (self._clock.monotonic() + after.total_seconds(), act)

    def clear(self, key: str) -> None:
        self.at.pop(key, None)

    def stop(self) -> None:
        self.at.clear()

    def act(self) -> None:
        """All that are over by now, the earliest first."""
        for key, (at, act) in sorted(self.at.items(), key=lambda deadline: (deadline[1][0], deadline[0])):
            if at <= self._clock.monotonic() + ROUNDING:
                del self.at[key]
                _call(act, f"the deadline {key} failed")


class MemoryLedger:
    """Outlives the engine that writes it. With `refusal` set it refuses, as a full disk does."""

    def __init__(self) -> None:
        self.events: list[Numbered] = []
        self.refusal: str | None = None
        self.saved = Checkpoint()
        self.problems: Sequence[Problem] = ()

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        if self.refusal is not None:
            raise LedgerError(self.refusal)
        numbered = [Numbered(number, event) for number, event in enumerate(events, len(self.events) + 1)]
        self.events.extend(numbered)
        return numbered

    def load(self) -> Checkpoint:
        return self.saved

    def replay(self) -> Iterable[Numbered]:
        return self.events[self.saved.number :]

    def save(self, checkpoint: Checkpoint) -> None:
        self.saved = checkpoint


class MemoryHistory:
    """Rows in a list."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._last = 0
        self._defined: dict[str, list[tuple[int, Edit]]] = {}
        self._entries: list[Entry] = []

    def add(self, numbered: Numbered, *, later: bool = False) -> None:  # noqa: ARG002 - the port's shape
        event = numbered.event
        told = entry(numbered)
        if told is not None and not (self._entries and told.number <= self._entries[-1].number):
            self._entries.append(told)
        if isinstance(event, JobDefined):
            self._define(numbered.number, event)
        if numbered.number > self._last and isinstance(numbered.event, RunFinished | RunSkipped):
            self._last = numbered.number
            insort(self._rows, Row(numbered.number, numbered.event.run), key=lambda row: row.place)

    def _define(self, number: int, event: JobDefined) -> None:
        known = self._defined.setdefault(event.job_id, [])
        if not known or (number > known[-1][0] and event.digest != known[-1][1].digest):
            known.append((number, Edit(event.digest, event.at, event.definition)))

    def select(self, query: RunQuery) -> Sequence[Row]:
        newest_first = (row for row in reversed(self._rows) if query.matches(row.run))
        behind = (row for row in newest_first if query.after is None or row.place < query.after)
        return [*islice(behind, query.limit)]

    def find(self, run_id: str) -> Run | None:
        return next((row.run for row in self._rows if row.run.run_id == run_id), None)

    def definition(self, job_id: str, digest: str) -> dict[str, object] | None:
        known = (edit for _, edit in self._defined.get(job_id, []))
        return next((edit.definition for edit in known if edit.digest == digest), None)

    def definitions(self, job_id: str, limit: int) -> Sequence[Edit]:
        return [edit for _, edit in reversed(self._defined.get(job_id, []))][:limit]

    def chronicle(self) -> Sequence[Entry]:
        return list(self._entries)


class MemoryFiles:
    """Job files that are jobs already."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.invalid: dict[str, Problem] = {}
        self.vanished: frozenset[str] = frozenset()

    def read(self) -> DefinitionsRead:
        return DefinitionsRead(
            jobs={job_id: job for job_id, job in self.jobs.items() if job_id not in self.invalid},
            invalid=frozenset(self.invalid),
            problems=tuple(self.invalid.values()),
            vanished=self.vanished,
        )

    def write(self, job_id: str, definition: bytes) -> None:
        raise NotImplementedError

    def content(self, job_id: str) -> bytes:
        return dump_job(self.jobs[job_id])

    def edit(self, job_id: str, change: Change, expected: Etags = None) -> bytes:
        raise NotImplementedError

    def remove(self, job_id: str, expected: Etags = None) -> None:  # noqa: ARG002 - the port's shape
        del self.jobs[job_id]

    def judge(self, job_id: str, definition: bytes) -> Judgement:
        raise NotImplementedError


class MemoryTeller:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[NoticeText] = []

    def tell(self, notice: NoticeText) -> None:
        self.told.append(notice)


class FixedProbes:
    """They say what a simulation wants them to."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def start(self, changed: Callable[[Facts], None]) -> Facts:  # noqa: ARG002 - the simulation tells of changes
        return self._facts


class NoLogs:
    """Paths that nothing is ever written to."""

    def path(self, job_id: str, run_id: str) -> Path:
        return Path("runs") / job_id / f"{run_id}.log"

    def has_text(self, job_id: str, run_id: str, text: str) -> bool:  # noqa: ARG002 - the port's shape
        return False


def _call(act: Callable[[], None], complaint: str) -> None:
    """As the real ones do: what fails is logged, and the others have their turn."""
    try:
        act()
    except Exception:  # the edge of what would be a thread
        log.exception(complaint)
