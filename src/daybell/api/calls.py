"""How does the event loop ask what may block? On a few threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
"""Enough for one person's programs; they are made when first needed and then wait without waking."""


class Calls:
    """Calls of the service, off the event loop.

    All of them, readers too: a verb waits for the disk, the history reads files, the next instants of a
    rare expression take a while, and which of them is quick is not this room's to know. It costs 0.1 ms.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="api-call")

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(*args, **kwargs))

    def stop(self) -> None:
        """Begin no more calls. Returns at once: what the service still answers is for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)
