"""What is wrong now? The incidents that are open, as the engine has published them."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.engine.registry import JobRegistry
from daybell.model.errors import JobNotFound
from daybell.model.incident import Incident


class OpenIncident(Struct, frozen=True):
    """A job fails, and has not succeeded since. Times are in the scheduler's default zone."""

    job_id: str
    name: str
    """Of the job, for people."""
    since: datetime
    """When the first of its failures ended."""
    count: int
    """How many runs have failed since."""
    error: str
    """The last failure in words."""
    run_id: str
    """The run that failed last."""
    snoozed_until: datetime | None
    """Until when nothing is told of it."""


class OpenIncidents:
    """For readers on any thread."""

    def __init__(self, registry: JobRegistry) -> None:
        self._registry = registry

    def all(self) -> Sequence[OpenIncident]:
        """The oldest first."""
        whole = self._registry.whole
        if whole is None:
            return []
        by_age = sorted(whole.incidents, key=lambda one: (one.opened, one.job_id))
        return [self._shown(one, whole.zone) for one in by_age]

    def _shown(self, incident: Incident, zone: ZoneInfo) -> OpenIncident:
        snoozed = incident.snoozed_until
        return OpenIncident(
            job_id=incident.job_id,
            name=self._name(incident.job_id),
            since=incident.opened.astimezone(zone),
            count=incident.count,
            error=incident.problem,
            run_id=incident.run_id,
            snoozed_until=snoozed and snoozed.astimezone(zone),
        )

    def _name(self, job_id: str) -> str:
        with suppress(JobNotFound):  # its file has just gone
            return self._registry.one(job_id).name
        return job_id
