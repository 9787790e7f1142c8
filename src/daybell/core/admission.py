"""May this request run now? Every cause of a run gets its verdict here."""

from typing import assert_never

from msgspec import Struct

from daybell.core.deferral import Hindrance
from daybell.model.job import Job
from daybell.model.run import Cause


class Request(Struct, frozen=True):
    """A wish to run."""

    job: Job
    cause: Cause
    hindrance: Hindrance | None = None
    """What it must wait for, before anything else."""


class Load(Struct, frozen=True):
    """What holds at the moment of the verdict."""

    is_paused: bool
    running: tuple[str, ...]
    """The runs of the same job that hold a slot, the oldest first."""
    waiting: tuple[str, ...]
    """Those that wait for one; what is caught up has a line of its own, and is not among them."""
    busy: int
    """How many runs hold a slot, over all jobs."""
    slots: int
    """How many may."""
    busy_group: int = 0
    """How many of them belong to the job's group."""
    group_slots: int = 1
    has_late_turn: bool = True
    """No other late run has just started: they start one at a time (M10)."""


class Start(Struct, frozen=True):
    """It runs now."""


class Wait(Struct, frozen=True):
    """It runs as soon as there is room for it."""


class Defer(Struct, frozen=True):
    """It waits for something else than a slot (K1)."""

    hindrance: Hindrance


class Replace(Struct, frozen=True):
    """All open runs of the job are ended; it runs once their processes are gone (O2)."""


class Skip(Struct, frozen=True):
    """It does not run."""

    reason: str


Verdict = Start | Wait | Defer | Replace | Skip


def admit(request: Request, load: Load) -> Verdict:
    """Pause, conditions, overlap, limits, in this order: a manual run passes the first two (O3, M8)."""
    if load.is_paused and request.cause != "manual":
        return Skip("paused")
    if request.hindrance is not None:
        return Defer(request.hindrance)
    if request.cause == "catch_up":
        return Wait()  # however many do: whose turn it is, is decided over all jobs (M10)
    if load.running or load.waiting:
        verdict = _overlap(request, load)
        if verdict is not None:
            return verdict
    return Start() if has_room(request.job, request.cause, load) else Wait()


def has_room(job: Job, cause: Cause, load: Load) -> bool:
    """Whether a run of this job may have a slot now: of all, of its group's, and of its own (O4)."""
    if cause == "catch_up" and not load.has_late_turn:
        return False
    if load.busy >= load.slots or len(load.running) >= own_slots(job):
        return False
    return job.group is None or load.busy_group < load.group_slots


def own_slots(job: Job) -> int:
    """How many runs of one job may run at once."""
    return job.max_concurrent if job.overlap == "concurrent" else 1


def _overlap(request: Request, load: Load) -> Verdict | None:
    """What becomes of a request while the same job is open; None: nothing special."""
    job = request.job
    match job.overlap:
        case "skip":
            return Skip(f"overlap: run {[*load.running, *load.waiting][0]} has not ended")
        case "queue":
            return Skip(f"queue full: run {load.waiting[0]} waits already") if load.waiting else Wait()
        case "replace":
            return Replace()
        case "concurrent":
            open_runs = len(load.running) + len(load.waiting)
            if open_runs < job.max_concurrent:
                return None
            oldest = [*load.running, *load.waiting][0]
            return Skip(f"overlap: {open_runs} runs have not ended, the oldest is {oldest}")
        case _ as never:
            assert_never(never)
