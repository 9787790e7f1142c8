"""How does a command of this machine run, from its definition to its outcome?"""

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from daybell.core.background import VARIABLES, variables
from daybell.core.drift import Traces, drift, remark
from daybell.core.references import references, secrets_of
from daybell.core.search_path import overlaid
from daybell.engine.ports import Attempt, AttemptResult, Clock
from daybell.handlers.keeping import ARTIFACTS, Keeping, Kept
from daybell.handlers.limits import limit_in_words, measured
from daybell.handlers.live import Live
from daybell.handlers.piping import Output
from daybell.handlers.program import Program, find_program
from daybell.machine.own_command import WARDEN, own_role
from daybell.machine.processes.interface import TAG, Ended, Process, Processes, Spawn
from daybell.machine.warden import Warden
from daybell.model.errors import DaybellError, SecretUnavailable
from daybell.model.run import ProcessIdentity

SEPARATOR = ";" if sys.platform == "win32" else ":"
"""Of PATH."""


class GoodOnes(Protocol):
    """What `store.good_environments` is."""

    def remember(self, job_id: str, environ: Mapping[str, str]) -> None: ...

    def compared(self, job_id: str, environ: Mapping[str, str]) -> tuple[Traces, Traces] | None: ...


class Surroundings(NamedTuple):
    """Where the environment of commands comes from, and what is known of those that did well."""

    base: Callable[[], Mapping[str, str]] = lambda: os.environ
    """What all have in common; the same object while it stays the same."""
    good: GoodOnes | None = None


OWN = Surroundings()


