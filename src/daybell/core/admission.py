"""May this request run now? Every cause of a run gets its verdict here."""

from typing import assert_never

from msgspec import Struct

from daybell.model.job import Job
from daybell.model.run import Cause


class Request(Struct, frozen=True):
    """A wish to run."""

    job: Job
    cause: Cause


class Load(Struct, frozen=True):
    """What holds at the moment of the verdict."""

    is_paused: bool
    open_run: str | None
    """A waiting or running run of the same job."""
    running: int
    """How many runs hold a slot, over all jobs."""
    slots: int
    """How many may."""


class Start(Struct, frozen=True):
    """It runs now."""


class Wait(Struct, frozen=True):
    """It runs as soon as a slot is free."""


class Skip(Struct, frozen=True):
    """It does not run."""

    reason: str


Verdict = Start | Wait | Skip


def admit(request: Request, load: Load) -> Verdict:
    """Paused first, then overlap, then limits: a manual run passes a pause, but nothing else (O3, M8)."""
    if load.is_paused and request.cause != "manual":
        return Skip("paused")
    if load.open_run is not None:
        match request.job.overlap:
            case "skip":
                return Skip(f"overlap: run {load.open_run} has not ended")
            case _ as never:
                assert_never(never)
    return Start() if load.running < load.slots else Wait()
