"""What the engine needs of the outside. Fakes stand in for all of it, and pass the same contract tests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from daybell.core.background import Background
from daybell.core.excerpt import Excerpt
from daybell.core.recovery import Living
from daybell.model.chronicle import Entry
from daybell.model.edit import Edit
from daybell.model.events import AnyEvent, Numbered
from daybell.model.facts import Facts
from daybell.model.incident import NoticeText
from daybell.model.job import Job
from daybell.model.query import Row, RunQuery
from daybell.model.record import Checkpoint
from daybell.model.run import ProcessIdentity, Run
from daybell.model.status import Problem

ABSENCE = timedelta(seconds=1)
"""A job file that is gone counts as removed after this long: editors replace files in two steps."""


class DefinitionsRead(Struct, frozen=True):
    """The job files as they are now: `jobs` is the whole set of the valid ones."""

    jobs: dict[str, Job]
    invalid: frozenset[str]
    """Ids of files that are there and not valid: such a job stays as it was (G1)."""
    problems: tuple[Problem, ...]
    vanished: frozenset[str] = frozenset()
    """Ids of files that were there a moment ago: gone only when they stay so, as editors replace files."""
    is_complete: bool = True
    """The directory itself could be read; if not, jobs that are not named here are not gone."""


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; time asleep does not count where the system can tell."""
        ...


class Ids(Protocol):
    """The only source of chance."""

    def run_id(self, now: datetime) -> str:
        """A new id: unique, fit for a file name, and sorting by time."""
        ...

    def chance(self) -> float:
        """From 0 up to, but not with, 1."""
        ...

    def traceparent(self) -> str:
        """A new W3C trace context."""
        ...


class Alarms(Protocol):
    """Calls back at instants of the wall clock; one alarm a key, never early."""

    def start(self, ring: Callable[[str], None]) -> None:
        """From now on `ring(key)` is called, on another thread, for each alarm that is due."""
        ...

    def set(self, key: str, at: datetime) -> None:
        """Set or move the alarm of this key; an instant that is over rings at once."""
        ...

    def clear(self, key: str) -> None:
        """Forget the alarm of this key, if there is one."""
        ...

    def stop(self) -> None:
        """Ring no more; return when its threads have ended."""
        ...


class Deadlines(Protocol):
    """Calls back after a length of monotonic time; one deadline a key."""

    def set(self, key: str, after: timedelta, act: Callable[[], None]) -> None:
        """Call `act` once, on the deadlines' thread, unless it is cleared or set again before."""
        ...

    def clear(self, key: str) -> None: ...

    def stop(self) -> None:
        """Call nothing more; return when its thread has ended."""
        ...


class Attempt(Struct, frozen=True):
    """One call of a handler: what a worker is given."""

    run: Run
    job: Job
    log: Path
    """The file its output goes to; it exists neither before the attempt nor without one."""
    not_before: datetime | None = None
    """Its process must not exist before this instant, which is at most a moment away."""
    background: Background = Background()


class AttemptResult(Struct, frozen=True, kw_only=True):
    """What became of an attempt by itself; whoever ended it knows better (cancelled, timed out)."""

    outcome: Literal["succeeded", "failed", "unknown"]
    """`unknown`: its process was not ours any more when it ended, so that nobody was told how."""
    exit_code: int | None = None
    error: str | None = None
    is_permanent: bool = False
    """Trying again cannot help (R5)."""
    left_processes: bool = False
    """Its main process is over, but something it started still lives (T2)."""
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    """Bytes; as well as the CPU time None where nobody can tell, as of an adopted process."""
    output: Excerpt | None = None
    """Of the run as a whole, this attempt and all before it; None where nobody could count."""
    artifacts: int | None = None
    """Files that the run as a whole has left to be kept; None where nobody looked."""
    artifacts_removed: int = 0
    """Files that were removed after this attempt, because they were beyond the caps."""


