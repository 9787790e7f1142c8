"""Messages: all that can reach the engine's mailbox."""

from concurrent.futures import Future

from msgspec import Struct

from daybell.engine.ports import AttemptResult
from daybell.model.job import Job
from daybell.model.run import ProcessIdentity
from daybell.model.status import Problem


class AlarmRang(Struct, frozen=True):
    """The alarm of this job is due."""

    job_id: str


class DefinitionsRead(Struct, frozen=True):
    """The job files as they are now: `jobs` is the whole set of the valid ones."""

    jobs: dict[str, Job]
    invalid: frozenset[str]
    """Ids of files that are there and not valid: such a job stays as it was (G1)."""
    problems: tuple[Problem, ...]


class AttemptStarted(Struct, frozen=True):
    run_id: str
    process: ProcessIdentity


class AttemptEnded(Struct, frozen=True):
    run_id: str
    result: AttemptResult


class DeadlineReached(Struct, frozen=True):
    """The attempt of this run has used up its time."""

    run_id: str


class RunNow(Struct, frozen=True):
    """A person asks for a run; the answer is its run id."""

    job_id: str


class CancelRuns(Struct, frozen=True):
    """End what waits or runs of this run id, or of the job with this id; the answer is their run ids."""

    target: str


class Pause(Struct, frozen=True):
    """Hold one job, or every job."""

    job_id: str | None


class Resume(Struct, frozen=True):
    """Let one job, or every job, run again."""

    job_id: str | None


class Stop(Struct, frozen=True):
    """Start nothing more, and end what runs."""


Verb = RunNow | CancelRuns | Pause | Resume | Stop


class Asked(Struct, frozen=True):
    """A verb and the place for its answer: run ids, or a DaybellError."""

    verb: Verb
    reply: "Future[tuple[str, ...]]"


Message = AlarmRang | DefinitionsRead | AttemptStarted | AttemptEnded | DeadlineReached | Asked
