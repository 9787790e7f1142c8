"""What is kept of what a command leaves? Its output below a cap, and files in a directory of its own."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from daybell.core.excerpt import Excerpt
from daybell.engine.ports import Attempt
from daybell.handlers.output import last_line, open_log
from daybell.model.errors import DaybellError
from daybell.model.job import Keep
from daybell.store.artifacts import ArtifactFiles, Leavings
from daybell.store.caps import Capped, Caps
from daybell.store.logs import RunLogs
from daybell.store.remedies import complaint

ARTIFACTS = "DAYBELL_ARTIFACTS"
"""The variable that tells a command where to leave files."""


class Kept(Struct, frozen=True):
    """What of it is kept, once it is over."""

    output: Excerpt | None
    """Of the run's file with all its attempts; None where nobody could tell."""
    leavings: Leavings
    last_line: Callable[[], str | None]
    """What this attempt said last; None if it said nothing."""


class Held:
    """The places where one attempt leaves something, until it is over."""

    def __init__(self, log: Path, cap: int, caps: Caps, settle: Callable[[bool], Leavings]) -> None:
        """`settle` asks whether all of it is over. OSError where the log cannot be opened."""
        self._log = log
        self._cap = cap
        self._caps = caps
        self._settle = settle
        self._capped: Capped = caps.hold(log, cap)

    def end(self, *, left_processes: bool) -> Kept:
        """It is over, but for what it may have left behind. Must be called exactly once."""
        since = self._capped.printed
        output = self._caps.release(self._capped)
        if left_processes:
            self._caps.leave(self._log, self._cap)
        if output is not None:
            since = output.place(since)
        return Kept(output, self._settle(not left_processes), lambda: last_line(self._log, since))


class Opened(Struct, frozen=True):
    """What an attempt is given."""

    held: Held
    output: int
    """The descriptor that both streams of its command go to; whoever spawns that closes this."""
    artifacts: Path


class Keeping:
    """Holds the output and the artifacts of runs, from before their commands begin until they are over."""

    def __init__(
        self, caps: Caps, logs: RunLogs, artifacts: ArtifactFiles, keep_of: Callable[[str], Keep]
    ) -> None:
        """`keep_of` tells what the job of this id asks for, whether there still is such a job or not."""
        self._caps = caps
        self._logs = logs
        self._artifacts = artifacts
        self._keep_of = keep_of

    def open(self, attempt: Attempt) -> Opened:
        """DaybellError where it has nowhere to write to."""
        job_id, run_id = attempt.job.id, attempt.run.run_id
        try:
            artifacts = self._artifacts.make(job_id, run_id)
        except OSError as error:
            place = self._artifacts.path(job_id, run_id)
            raise DaybellError(complaint(place, error, "cannot be made")) from error
        try:
            return self._open_log(attempt, artifacts)
        except OSError as error:
            self._settle(job_id, run_id, attempt.job.keep.artifacts, is_over=True)
            raise DaybellError(complaint(attempt.log, error, "cannot be written")) from error

    def _open_log(self, attempt: Attempt, artifacts: Path) -> Opened:
        output = open_log(attempt.log)
        try:
            return Opened(self._hold(attempt.log, attempt.run.run_id, attempt.job.keep), output, artifacts)
        except OSError:
            os.close(output)
            raise

    def adopt(self, run_id: str) -> Held | None:
        """Of an attempt that an earlier life began; None where its log is gone."""
        log = self._logs.find(run_id)
        try:
            return self._hold(log, run_id, self._keep_of(log.parent.name)) if log else None
        except OSError:
            return None

    def close_up(self, job_id: str, run_id: str) -> None:
        """An earlier life began it, and nobody will end it. Returns at once."""
        keep = self._keep_of(job_id)
        self._caps.leave(self._logs.path(job_id, run_id), keep.output)
        self._caps.soon(partial(self._settle, job_id, run_id, keep.artifacts, is_over=False))

    def _hold(self, log: Path, run_id: str, keep: Keep) -> Held:
        settle = partial(self._settle, log.parent.name, run_id, keep.artifacts)
        return Held(log, keep.output, self._caps, settle)

    def _settle(self, job_id: str, run_id: str, most: int, is_over: bool) -> Leavings:  # noqa: FBT001 - to be bound
        leavings = self._artifacts.settle(job_id, run_id, most, is_over=is_over)
        if is_over and not leavings.files:
            self._caps.soon(self._artifacts.clear_away)
        return leavings
