"""A macOS as far as an icon sees it: pystray's own back end runs on these frameworks."""

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import pytest
from PIL import Image

DEFAULT, TRACKING, MODAL = "default", "tracking", "modal"
TIMEOUT = 10.0


class NSObject:
    """Remembers what is set: after `setToolTip_("x")`, `toolTip` is "x". Only the main thread may set."""

    main: threading.Thread

    @classmethod
    def alloc(cls) -> Self:
        return cls()

    def init(self) -> Self:
        return self

    def __getattr__(self, name: str) -> Any:
        if not (name.startswith("set") and name.endswith("_")):
            raise AttributeError(name)
        assert threading.current_thread() is NSObject.main, name
        return lambda value: setattr(self, name[3].lower() + name[4:-1], value)


class NSMenu(NSObject):
    was_cancelled = False

    def initWithTitle_(self, _: str) -> Self:
        self.items: list[NSMenuItem] = []
        return self

    def addItem_(self, item: "NSMenuItem") -> None:
        self.items.append(item)

    def cancelTracking(self) -> None:
        self.was_cancelled = True

    def all_items(self) -> "Iterator[NSMenuItem]":
        for item in self.items:
            yield item
            yield from item.submenu.all_items() if item.submenu else ()


class NSMenuItem(NSObject):
    title = "-"
    submenu: NSMenu | None = None

    @classmethod
    def separatorItem(cls) -> Self:
        return cls()

    def initWithTitle_action_keyEquivalent_(self, title: str, _: bytes, key: str) -> Self:
        self.title = title
        return self

    def setTag_(self, number: int) -> None:
        self.tag = lambda: number


class NSImageRep(NSObject):
    pixels = (0, 0)

    @classmethod
    def imageRepWithContentsOfFile_(cls, path: str) -> Self | None:
        if not Path(path).is_file():
            return None
        representation = cls()
        with Image.open(path) as image:
            representation.pixels = image.size
        return representation


class NSImage(NSObject):
    made: list["NSImage"]
    content = b""
    template = False

    def initWithSize_(self, points: tuple[int, int]) -> Self:
        self.points = points
        self.representations: list[Any] = []
        self.made.append(self)
        return self

    def addRepresentation_(self, representation: NSImageRep) -> None:
        self.representations.append(representation)

    def initWithData_(self, content: bytes) -> Self:
        self.content = content
        return self


class StatusButton(NSObject):
    hidden = True
    image: Any = NSImage()


class StatusItem(NSObject):
    menu: Any = None
    button: Callable[[], StatusButton]


class NSApplication(NSObject):
    """Its loop does what was posted to the main thread."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.is_over = self.is_stopping = self.has_left = False

    def run(self) -> None:
        while not self.is_over:
            self.posted.get(timeout=TIMEOUT)()

    def stop_(self, _: object) -> None:
        self.is_stopping = True

    def postEvent_atStart_(self, *_: object) -> None:
        self.is_over = self.is_stopping

    def replyToApplicationShouldTerminate_(self, may: bool) -> None:  # noqa: FBT001 - as in Cocoa
        """Cocoa then ends the process, and its loop never comes back."""
        self.is_over = self.has_left = may


class FakeMacos:
    """One application with one status item; its main thread is the one that makes it."""

    def __init__(self) -> None:
        NSObject.main = threading.current_thread()
        NSImage.made = []
        self.app = NSApplication()
        self.button = StatusButton()
        self.item = StatusItem()
        self.item.button = lambda: self.button
        self.items: list[Any] = []
        self.activities: list[tuple[int, str]] = []
        self.session: dict[str, object] | None = {}
        self.mode = DEFAULT
        self._later: list[Callable[[], None]] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        info = SimpleNamespace(beginActivityWithOptions_reason_=lambda *told: self.activities.append(told))
        self._module(
            monkeypatch,
            "Foundation",
            NSObject=NSObject,
            NSData=bytes,
            NSActivityUserInitiatedAllowingIdleSystemSleep=0x00EFFFFF,
            NSProcessInfo=SimpleNamespace(processInfo=lambda: info),
            NSRunLoop=SimpleNamespace(currentRunLoop=lambda: SimpleNamespace(currentMode=lambda: self.mode)),
        )
        self._module(monkeypatch, "AppKit", **self._app_kit())
        self._module(monkeypatch, "objc", namedSelector=lambda _: lambda method: method)
        self._module(monkeypatch, "Quartz", CGSessionCopyCurrentDictionary=lambda: self.session)
        signals = self._module(monkeypatch, "PyObjCTools.MachSignals")
        calls = SimpleNamespace(callAfter=self.call_after, callLater=self.call_later)
        self._module(monkeypatch, "PyObjCTools", AppHelper=calls, MachSignals=signals)

    def _module(self, monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> ModuleType:
        module = ModuleType(name)
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    def _app_kit(self) -> dict[str, object]:
        def add(_: int) -> object:
            self.items.append(self.item)
            return self.item

        bar = SimpleNamespace(
            statusItemWithLength_=add, removeStatusItem_=self.items.remove, thickness=lambda: 22.0
        )
        event = (
            "otherEventWithType_location_modifierFlags_timestamp_windowNumber_context_subtype_data1_data2_"
        )
        return {
            "NSApplication": SimpleNamespace(sharedApplication=lambda: self.app),
            "NSApplicationActivationPolicyAccessory": 1,
            "NSApplicationDefined": 15,
            "NSEvent": SimpleNamespace(**{event: lambda *_: "event"}),
            "NSEventTrackingRunLoopMode": TRACKING,
            "NSImage": NSImage,
            "NSImageRep": NSImageRep,
            "NSMenu": NSMenu,
            "NSMenuItem": NSMenuItem,
            "NSOffState": 0,
            "NSOnState": 1,
            "NSPoint": lambda *_: "point",
            "NSStatusBar": SimpleNamespace(systemStatusBar=lambda: bar),
            "NSTerminateLater": 2,
            "NSVariableStatusItemLength": -1.0,
        }

    def call_after(self, act: Callable[..., None], *rest: object) -> None:
        """In any mode of the loop."""
        self.app.posted.put(lambda: act(*rest))

    def call_later(self, delay: float, act: Callable[..., None], *rest: object) -> None:
        """In the default mode only, unless there is no delay at all."""
        assert delay
        self._later.append(lambda: act(*rest))

    # What a test does, on any thread.

    def settle(self) -> None:
        """Until all that was posted so far is done."""
        settled = threading.Event()
        self.app.posted.put(settled.set)
        assert settled.wait(TIMEOUT)

    def open_menu(self) -> NSMenu:
        self.mode = TRACKING
        menu: NSMenu = self.item.menu
        return menu

    def choose(self, menu: NSMenu, title: str) -> None:
        """A click in this menu, after which it closes."""
        item: Any = next(item for item in menu.all_items() if item.title == title)
        self.app.posted.put(lambda: item.target.activate_menu_item(item))
        self.close_menu()

    def close_menu(self) -> None:
        self.settle()
        self.mode = DEFAULT
        while self._later:
            self.app.posted.put(self._later.pop(0))
        self.settle()

    def log_out(self) -> object:
        """What the person's logging out is answered with."""
        answers: queue.Queue[object] = queue.Queue()
        self.mode = MODAL
        self.app.posted.put(lambda: answers.put(self.app.delegate.applicationShouldTerminate_(self.app)))
        return answers.get(timeout=TIMEOUT)
