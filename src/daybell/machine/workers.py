"""Which thread holds which attempt?"""

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Literal

from daybell.engine.messages import AttemptEnded, AttemptStarted
from daybell.engine.ports import Attempt, AttemptResult, Clock, Handler
from daybell.model.run import ProcessIdentity

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
"""How long a worker waits for its next attempt before it asks itself whether it is needed."""
KEPT_IDLE = 4
"""How many idle workers wait for ever."""

Report = Callable[[AttemptStarted | AttemptEnded], None]


class Held:
    """An attempt from its hand-over to its report; all is guarded by the pool's lock."""

    def __init__(self, run_id: str, work: Attempt | ProcessIdentity) -> None:
        """`work` is what to run, or what runs already and is adopted."""
        self.run_id = run_id
        self.work = work
        self.is_running = isinstance(work, ProcessIdentity)
        """The handler is to hear of an ending."""
        self.grace: timedelta | None = None
        """Set once somebody wants it ended."""


class Worker:
    """A thread and its inbox; None in it means that it is not needed any more."""

    def __init__(self, number: int, work: Callable[["Worker"], None]) -> None:
        self.inbox: SimpleQueue[Held | None] = SimpleQueue()
        self.thread = threading.Thread(target=work, args=(self,), name=f"worker-{number}", daemon=True)


class WorkerPool:
    """Threads as `engine.ports.Workers` promises them; they come as they are needed.

    The one that was busy last is busy first, because its memory is still in the caches.
    """

    def __init__(self, handler: Handler, report: Report, clock: Clock, most: int) -> None:
        """`most` bounds the threads; attempts beyond it wait in line, but for those that run already."""
        self._handler = handler
        self._report = report
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}
        self._line: deque[Held] = deque()
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._started = 0
        self._stopping = False

    def start(self, attempt: Attempt) -> None:
        self._take(Held(attempt.run.run_id, attempt), self._most)

    def adopt(self, run_id: str, process: ProcessIdentity) -> None:
        self._take(Held(run_id, process), sys.maxsize)

    def end(self, run_id: str, grace: timedelta) -> None:
        with self._lock:
            held = self._held.get(run_id)
            if held is None:
                return
            held.grace = grace
            is_running = held.is_running
        if is_running:
            self._handler.end(run_id, grace)

    def stop(self, timeout: timedelta) -> Sequence[str]:
        until = self._clock.monotonic() + timeout.total_seconds()
        with self._lock:
            self._stopping = True
            for worker in self._idle:
                worker.inbox.put(None)
            workers = sorted(self._workers, key=lambda worker: worker.thread.name)
        for worker in workers:
            worker.thread.join(max(0.0, until - self._clock.monotonic()))
        return [worker.thread.name for worker in workers if worker.thread.is_alive()]

    def _take(self, held: Held, most: int) -> None:
        with self._lock:
            worker = self._free_worker(most)
            self._held[held.run_id] = held
            if worker is None:
                self._line.append(held)
            else:
                worker.inbox.put(held)

    def _free_worker(self, most: int) -> Worker | None:
        """An idle one or a new one; None when all are busy. RuntimeError when there is no thread at all."""
        if self._idle:
            return self._idle.pop()
        if len(self._workers) >= most:
            return None
        self._started += 1
        worker = Worker(self._started, self._work)
        try:
            worker.thread.start()
        except RuntimeError:  # the system has no more threads: those that are there must do
            if not self._workers:
                raise
            return None
        self._workers.add(worker)
        return worker

    def _work(self, worker: Worker) -> None:
        while (held := self._next(worker)) is not None:
            result = self._attempt(held)
            ended = self._clock.now()
            with self._lock:
                del self._held[held.run_id]
                self._rest(worker)
            self._report(AttemptEnded(held.run_id, result, ended))

    def _next(self, worker: Worker) -> Held | None:
        """Wait for an attempt; None when this worker may go."""
        patience: float | None = IDLE_SECONDS
        while True:
            try:
                return worker.inbox.get(timeout=patience)
            except Empty:
                if self._is_spare(worker):
                    return None
                patience = None

    def _rest(self, worker: Worker) -> None:
        """Give a free worker what comes next."""
        if self._line:
            worker.inbox.put(self._line.popleft())
        elif self._stopping:
            worker.inbox.put(None)
        else:
            self._idle.append(worker)

    def _is_spare(self, worker: Worker) -> bool:
        with self._lock:
            if worker not in self._idle or len(self._idle) <= KEPT_IDLE:
                return False
            self._idle.remove(worker)
            self._workers.remove(worker)
            return True

    def _attempt(self, held: Held) -> AttemptResult:
        work = held.work
        try:
            if isinstance(work, ProcessIdentity):
                return self._handler.adopt(held.run_id, work)
            return self._run(held, work)
        except BaseException as error:  # the thread's edge: an attempt must never be lost
            log.exception("the handler of run %s failed", held.run_id)
            outcome: Literal["failed", "unknown"] = "failed" if isinstance(work, Attempt) else "unknown"
            return AttemptResult(outcome=outcome, error=f"{type(error).__name__}: {error}")

    def _run(self, held: Held, attempt: Attempt) -> AttemptResult:
        with self._lock:
            if held.grace is not None:
                return AttemptResult(outcome="failed", error="it was ended before it started")
            held.is_running = True
        return self._handler.run(attempt, lambda process: self._has_started(held, process))

    def _has_started(self, held: Held, process: ProcessIdentity) -> None:
        self._report(AttemptStarted(held.run_id, process, self._clock.now()))
        with self._lock:
            grace = held.grace
        if grace is not None:
            # It may have been asked for just before the handler knew of this run.
            self._handler.end(held.run_id, grace)