class Commands:
    """`engine.ports.Handler` for `CommandHandler`s: one process tree an attempt."""

    def __init__(
        self,
        processes: Processes,
        clock: Clock,
        keeping: Keeping,
        surroundings: Surroundings = OWN,
        warden: Sequence[str] | None = None,
    ) -> None:
        """`warden` is the command line of what knows secrets in place of this process."""
        self._processes = processes
        self._clock = clock
        self._keeping = keeping
        self._warden = own_role(WARDEN) if warden is None else warden
        self._surroundings = surroundings
        self._lock = threading.Lock()
        self._live: dict[str, Live] = {}

    def run(self, attempt: Attempt, started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        live = Live()
        with self._lock:
            self._live[attempt.run.run_id] = live
        try:
            base = self._surroundings.base()
            return self._compared(attempt.job.id, base, self._run(attempt, base, live, started))
        finally:
            with self._lock:
                del self._live[attempt.run.run_id]

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        with self._lock:
            live = self._live.setdefault(run_id, Live())
        held = self._keeping.adopt(run_id)
        kept, left_processes = None, True  # where its end cannot be waited for, it is not over
        try:
            left_processes = live.take(self._processes.adopt(process, run_id)).wait().left_processes
        finally:
            if held is not None:
                kept = held.end(left_processes=left_processes)
            with self._lock:
                del self._live[run_id]
        return _with(kept, AttemptResult(outcome="unknown", left_processes=left_processes))

    def end(self, run_id: str, grace: timedelta) -> None:
        """The ending of a run that is not known here is kept for its adoption, and for nothing else."""
        with self._lock:
            live = self._live.setdefault(run_id, Live())
        live.end(grace)

    def _compared(self, job_id: str, base: Mapping[str, str], result: AttemptResult) -> AttemptResult:
        """A failure tells what is different since the last success."""
        good = self._surroundings.good
        if good is None or result.outcome == "unknown":
            return result
        if result.outcome == "succeeded":
            good.remember(job_id, base)
            return result
        known = good.compared(job_id, base)
        told = "" if known is None else remark(drift(*known, SEPARATOR))
        return replace(result, error=f"{result.error}{told}") if told else result

    def _run(
        self,
        attempt: Attempt,
        base: Mapping[str, str],
        live: Live,
        started: Callable[[ProcessIdentity], None],
    ) -> AttemptResult:
        try:
            env = environment(attempt, base)
            program = find_program(attempt.job.handler, env)
            if not isinstance(program, Program):
                return _failed(program.message)
            opened = self._keeping.open(attempt)
        except DaybellError as error:
            return _failed(str(error))
        env[ARTIFACTS] = str(opened.artifacts)
        try:
            output = self._output(attempt, env, opened.output, live)
        except (SecretUnavailable, OSError) as error:
            opened.held.end(left_processes=False)
            return refused(error)
        ended, is_over = None, True
        with closing(output):
            try:
                process = self._spawned(attempt, live, _spawn(attempt, program, env, output))
                if not isinstance(process, str):
                    started(process.identity)
                    ended = process.wait()
                    is_over = output.drain(left_processes=ended.left_processes)
            finally:
                kept = opened.held.end(left_processes=not is_over)
            return output.masked(_failed(str(process)) if ended is None else judge(attempt, ended, kept))

    def _output(self, attempt: Attempt, env: Mapping[str, str], log: int, live: Live) -> Output:
        """With somebody who has its secrets, where it refers to any. SecretUnavailable, OSError."""
        asked = {name: one for name, one in secrets_of(attempt.job.handler).items() if name not in env}
        if not asked:
            return Output(log)
        warden = Warden(self._warden, attempt.run.run_id, asked, log)
        output = Output(log, warden)
        try:
            live.meanwhile(warden.give_up)
            warden.admit()
        except BaseException:
            output.refuse()
            output.close()
            raise
        return output

    def _spawned(self, attempt: Attempt, live: Live, spawn: Spawn) -> Process | str:
        """Its process, or why there is none."""
        try:
            if attempt.not_before is not None:
                live.hold(attempt.not_before, self._clock)
            process = live.spawn(self._processes, spawn)
        except (OSError, ValueError) as error:
            return f"cannot start {attempt.job.handler.argv[0]!r}: {_reason(error)}"
        finally:
            os.close(spawn.output)
        return process or "it was ended before it started"


def environment(attempt: Attempt, base: Mapping[str, str]) -> dict[str, str]:
    """What all jobs get, what this one adds but for its secrets, and what tells the command its run."""
    env = {**base}
    for name in VARIABLES:  # Daybell itself may have been started by a job
        env.pop(name, None)
    env = overlaid(env, attempt.job.handler.env, sys.platform)
    for name in references(attempt.job.handler):
        env.pop(name, None)
    env |= variables(attempt.run, attempt.job, attempt.background)
    env |= {TAG: attempt.run.run_id, "DAYBELL_JOB_ID": attempt.job.id}
    if attempt.run.traceparent:
        env["TRACEPARENT"] = attempt.run.traceparent
    return env


def judge(attempt: Attempt, ended: Ended, kept: Kept) -> AttemptResult:
    """What the end of the process means for the job, and what it has left."""
    succeeded = ended.cause is None and ended.exit_code in attempt.job.handler.success_exit_codes
    result = AttemptResult(
        outcome="succeeded" if succeeded else "failed",
        exit_code=ended.exit_code,
        error=None if succeeded else _why(attempt, ended, kept),
        left_processes=ended.left_processes,
        cpu_seconds=ended.cpu_seconds,
        peak_memory=ended.peak_memory,
    )
    return _with(kept, result)


def _with(kept: Kept | None, result: AttemptResult) -> AttemptResult:
    if kept is None:
        return result
    left = kept.leavings
    return replace(result, output=kept.output, artifacts=left.files, artifacts_removed=left.removed)


def _why(attempt: Attempt, ended: Ended, kept: Kept) -> str:
    limits = attempt.job.limits
    if named := limit_in_words(limits, ended):
        return named
    return (kept.last_line() or _end_in_words(ended)) + measured(limits, ended)


def _spawn(attempt: Attempt, program: Program, env: dict[str, str], output: Output) -> Spawn:
    return Spawn(
        program=program.path,
        argv=attempt.job.handler.argv,
        shell=attempt.job.handler.shell,
        cwd=program.cwd,
        env=env,
        output=output.inlet,
        run_id=attempt.run.run_id,
        limits=attempt.job.limits,
        channel=output.channel,
    )


def _end_in_words(ended: Ended) -> str:
    return f"ended by {ended.cause}" if ended.cause else f"exit code {ended.exit_code}"


def refused(error: SecretUnavailable | OSError) -> AttemptResult:
    """It cannot be given its secrets. What only a person can mend is not tried again (R5)."""
    if isinstance(error, SecretUnavailable):
        return AttemptResult(outcome="failed", error=str(error), is_permanent=error.is_permanent)
    return _failed(f"it cannot be given its secrets: {error.strerror or error}")


def _failed(error: str) -> AttemptResult:
    return AttemptResult(outcome="failed", error=error)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is gone, or the interpreter named in its first line is not installed"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
