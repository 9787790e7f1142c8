"""How does the icon stay right on macOS, whose user interface belongs to the main thread?"""

import logging
from collections.abc import Callable
from functools import cache

import AppKit  # type: ignore[import-not-found]  # comes with pystray on macOS only, as do the next three
import Foundation  # type: ignore[import-not-found]
import Quartz  # type: ignore[import-not-found]
from PyObjCTools import AppHelper  # type: ignore[import-not-found]
from pystray import _darwin

from daybell.core.views import Action, IconState
from daybell.desktop.guard import guarded
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.menu import build_menu
from daybell.desktop.tray.native import menu_label, picture, template_files

log = logging.getLogger(__name__)

SIDE = (22, 22)
"""Points: the height of the menu bar."""
LATER = 0.1
"""Seconds; any but 0 counts only while no menu is open."""


def open_macos_tray(act: Act) -> IconTray:
    """A tray in the menu bar. OSError over ssh, say, where AppKit would end the whole process."""
    if Quartz.CGSessionCopyCurrentDictionary() is None:
        raise OSError("no desktop session was found")
    icon = MacIcon(lambda: act(Action("quit")), "daybell", menu_bar_image("idle"), "Daybell")
    return IconTray(
        icon, lambda view: menu_bar_image(view.state), lambda entries: build_menu(entries, act, menu_label)
    )


@cache
def menu_bar_image(state: IconState) -> object:
    """A template, whose colour the menu bar gives; a picture for pystray where that cannot be read."""
    found = map(AppKit.NSImageRep.imageRepWithContentsOfFile_, map(str, template_files(state)))
    representations = [each for each in found if each is not None]
    if not representations:
        log.warning("the icon %s could not be read", template_files(state)[0])
        return picture(state)
    image = AppKit.NSImage.alloc().initWithSize_(SIDE)
    for representation in representations:
        # So that the one of 44 pixels counts as the same size, twice as dense.
        representation.setSize_(SIDE)
        image.addRepresentation_(representation)
    image.setTemplate_(True)
    image.setAccessibilityDescription_(f"Daybell, {state}")
    return image


class MacIcon(_darwin.Icon):  # type: ignore[misc]  # pystray ships no types
    """Does on the main thread what others post, and not while its menu is open."""

    def __init__(self, quit_: Callable[[], None], *arguments: object) -> None:
        super().__init__(*arguments)
        self._app.setActivationPolicy_(AppKit.NSApplicationActivationPolicyAccessory)
        self._session = DaybellSession.alloc().init()
        self._session.quit = quit_
        self._app.setDelegate_(self._session)
        # Else macOS puts a program without a window to sleep, and what it times comes seconds late.
        self._activity = Foundation.NSProcessInfo.processInfo().beginActivityWithOptions_reason_(
            Foundation.NSActivityUserInitiatedAllowingIdleSystemSleep, "Jobs start on time"
        )

    def __del__(self) -> None:
        """Nothing is left: the icon goes when `_run` ends."""

    def post(self, act: Callable[[], None]) -> None:
        AppHelper.callAfter(self._act, act)

    def _act(self, act: Callable[[], None]) -> None:
        # A menu that is replaced while it is open closes, and a click in it may mean another job by then.
        if Foundation.NSRunLoop.currentRunLoop().currentMode() == AppKit.NSEventTrackingRunLoopMode:
            AppHelper.callLater(LATER, self._act, act)
        else:
            guarded(act)

    def _run(self) -> None:
        # Not pystray's own loop: that one ends the process at Ctrl-C, without a clean stop.
        try:
            self._mark_ready()
            self._app.run()
        finally:
            self._status_bar.removeStatusItem_(self._status_item)

    def _stop(self) -> None:
        AppHelper.callAfter(guarded, self._end)

    def _end(self) -> None:
        if self._menu_handle:
            self._menu_handle[0].cancelTracking()
        if self._session.is_ending:
            self._app.replyToApplicationShouldTerminate_(True)
        else:
            super()._stop()

    def _handler(self, item: Callable[[object], None]) -> Callable[[object], None]:
        # Not pystray's own: that one also replaces the menu, which has not quite closed by then.
        return lambda _: guarded(lambda: item(self))

    def _assert_image(self) -> None:
        if isinstance(self._icon, AppKit.NSImage):
            self._status_item.button().setImage_(self._icon)
        else:
            super()._assert_image()


class DaybellSession(Foundation.NSObject):  # type: ignore[misc]  # as above
    """Hears that the person logs out, and lets macOS wait until Daybell has stopped."""

    is_ending = False

    def applicationShouldTerminate_(self, _: object) -> object:  # noqa: N802 - its name in Cocoa
        self.is_ending = True
        guarded(self.quit)
        return AppKit.NSTerminateLater
