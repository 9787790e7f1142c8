"""The ledger's records in memory: the fold of every event so far. Only the engine's thread touches it."""

from daybell.core.fold import fold_open_run, fold_record, subject
from daybell.model.events import AllPaused, AllResumed, AnyEvent, JobRemoved
from daybell.model.record import JobRecord, OpenRun


class Records:
    """Records per job and open runs, in the order in which they were admitted."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobRecord] = {}
        self.open_runs: dict[str, OpenRun] = {}
        self.all_paused = False

    def apply(self, event: AnyEvent) -> None:
        match event:
            case AllPaused():
                self.all_paused = True
            case AllResumed():
                self.all_paused = False
            case JobRemoved(job_id=job_id):
                self.jobs.pop(job_id, None)
            case _:
                self._fold(event)

    def is_paused(self, job_id: str) -> bool:
        record = self.jobs.get(job_id)
        return self.all_paused or (record is not None and record.is_paused)

    def open_of(self, job_id: str) -> list[OpenRun]:
        return [open_run for open_run in self.open_runs.values() if open_run.run.job_id == job_id]

    def running(self) -> int:
        """How many runs hold a slot."""
        return sum(not open_run.is_waiting for open_run in self.open_runs.values())

    def _fold(self, event: AnyEvent) -> None:
        job_id, run_id = subject(event)
        if job_id is not None:
            record = fold_record(self.jobs.get(job_id), event)
            if record is not None:
                self.jobs[job_id] = record
        if run_id is not None:
            open_run = fold_open_run(self.open_runs.get(run_id), event)
            if open_run is not None:
                self.open_runs[run_id] = open_run
            else:
                self.open_runs.pop(run_id, None)
