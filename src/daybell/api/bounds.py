"""How long may one take, and how many may there be? What keeps a few from keeping out all others."""

from typing import NamedTuple


class Bounds(NamedTuple):
    """Those of a person's own machine; only tests have others."""

    slowest: float = 10.0
    """Seconds that a head may take to come, and then a body."""
    connections: int = 128
    """Of one door, beside its streams; each door has room of its own."""
    idle: float = 600.0
    """Seconds without a request and without a stream, after which the TCP door is closed."""


USUAL = Bounds()
