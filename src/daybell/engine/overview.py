"""How does the scheduler as a whole stand, and what is wrong with it?"""

from daybell.core.conditions import only
from daybell.engine.ports import Ledger
from daybell.engine.recording import Recorder
from daybell.engine.registry import Whole
from daybell.engine.state import State
from daybell.engine.surroundings import Around
from daybell.engine.wakefulness import Leases
from daybell.model.status import Problem, SchedulerState

NEVER_DUE = "cannot be planned, so it is not due until its file is read again"


class Overview:
    """Only the engine's thread asks; all others read what was published."""

    def __init__(
        self, state: State, recorder: Recorder, ledger: Ledger, around: Around, leases: Leases
    ) -> None:
        self._state = state
        self._recorder = recorder
        self._ledger = ledger
        self._around = around
        self._leases = leases

    def whole(self) -> Whole:
        state = self._state
        return Whole(
            state=self._scheduler_state(),
            zone=state.config.zone,
            stats=state.tally.taken(),
            facts=only(self._around.facts, state.asked),
            keeping_awake=self._leases.jobs,
            absence=state.records.absence,
            incidents=tuple(state.records.incidents.values()),
        )

    def problems(self) -> tuple[Problem, ...]:
        """That nothing can be recorded comes first."""
        problem = self._recorder.problem
        faults = self._state.faults.items()
        found = (
            *self._ledger.problems,
            *self._state.problems,
            *(Problem(f"{job_id}.json", "triggers", f"{NEVER_DUE}: {why}") for job_id, why in faults),
        )
        return (problem, *found) if problem else found

    def _scheduler_state(self) -> SchedulerState:
        if self._state.is_stopping or not self._state.config.is_enabled:
            return "stopped"
        return "paused" if self._state.records.all_paused else "running"