class Handler(Protocol):
    """Runs one attempt to its end, on a worker's thread."""

    def run(self, attempt: Attempt, started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        """Block until it is over; call `started` as soon as its process exists. Never raises on purpose."""
        ...

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        """Block until what an earlier life of Daybell started is over; `unknown`. `end` ends it."""
        ...

    def end(self, run_id: str, grace: timedelta) -> None:
        """Begin to end the attempt of this run and all it started; returns at once.

        Asks first, and ends by force what is left after the grace. An attempt that has not
        spawned yet is ended before it does.
        """
        ...


class Workers(Protocol):
    """Threads that hold one attempt each. Reports come back as messages to the engine."""

    def start(self, attempt: Attempt) -> None:
        """Hand the attempt to a worker; never blocks."""
        ...

    def adopt(self, run_id: str, process: ProcessIdentity) -> None:
        """Have a worker hold what an earlier life started, until it is over; never blocks."""
        ...

    def end(self, run_id: str, grace: timedelta) -> None:
        """End the attempt of this run, as `Handler.end` says."""
        ...

    def stop(self, timeout: timedelta) -> Sequence[str]:
        """Wait that long for the threads to end; return the names of those that did not."""
        ...


class Survivors(Protocol):
    """What outlived the Daybell that had started it: known by its tag, or by the recorded identity."""

    def find(self, runs: Mapping[str, ProcessIdentity | None]) -> Mapping[str, Sequence[Living]]:
        """What still lives of each of these runs; those of which nothing does are left out."""
        ...


class Ledger(Protocol):
    """The durable record of runs."""

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        """Durable when it returns; LedgerError, and nothing written, when it cannot be.

        Starts alone may be lost with the machine, though not with Daybell: no process outlives the machine.
        """
        ...

    def load(self) -> Checkpoint:
        """The last checkpoint that can be trusted; an empty one without any."""
        ...

    def replay(self) -> Iterable[Numbered]:
        """Every event since that checkpoint, in order."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep it some time soon: what came before need not be replayed any more. Returns at once."""
        ...

    @property
    def problems(self) -> Sequence[Problem]:
        """What was found damaged, and what was done about it; complete after `replay`."""
        ...


class History(Protocol):
    """Ended runs, kept for reading; filled from the ledger, so that it may lag but never lie."""

    def add(self, numbered: Numbered, *, later: bool = False) -> None:
        """Keep the row that this event ends, if it ends one; a number that is known is passed over.

        It is found at once. `later`: it need not be written before the next event is added without that.
        """
        ...

    def select(self, query: RunQuery) -> Sequence[Row]:
        """What matches, but for the text: the latest places first, each once. Any thread. LedgerError."""
        ...

    def find(self, run_id: str) -> Run | None:
        """Any thread. LedgerError."""
        ...

    def definition(self, job_id: str, digest: str) -> dict[str, object] | None:
        """As `JobDefined` gave it. Any thread. LedgerError."""
        ...

    def definitions(self, job_id: str, limit: int) -> Sequence[Edit]:
        """As `JobDefined` gave them, the latest first. Any thread. LedgerError."""
        ...

    def chronicle(self) -> Sequence[Entry]:
        """What happened beside the runs, as far back as is kept, oldest first. Any thread. LedgerError."""
        ...


class Probes(Protocol):
    """Asks the machine what surrounds it."""

    def start(self, changed: Callable[[Facts], None]) -> Facts:
        """What holds now, or is not known yet; `changed` is called, on any thread, when that is different."""
        ...


class Wakefulness(Protocol):
    """Keeps the machine from falling asleep by itself. Somebody who closes the lid still puts it to sleep."""

    @property
    def refusal(self) -> str:
        """Why it is not kept awake though it should be; empty while it is, need not be, or that is asked."""
        ...

    def hold(self, reason: str | None) -> None:
        """Keep it awake, and say why to whoever asks the system; None: no longer.

        Never blocks and never raises; the newest call counts.
        """
        ...


class Teller(Protocol):
    """Tells the person."""

    def tell(self, notice: NoticeText) -> None:
        """Show it soon, in place of an older one with the same key. It neither blocks nor raises."""
        ...


class Outside(Struct, frozen=True):
    """All of it that deciding needs: time, chance, and where output will be."""

    clock: Clock
    ids: Ids
    logs: "LogFiles"


class LogFiles(Protocol):
    """Where the output of runs is kept."""

    def path(self, job_id: str, run_id: str) -> Path: ...

    def has_text(self, job_id: str, run_id: str, text: str) -> bool:
        """Whether the output has it, in small letters or capitals. DaybellError when it cannot be read."""
        ...
