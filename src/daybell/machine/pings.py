"""Which pings wait to be sent, and how did the last ones fare? Nobody who asks for one waits for it."""

import logging
import math
import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from daybell.core.ping_urls import host_of
from daybell.core.pings import Delivery, Ping, PingOf, Trouble, after, in_words, pings_for, told
from daybell.engine.ports import Clock
from daybell.model.events import AnyEvent
from daybell.model.settings import PingConfig

log = logging.getLogger(__name__)

LONGEST = 200
"""Pings that wait, at most: whoever has more runs than that learns nothing from each."""
STOP_SECONDS = 2.0
AFTERMATH = 1.0
"""Seconds for a child that was killed to be gone."""


class Sender(Protocol):
    """What `machine.ping_courier` is."""

    def deliver(self, pings: Sequence[Ping]) -> Sequence[Delivery]:
        """What became of each, in their order; returns when all is known."""
        ...

    def hurry(self) -> None:
        """What is on its way is given up; the next ones are still sent."""
        ...

    def stop(self) -> None:
        """What is on its way is given up, and nothing else is sent."""
        ...


class Pace(NamedTuple):
    """Seconds."""

    gather: float = 1.0
    """Between two children at least: what is asked for meanwhile goes along with the second one."""
    idle: float = 60.0
    """Without pings, before the thread ends."""


PACE = Pace()


class Pinger:
    """`hear` and `beat` return at once; there is a thread only while there are pings."""

    def __init__(
        self, ping_of: PingOf, own: PingConfig, clock: Clock, sender: Sender, pace: Pace = PACE
    ) -> None:
        """`ping_of` says which address a job pings; `own` is Daybell's."""
        self._own = own
        self._clock = clock
        self._sender = sender
        self._pace = pace
        self._ping_of: PingOf = lambda job_id: ping_of(job_id) if job_id else own.url
        self._due = clock.monotonic()
        self._changed = threading.Condition()
        self._line: deque[Ping] = deque()
        self._dropped = 0
        """Since the last batch."""
        self._left_out = 0
        """Since the last time that none were."""
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._troubles: tuple[Trouble, ...] = ()

    @property
    def why(self) -> str:
        """What keeps pings from getting there; empty while nothing does."""
        return in_words(self._troubles, self._ping_of)

    def hear(self, events: Sequence[AnyEvent]) -> None:
        """A subscriber: what jobs that ping have done."""
        if pings := pings_for(events, self._ping_of):
            self._ask(pings)

    def beat(self) -> float:
        """Daybell lives: it is said as often as the settings want it; in so many seconds the next time."""
        if not self._own.url:
            return math.inf
        now = self._clock.monotonic()
        if now >= self._due:
            self._due = now + self._own.every.total_seconds()
            self._ask([Ping(self._own.url)])
        return self._due - now

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take no more, and give those in line that long; a server that hangs gets half of it."""
        with self._changed:
            self._is_stopping.set()
            self._changed.notify()
            thread = self._thread
        if thread is None:
            return
        thread.join(seconds / 2)
        if self._line:
            self._sender.hurry()
        thread.join(seconds / 2)
        if thread.is_alive():
            self._sender.stop()
            thread.join(AFTERMATH)

    def _ask(self, pings: Sequence[Ping]) -> None:
        with self._changed:
            if self._is_stopping.is_set():
                return
            self._line.extend(pings)
            while len(self._line) > LONGEST:
                self._line.popleft()
                self._dropped += 1
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="pings", daemon=True)
                thread.start()
                self._thread = thread
            self._changed.notify()

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._send(batch)
            except Exception:  # the edge of this thread: the next ones must still be sent
                log.exception("pings were not sent")
            self._is_stopping.wait(self._pace.gather)

    def _next(self) -> list[Ping]:
        """All that wait; none when the thread may end."""
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._is_stopping.is_set(), self._pace.idle)
            batch, dropped = list(self._line), self._dropped
            self._line.clear()
            self._dropped = 0
            if not batch:
                self._thread = None
        self._count(dropped)
        return batch

    def _count(self, dropped: int) -> None:
        """Told when it begins and when it is over: it may go on for long."""
        if dropped and not self._left_out:
            log.warning("more than %d pings wait: the oldest are left out", LONGEST)
        elif self._left_out and not dropped:
            log.warning("%d pings were left out", self._left_out)
        self._left_out = self._left_out + dropped if dropped else 0

    def _send(self, batch: Sequence[Ping]) -> None:
        for ping, delivery in zip(batch, self._sender.deliver(batch), strict=True):
            before, self._troubles = self._troubles, after(self._troubles, ping, delivery)
            for line, level in _news(before, self._troubles, host_of(ping.url)):
                log.log(level, "%s", line, extra={"event": "ping"})


def _news(before: Sequence[Trouble], now: Sequence[Trouble], host: str) -> Sequence[tuple[str, int]]:
    """For the log: the first failure of a kind, and that all is well again."""
    known = {one.key for one in before}
    fresh = [(told(one), logging.WARNING) for one in now if one.key not in known]
    is_well = any(one.host == host for one in before) and not any(one.host == host for one in now)
    return [*fresh, (f"pings to {host} get there again", logging.INFO)] if is_well else fresh
