"""When must the engine look at this job again? APScheduler is the clock; it decides nothing."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from inspect import Signature

from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers import base
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from daybell.machine.bells import Bell, open_bell

log = logging.getLogger(__name__)

FAR_AWAY = datetime(9999, 1, 1, tzinfo=UTC)
"""Where an alarm that has rung waits to be set again: keeping it is cheaper than adding it anew."""
STOP_SECONDS = 5.0
"""How long the thread may take to end; it only ever posts."""

Watch = Callable[[float], None]
"""Asked each time before alarms ring; told how many seconds after the time before that was to be."""


class ApschedulerAlarms:
    """`engine.ports.Alarms` on APScheduler's thread: one of its jobs a key, moved by `modify_job`.

    It rings when APScheduler announces that it has handed a job over, rather than in the job's
    function: by then the library has let go of its lock and has parked the alarm, so that `ring`
    may set it again.
    """

    def __init__(self, watches: Sequence[Watch] = (), bell: Bell | None = None) -> None:
        """Who must look at the machine now and then watches from this thread, rather than wake another."""
        # It says several lines for each alarm at INFO.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._early: dict[str, datetime] = {}
        self._thread: threading.Thread | None = None
        self._scheduler = _WallClockScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._scheduler.hang(bell or open_bell(), watches)

    def start(self, ring: Callable[[str], None]) -> None:
        self._scheduler.add_listener(_Ringer(ring, self._scheduler), EVENT_JOB_SUBMITTED)
        # Paused, the library neither searches its list nor wakes its thread for each alarm.
        self._scheduler.start(paused=True)
        self._thread = self._scheduler._thread  # noqa: SLF001 there is no other way to name or bound it
        if self._thread is not None:
            self._thread.name = "alarms"
        for key, at in self._early.items():
            self._add(key, at)
        self._scheduler.resume()

    def set(self, key: str, at: datetime) -> None:
        if self._thread is None:
            self._early[key] = at
            return
        try:
            self._scheduler.modify_job(key, next_run_time=at)
        except JobLookupError:
            self._add(key, at)

    def clear(self, key: str) -> None:
        self._early.pop(key, None)
        with suppress(JobLookupError):
            self._scheduler.remove_job(key)

    def look(self) -> None:
        """Ask the watches now, and not at the next beat; returns at once. Any thread."""
        if self._thread is not None:
            self._scheduler.wakeup()

    def stop(self) -> None:
        if self._thread is None or not self._scheduler.running:
            return
        # The background scheduler's own shutdown joins its thread without a bound.
        BlockingScheduler.shutdown(self._scheduler, wait=False)
        self._thread.join(STOP_SECONDS)

    def _add(self, key: str, at: datetime) -> None:
        self._scheduler.add_job(NOTHING, PARKED, id=key, next_run_time=at, replace_existing=True)


class _WallClockScheduler(BackgroundScheduler):  # type: ignore[misc]  # the library ships no types
    """Looks at the wall clock when it moves, or now and then.

    The library sleeps through to the next alarm in monotonic time, which stands still while the machine
    does; after a suspend, or when the clock is set forward, that is far too long.
    """

    beat = within = 0.0
    watches: tuple[Watch, ...] = ()
    due = 0.0
    """By the wall clock: when the next alarm rings."""
    is_changed = True
    """An alarm was set since that was worked out."""
    is_looked_at = False
    """The watches were asked since the library has read the clock."""

    def hang(self, bell: Bell, watches: Sequence[Watch]) -> None:
        """Before it is started: what it waits by, in the place of the library's `Event`."""
        self._event = bell
        self.beat = self.within = bell.beat
        self.watches = tuple(watches)

    def wakeup(self) -> None:
        self.is_changed = True
        super().wakeup()

    def _process_jobs(self) -> float:
        """A mere look at the clocks spares the library's search: most beats are nothing else."""
        self.look(self.within)
        now: float = base.datetime.now(UTC).timestamp()  # by the clock that the library itself looks at
        if self.is_changed or now >= self.due:
            self.is_changed = self.is_looked_at = False
            wait: float | None = super()._process_jobs()
            self.due = math.inf if wait is None else now + wait
        self.within = min(max(self.due - now, 0.0), self.beat)
        return self.within

    def look(self, within: float) -> None:
        self.is_looked_at = True
        for watch in self.watches:
            try:
                watch(within)
            except Exception:  # the thread's edge: the alarms must still ring
                log.exception("a watch failed")


class _Parked(BaseTrigger):  # type: ignore[misc]  # the library ships no types
    """After it has rung, an alarm is due in the far future."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002 the library's signature
        return FAR_AWAY


class _Nothing:
    """What an alarm does by itself."""

    __signature__ = Signature()
    """The library looks at it with each alarm; else it would be worked out anew each time."""

    def __call__(self) -> None:
        pass


PARKED, NOTHING = _Parked(), _Nothing()


class _Ringer:
    """The machine may fall asleep between our look and the library's: one more comes before the first."""

    def __init__(self, ring: Callable[[str], None], scheduler: _WallClockScheduler) -> None:
        self._ring = ring
        self._scheduler = scheduler

    def __call__(self, event: JobSubmissionEvent) -> None:
        if not self._scheduler.is_looked_at:
            self._scheduler.look(0.0)
        try:
            self._ring(event.job_id)
        except Exception:  # the thread's edge: the other alarms must still ring
            log.exception("the alarm of %s could not ring", event.job_id)
