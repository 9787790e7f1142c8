"""What may those ask who only watch? How Daybell is, its figures, and its past and future as one line."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import InvalidRequest, as_json
from daybell.api.calls import Calls
from daybell.api.requests import moment, number
from daybell.core.exposition import MEDIA_TYPE, exposition
from daybell.core.metrics import Measured, families
from daybell.core.timeline import Timeline
from daybell.core.zones import instant
from daybell.engine.health import Health, Part
from daybell.engine.service import SchedulerService
from daybell.machine.footprint import footprint
from daybell.model.query import RunQuery
from daybell.model.run import FAILURES
from daybell.model.status import JobStatus

LONGEST = timedelta(days=31)
"""On the wall: a month fits in which the clocks go back."""
BARS, MOST_BARS = 20, 100
"""Runs of each job."""
PATIENCE = 5.0
"""Seconds for all parts to say how they are."""
MOST_QUESTIONS = 100
"""Jobs whose last success is looked for in the history, for one answer."""


class Observing:
    """Reads, and changes nothing."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls
        self._last_success: dict[str, datetime | None] = {}
        """Of jobs that fail since before Daybell started; None where they have never succeeded."""

    async def timeline(self, request: Request) -> Response:
        """What ran, what was missed, and what will run between two times, 31 days apart at most.

        Times without an offset are on the wall of the scheduler's default zone. What is left out is said.
        """
        asked, zone = request.query_params, self._service.zone
        since, until = (moment(name, asked.get(name), zone) for name in ("from", "to"))
        if since is None or until is None:
            raise InvalidRequest("expected `from` and `to`, such as from=2026-11-01&to=2026-11-02")
        if not since < until <= _end_of_longest(since, zone):
            raise InvalidRequest(f"to: expected a time after that of from, {LONGEST.days} days later at most")
        between = self._service.observation.timelines.between
        line: Timeline = await self._call(between, since, until, asked.get("job") or None, zone)
        return as_json(line)

    async def recent(self, request: Request) -> Response:
        """The last ended runs of each job, gaps among them, the oldest first: a few facts of each.

        Times are in UTC. 20,000 are told at most: where there are more jobs, fewer of each.
        """
        count = number(request, "n", default=BARS, lowest=1, highest=MOST_BARS)
        newest = self._service.observation.recent.newest
        return as_json(await self._call(newest, count, request.query_params.get("job") or None))

    async def incidents(self, _request: Request) -> Response:
        """Jobs that have failed and not succeeded since, the oldest first."""
        return as_json({"incidents": await self._call(self._service.observation.incidents.all)})

    async def health(self, _request: Request) -> Response:
        """How each part of Daybell is. The status is 200 when it is live and ready, else 503."""
        try:
            async with asyncio.timeout(PATIENCE):
                health = await self._call(self._service.observation.health.look)
        except TimeoutError:
            part = Part("failed", f"not all parts have answered within {PATIENCE:g} seconds")
            health = Health(live=False, ready=False, parts={"api": part})
        return as_json(health, 200 if health.live and health.ready else 503)

    async def metrics(self, _request: Request) -> Response:
        """Figures in Prometheus' text format. Counters begin with Daybell; jobs are told by their id."""
        return Response(await self._call(self._exposition), headers={"Content-Type": MEDIA_TYPE})

    def _exposition(self) -> bytes:
        status = self._service.status()
        measured = Measured(
            status=status,
            open_runs=self._service.registry.open_runs(),
            figures=self._service.observation.meter.taken(),
            last_success=self._earlier_successes(status.jobs),
            process=footprint(),
        )
        return "".join(exposition(families(measured))).encode()

    def _earlier_successes(self, jobs: Sequence[JobStatus]) -> dict[str, datetime]:
        """Of jobs that fail; an alarm that waits for a success needs it most after a restart."""
        failing = [job.id for job in jobs if job.last_outcome in FAILURES]
        unknown = [job_id for job_id in failing if job_id not in self._last_success]
        for job_id in unknown[:MOST_QUESTIONS]:
            query = RunQuery(job_id=job_id, outcomes=frozenset({"succeeded"}), limit=1)
            runs = self._service.history(query).runs
            self._last_success[job_id] = runs[0].finished if runs else None
        return {job_id: found for job_id in failing if (found := self._last_success.get(job_id)) is not None}


def _end_of_longest(since: datetime, zone: ZoneInfo) -> datetime:
    """In UTC, by the wall of that zone."""
    try:
        return instant(since.astimezone(zone).replace(tzinfo=None) + LONGEST, zone)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
