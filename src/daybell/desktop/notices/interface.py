"""How does Daybell tell a person something outside its own windows?"""

from typing import Protocol


class Notices(Protocol):
    """Shows short notices. No path to a screen is certain: nothing may depend on one."""

    why: str
    """Why nothing is shown, in a sentence; empty where notices are shown."""

    def notify(self, title: str, body: str) -> None:
        """Show it soon; any thread. It neither blocks nor raises."""
        ...

    def stop(self) -> None:
        """Show nothing more; returns within two seconds."""
        ...
