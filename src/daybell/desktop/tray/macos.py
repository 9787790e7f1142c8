"""How does the icon stay right on macOS, whose user interface belongs to the main thread?"""

from collections.abc import Callable

from PyObjCTools import AppHelper  # type: ignore[import-not-found]  # comes with pystray on macOS only
from pystray import _darwin

from daybell.desktop.tray.guard import guarded
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.menu import build_menu
from daybell.desktop.tray.native import fit_tooltip, picture


def open_macos_tray(act: Act) -> IconTray:
    """A tray in the menu bar."""
    icon = MacIcon("daybell", picture("idle"), "Daybell")
    return IconTray(
        icon, lambda view: picture(view.state), lambda entries: build_menu(entries, act), fit_tooltip
    )


class MacIcon(_darwin.Icon):  # type: ignore[misc]  # pystray ships no types
    """Hands to the main thread what others ask of it."""

    def post(self, act: Callable[[], None]) -> None:
        AppHelper.callAfter(guarded, act)

    def _run(self) -> None:
        # Not pystray's own loop: that one ends the process at Ctrl-C, without a clean stop.
        self._mark_ready()
        self._app.run()
        self._status_bar.removeStatusItem_(self._status_item)

    def _show(self) -> None:
        self.post(super()._show)

    def _hide(self) -> None:
        self.post(super()._hide)

    def _stop(self) -> None:
        self.post(super()._stop)
