"""How often may something happen within a while?"""

from collections import deque
from collections.abc import Callable
from time import monotonic

REFUSALS_TOLD = 60, 60.0
"""How many go into the log, in how many seconds: nobody shall push out of it what else is there."""


class Quota:
    """So many times in so many seconds. One thread."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._times: deque[float] = deque()

    @property
    def is_spent(self) -> bool:
        while self._times and self._now() - self._times[0] >= self._seconds:
            self._times.popleft()
        return len(self._times) >= self._most

    def take(self) -> bool:
        """Whether there was one left, which is taken then."""
        if self.is_spent:
            return False
        self._times.append(self._now())
        return True

    def renew(self) -> None:
        """As if nothing had happened yet."""
        self._times.clear()
