"""What becomes of local times when the zone changes? An instant is due only if it is later twice (D2)."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core import zones
from daybell.core.schedule import is_local, runs_by_the_wall
from daybell.engine.planning import Planner
from daybell.engine.ports import Clock
from daybell.engine.state import State
from daybell.model.errors import InvalidTimezone
from daybell.model.events import ZoneChanged
from daybell.model.job import Job

log = logging.getLogger(__name__)


class Zone:
    """The scheduler's default zone, also from one life to the next."""

    def __init__(self, state: State, clock: Clock, planner: Planner) -> None:
        self._state = state
        self._clock = clock
        self._planner = planner

    def begin(self) -> None:
        """What the last life's zone owes until now is decided by that; from here on it is another one."""
        now_zone, known = self._state.config.zone, self._state.records.zone
        if known == zones.name(now_zone):
            return
        if known is not None and (before := _zone(known)) is not None:
            self._state.config = replace(self._state.config, zone=before)
            self.change(now_zone)
        else:
            self._state.record(ZoneChanged(at=self._clock.now(), zone=zones.name(now_zone)))

    def change(self, zone: ZoneInfo) -> None:
        """Local jobs are planned anew at once."""
        before = self._state.config.zone
        if zones.name(before) == zones.name(zone):
            return
        log.info("the time zone is %s now, no longer %s", zones.name(zone), zones.name(before))
        faults = self._state.faults
        jobs = [job for job in self._state.jobs.values() if is_local(job) and job.id not in faults]
        for job in jobs:
            self._planner.settle(job)
            self._planner.pass_zone(job, self._clock.now())  # what waited for its jitter
        self._state.config = replace(self._state.config, zone=zone)
        self._state.record(ZoneChanged(at=self._clock.now(), zone=zones.name(zone)))
        self._state.batch.touched.update(self._state.jobs)
        for job in jobs:
            self._planner.pass_zone(job, self._jumped_until(job, before))

    def _jumped_until(self, job: Job, before: ZoneInfo) -> datetime:
        """Until the new wall shows a later time than the old one did at the last instant decided."""
        now = self._clock.now()
        if not runs_by_the_wall(job):
            return now
        shown = self._state.cursor(job.id).astimezone(before).replace(tzinfo=None)
        return max(now, zones.instant(shown, self._state.config.zone))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return zones.zone(name, ZoneInfo("UTC"))
    except InvalidTimezone:
        return None
