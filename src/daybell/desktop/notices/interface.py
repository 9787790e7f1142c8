"""How does Daybell tell a person something outside its own windows?"""

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

from daybell.core.views import IconState

Urgency = Literal["low", "normal", "critical"]

DEFAULT = "default"
"""The key of a click on the notice itself. A button with this key names that click and is not drawn."""

Pressed = Callable[[str, str], None]
"""Told the keys of the notice and of its button, on the notices' own thread: it must only post."""

Unseen = Callable[["Notice"], None]
"""Told of a notice that nobody could show, on any thread: it must only post."""


class Button(Struct, frozen=True):
    """Something a person can do about a notice."""

    key: str
    label: str


class Notice(Struct, frozen=True):
    """What to show. Where a desktop has no buttons the text stands alone: it must say enough."""

    key: str
    """A newer notice with the same key takes the place of the older one on the screen."""
    title: str
    body: str
    urgency: Urgency = "normal"
    """Desktops keep a critical one on the screen until it is dismissed."""
    buttons: tuple[Button, ...] = ()
    """With at least one, a click on the notice itself is heard as well, as DEFAULT."""
    icon: IconState = "idle"


class Notices(Protocol):
    """Shows short notices. No path to a screen is certain: nothing may depend on one."""

    why: str
    """Why nothing is shown, in a sentence; empty where notices are shown."""

    def show(self, notice: Notice) -> None:
        """Show it soon; any thread. It neither blocks nor raises."""
        ...

    def close(self, key: str) -> None:
        """Take the notice with this key back, if it is still there; any thread, as `show`."""
        ...

    def stop(self) -> None:
        """Show nothing more, and leave no button that nobody hears; returns within two seconds."""
        ...

    def tell_unseen(self, unseen: Unseen) -> None:
        """From now on `unseen` hears of each notice that neither this nor what is beneath could show.

        Whoever leaves this as it is shows all that it takes.
        """
        del unseen

    def notify(self, title: str, body: str) -> None:
        """Show a notice without buttons; one with the same title replaces it."""
        self.show(Notice(title, title, body))
