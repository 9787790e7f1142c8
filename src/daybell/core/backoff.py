"""Is a failed attempt followed by another one, and after how long?"""

from datetime import timedelta

from daybell.model.job import Retry


def next_delay(retry: Retry, failures: int, chance: float) -> timedelta | None:
    """The wait after so many failed attempts (R1); None: that was the last one.

    `chance` lies between 0 and 1: with jitter, how much of the wait is really waited.
    """
    if failures >= retry.max_attempts:
        return None
    delay, longest = retry.delay.total_seconds(), retry.max_delay.total_seconds()
    try:
        seconds = min(longest, delay * float(retry.multiplier) ** (failures - 1))
    except OverflowError:
        seconds = longest
    return timedelta(seconds=seconds * chance if retry.jitter else seconds)
