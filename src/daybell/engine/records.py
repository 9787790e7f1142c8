"""The ledger's records in memory: the fold of every event so far. Only the engine's thread touches it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from daybell.core.fold import fold_held, fold_incident, fold_open_run, fold_record, subject
from daybell.model.absence import Absence
from daybell.model.events import (
    AbsenceNoted,
    AbsenceSeen,
    AllPaused,
    AllResumed,
    AnyEvent,
    IncidentChanged,
    JobRemoved,
    NoticeHeld,
    NoticeSent,
    SchedulerStarted,
    SchedulerStopped,
    ZoneChanged,
)
from daybell.model.incident import Incident, NoticeText
from daybell.model.record import Checkpoint, JobRecord, OpenRun


class Records:
    """Records per job and open runs. What is asked at each request is kept, not searched for."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobRecord] = {}
        self.open_runs: dict[str, OpenRun] = {}
        """By run id, in the order in which they were admitted."""
        self.waiting: dict[str, OpenRun] = {}
        """Those of them that have no slot yet, the oldest first."""
        self.deferred: dict[str, OpenRun] = {}
        """Those of them that wait for something else before that."""
        self.incidents: dict[str, Incident] = {}
        """By job id: what is wrong now."""
        self.held: Mapping[str, NoticeText] = {}
        """Notices that wait for the end of the quiet hours, by key."""
        self.all_paused = False
        self.zone: str | None = None
        """The zone that local times were last understood in."""
        self.last: datetime | None = None
        """When the newest event happened."""
        self.is_alive = False
        """The last life has not said that it ended."""
        self.absence: Absence | None = None
        """The last one, until somebody has seen it."""
        self.lives = 0
        """How often the scheduler has started in this home."""
        self._of_job: dict[str, dict[str, OpenRun]] = {}

    def restore(self, checkpoint: Checkpoint) -> None:
        """As they were when it was made; called on new records only."""
        self.jobs = {record.job_id: record for record in checkpoint.jobs}
        self.incidents = {incident.job_id: incident for incident in checkpoint.incidents}
        self.held = {notice.key: notice for notice in checkpoint.held}
        self.all_paused = checkpoint.all_paused
        self.lives = checkpoint.lives
        self.zone = checkpoint.zone
        self.last, self.is_alive = checkpoint.last, checkpoint.is_alive
        self.absence = checkpoint.absence
        for open_run in checkpoint.open_runs:
            self._keep(open_run.run.job_id, open_run.run.run_id, open_run)

    def checkpoint(self, number: int) -> Checkpoint:
        """All of them, as the fold of the events up to this number."""
        return Checkpoint(
            number=number,
            jobs=tuple(self.jobs.values()),
            open_runs=tuple(self.open_runs.values()),
            incidents=tuple(self.incidents.values()),
            held=tuple(self.held.values()),
            all_paused=self.all_paused,
            lives=self.lives,
            zone=self.zone,
            last=self.last,
            is_alive=self.is_alive,
            absence=self.absence,
        )

    @property
    def running(self) -> int:
        """How many runs hold a slot."""
        return len(self.open_runs) - len(self.waiting)

    @property
    def is_rush(self) -> bool:
        """Runs wait for nothing but a slot."""
        return len(self.waiting) > len(self.deferred)

    def under_way(self) -> Sequence[OpenRun]:
        """Runs that hold a slot or wait for one; those that are put off outlive a stop (R2)."""
        return [one for one in self.open_runs.values() if one.deferral is None]

    def is_paused(self, job_id: str) -> bool:
        record = self.jobs.get(job_id)
        return self.all_paused or (record is not None and record.is_paused)

    def open_of(self, job_id: str) -> Sequence[OpenRun]:
        return list(self._of_job.get(job_id, {}).values())

    def apply(self, event: AnyEvent) -> None:
        self.last = event.at
        match event:
            case ZoneChanged(zone=zone):
                self.zone = zone
            case AllPaused():
                self.all_paused = True
            case AllResumed():
                self.all_paused = False
            case SchedulerStarted():
                self.lives += 1
                self.is_alive = True
            case SchedulerStopped():
                self.is_alive = False
            case AbsenceNoted(absence=absence):
                self.absence = absence
            case AbsenceSeen():
                self.absence = None
            case JobRemoved(job_id=job_id):
                self.jobs.pop(job_id, None)
                self._fold_notices(event, job_id)
            case IncidentChanged() | NoticeHeld() | NoticeSent():
                self._fold_notices(event, subject(event)[0])
            case _:
                self._fold(event)

    def _fold_notices(self, event: AnyEvent, job_id: str | None) -> None:
        self.held = fold_held(self.held, event)
        if job_id is None:
            return
        self._keep_record(job_id, event)
        incident = fold_incident(self.incidents.pop(job_id, None), event)
        if incident is not None:
            self.incidents[job_id] = incident

    def _keep_record(self, job_id: str, event: AnyEvent) -> None:
        record = fold_record(self.jobs.get(job_id), event)
        if record is not None:
            self.jobs[job_id] = record

    def _fold(self, event: AnyEvent) -> None:
        job_id, run_id = subject(event)
        if job_id is None:
            return
        self._keep_record(job_id, event)
        if run_id is not None:
            self._keep(job_id, run_id, fold_open_run(self.open_runs.get(run_id), event))

    def _keep(self, job_id: str, run_id: str, open_run: OpenRun | None) -> None:
        of_job = self._of_job.setdefault(job_id, {})
        self.waiting.pop(run_id, None)
        self.deferred.pop(run_id, None)
        if open_run is None:
            self.open_runs.pop(run_id, None)
            of_job.pop(run_id, None)
        else:
            self.open_runs[run_id] = of_job[run_id] = open_run
            if open_run.is_waiting:
                self.waiting[run_id] = open_run
            if open_run.deferral is not None:
                self.deferred[run_id] = open_run
        if not of_job:
            del self._of_job[job_id]
