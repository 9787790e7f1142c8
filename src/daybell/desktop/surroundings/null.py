"""What stands in where nobody can tell anything?"""

from collections.abc import Callable, Mapping

from daybell.desktop.surroundings.interface import CLOCKS, Source
from daybell.model.facts import Facts


class NoSurroundings:
    """Knows nothing, and says why."""

    def __init__(self, why: str) -> None:
        self.why = why
        self.why_not_held = ""

    @property
    def refusal(self) -> str:
        return self.why_not_held

    def start(self, changed: Callable[[Facts], None]) -> Facts:  # noqa: ARG002 - the interface's shape
        return Facts()

    def hold(self, reason: str | None) -> None:
        """Nothing comes of it but the reason."""
        self.why_not_held = self.why if reason else ""

    def sources(self) -> Mapping[Source, str]:
        nobody = f"nobody: {self.why}"
        return {"power": nobody, "network": nobody, "idle": nobody, "sleep": f"{CLOCKS}: {self.why}"}

    def stop(self) -> None:
        """Nothing is on."""
