"""What does the taskbar of Windows take, in which size, and when is it asked again?"""

from collections.abc import Callable, Iterable
from contextlib import suppress

from daybell.core.views import IconState
from daybell.desktop.tray.native import menu_label
from daybell.desktop.utf16 import fit_utf16

RETRY_DELAYS = (1, 2, 4, 8, 15, 30, 60)
"""Seconds. A desktop that is still starting refuses icons for a while; a later one says that it is there."""
SETTLE_DELAY = 1
"""Seconds. Screens that change tell each window in turn, and the taskbar may be the last to know its size."""
SMALL_ICON = 16
"""Pixels, where Windows does not say."""
TEXT_UNITS = {"szTip": 127, "szInfo": 255, "szInfoTitle": 63}
"""What fits into NOTIFYICONDATAW; one more, and the whole icon would be refused."""


def fit_texts(fields: dict[str, object]) -> dict[str, object]:
    """Fields of NOTIFYICONDATAW, with each text cut to what it may hold."""
    return {
        name: fit_utf16(value, TEXT_UNITS[name]) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def escaped_label(text: str) -> str:
    """A menu label in which no letter is underlined as a mnemonic."""
    return menu_label(text).replace("&", "&&")


def first_answer(ways: Iterable[Callable[[], int]]) -> int:
    """What the first way says that this Windows knows and that succeeds; 0 without any."""
    for way in ways:
        # A function that came with a later Windows; a library that did.
        with suppress(AttributeError, OSError):
            if answer := way():
                return answer
    return 0


class IconHandles:
    """One handle a state, loaded once. A new size frees those of the old one: the taskbar keeps copies."""

    def __init__(self, load: Callable[[IconState, int], int], destroy: Callable[[int], object]) -> None:
        """`load` gets a state and a side in pixels."""
        self._load = load
        self._destroy = destroy
        self._side = 0
        self._handles: dict[IconState, int] = {}

    def get(self, state: IconState, side: int) -> int:
        if side != self._side:
            self.close()
            self._side = side
        if state not in self._handles:
            self._handles[state] = self._load(state, side)
        return self._handles[state]

    def close(self) -> None:
        while self._handles:
            _, handle = self._handles.popitem()
            self._destroy(handle)
