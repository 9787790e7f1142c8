"""What did the last life leave open, and what becomes of it? Decided once, at the start."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from daybell.core.deferral import given_up
from daybell.core.recovery import Adopt, Close, Living, Wait, recover
from daybell.engine.ports import Clock
from daybell.engine.runs import Runs
from daybell.engine.state import Ending, State
from daybell.model.record import OpenRun
from daybell.model.run import AUTOMATIC, ProcessIdentity

Survivors = Mapping[str, Sequence[Living]]


class Recovery:
    """Before catch-up has its turn: it must know which jobs still run (L4)."""

    def __init__(self, state: State, clock: Clock, runs: Runs) -> None:
        self._state = state
        self._clock = clock
        self._runs = runs
        self._attempts = runs.attempts

    def doubtful(self) -> Mapping[str, ProcessIdentity | None]:
        """The runs that may still have processes, with their main process where it was recorded."""
        open_runs = self._state.records.open_runs.items()
        return {run_id: open_run.process for run_id, open_run in open_runs if not open_run.is_waiting}

    def settle(self, survivors: Survivors) -> None:
        """What waits comes first: it keeps its place before what is asked for once more."""
        for open_run in sorted(self._state.records.open_runs.values(), key=lambda one: not one.is_waiting):
            self._settle(open_run, survivors.get(open_run.run.run_id, ()))

    def _settle(self, open_run: OpenRun, living: Sequence[Living]) -> None:
        run = open_run.run
        if not self._state.config.is_enabled and open_run.is_waiting and run.cause in AUTOMATIC:
            end = given_up(open_run, "skipped", "the scheduler is switched off")
            self._attempts.finish(run, end.outcome, end.reason)  # nothing is owed for that time (M12)
            return
        job = self._state.jobs.get(run.job_id)
        is_known = run.job_id in self._state.invalid
        verdict = recover(open_run, job, living, self._clock.now(), is_known=is_known)
        match verdict:
            case Wait() if job is not None:
                self._runs.wait_again(open_run, job)
            case Adopt(process=process, is_ended=is_ended):
                self._attempts.adopt(open_run, job, process)
                if is_ended:
                    self._attempts.end(open_run, Ending("interrupted", "Daybell ended while it ran"))
            case Close(outcome=outcome, reason=reason, runs_again=runs_again):
                self._attempts.finish(run, outcome, reason)
                if runs_again and job is not None:
                    self._runs.request(job, "catch_up", retry_of=run.run_id)
            case Wait():
                pass
            case _ as never:
                assert_never(never)
