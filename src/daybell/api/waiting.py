"""When has a run ended? Answered once it has, or when patience ends, without looking again and again."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from daybell.api.calls import Calls
from daybell.engine.service import SchedulerService
from daybell.model.events import AnyEvent, RunFinished, RunSkipped
from daybell.model.run import Run


class Waiting:
    """Those who wait for the end of a run. Lives on the event loop's thread."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._calls = calls
        self._waiters: set[asyncio.Event] = set()

    async def for_end(self, run_id: str, seconds: float) -> Run:
        """The run, as soon as it has an outcome, or as it is when the time is up. RunNotFound."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hear(events: Sequence[AnyEvent]) -> None:
            if any(is_end(event, run_id) for event in events):
                # The loop may close between the event and this line: then nobody waits any more.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(ended.set)

        unsubscribe = self._service.subscribe(hear)
        self._waiters.add(ended)
        try:
            # Asked after subscribing: an end between the two is heard or seen, never lost.
            run = await self._calls(self._service.get_run, run_id)
            if run.outcome is not None:
                return run
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), seconds)
            return await self._calls(self._service.get_run, run_id)
        finally:
            unsubscribe()
            self._waiters.discard(ended)

    def close(self) -> None:
        """Let everybody have the run as it is."""
        for waiter in self._waiters:
            waiter.set()


def is_end(event: AnyEvent, run_id: str) -> bool:
    match event:
        case RunFinished(run=run) | RunSkipped(run=run):
            return run.run_id == run_id
        case _:
            return False
