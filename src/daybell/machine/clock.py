"""What time is it?"""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clocks, as `engine.ports.Clock` promises them."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 this is the port through which time comes in

    def monotonic(self) -> float:
        return time.monotonic()
