"""What does the desktop tell of the machine's surroundings, and how is the machine kept awake?"""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from daybell.model.facts import Facts

Source = Literal["power", "network", "idle", "sleep"]

CLOCKS = "only the clocks"
"""Who tells of a sleep where nobody else does, and only afterwards."""


class Surroundings(Protocol):
    """The engine's probes and its way to keep the machine awake, in one."""

    @property
    def why(self) -> str:
        """Why nothing can be told of this machine; empty where something can, now or later."""
        ...

    @property
    def why_not_held(self) -> str:
        """Why the machine is not kept awake though it should be; empty while it is, or need not."""
        ...

    @property
    def refusal(self) -> str:
        """The same, but for what is being asked at the moment."""
        ...

    def start(self, changed: Callable[[Facts], None]) -> Facts:
        """What is known within about a second; what differs later goes to `changed`, on another thread."""
        ...

    def hold(self, reason: str | None) -> None:
        """Keep the machine awake and say why, None: no longer. Never blocks or raises; any thread."""
        ...

    def sources(self) -> Mapping[Source, str]:
        """Who tells of what, in words; "nobody: …" with a reason. Any thread."""
        ...

    def stop(self) -> None:
        """Tell and hold nothing more; return within seconds. More than once."""
        ...
