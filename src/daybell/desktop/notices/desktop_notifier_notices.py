"""How do notices with buttons reach macOS and Windows? Through desktop-notifier, where it is installed."""

import asyncio
import hashlib
import importlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Protocol

from daybell.desktop.notices.interface import DEFAULT, Notice, Notices, Pressed
from daybell.desktop.notices.picture import picture_path
from daybell.desktop.notices.text import body_text, label_text, title_text
from daybell.desktop.notices.waiting import Close, Waiting

log = logging.getLogger(__name__)

SEND_TIMEOUT = 5.0
"""Seconds for one notice; then it goes another way."""
STOP_TIMEOUT = 1.0
"""Seconds; what is beneath may take as long again."""
IDENTIFIER_LENGTH = 16
"""What every Windows takes as a notice's tag."""


class Notifier(Protocol):
    """What we use of the library's DesktopNotifier."""

    async def send_notification(self, notification: object) -> str: ...

    async def clear(self, identifier: str) -> None: ...


def open_desktop_notifier_notices(pressed: Pressed | None, beneath: Notices) -> Notices:
    return DesktopNotifierNotices(partial(importlib.import_module, "desktop_notifier"), pressed, beneath)


def identifier(key: str) -> str:
    """Short enough for every system; equal keys have equal ones, and so replace each other."""
    return hashlib.blake2b(key.encode(errors="replace"), digest_size=IDENTIFIER_LENGTH // 2).hexdigest()


def can_show(capabilities: frozenset[str]) -> bool:
    """Whether notices really appear: outside a signed macOS bundle the library only pretends."""
    return {"TITLE", "MESSAGE"} <= capabilities


def notification_words(notice: Notice, press: Callable[[str], None] | None) -> dict[str, object]:
    """What the library's Notification takes, without the objects that the library itself must make."""
    words: dict[str, object] = {
        "title": title_text(notice.title),
        "message": body_text(notice.body),
        "identifier": identifier(notice.key),
    }
    if press is not None and notice.buttons:
        words["on_clicked"] = partial(press, DEFAULT)
    return words


def button_words(notice: Notice, press: Callable[[str], None] | None) -> list[dict[str, object]]:
    """What the library's Button takes, one a button; none where nobody would hear of them."""
    if press is None:
        return []
    return [
        {
            "title": label_text(button.label),
            "identifier": button.key,
            "on_pressed": partial(press, button.key),
        }
        for button in notice.buttons
        if button.key != DEFAULT
    ]


class DesktopNotifierNotices(Notices):
    """An asyncio loop in a thread that starts with the first notice."""

    why = ""

    def __init__(self, load: Callable[[], ModuleType], pressed: Pressed | None, beneath: Notices) -> None:
        self._load = load
        self._pressed = pressed
        self._beneath = beneath
        self._waiting = Waiting()
        self._with_buttons: set[str] = set()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._is_stopping = False

    def show(self, notice: Notice) -> None:
        self._waiting.put(notice)
        with self._starting:
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()
        self._wake()

    def close(self, key: str) -> None:
        self._waiting.put(Close(key))
        self._beneath.close(key)
        self._wake()

    def stop(self) -> None:
        with self._starting:
            self._is_stopping = True
            thread = self._thread
        self._waiting.end()
        self._wake()
        if thread is not None:
            thread.join(STOP_TIMEOUT)
        self._beneath.stop()

    def _wake(self) -> None:
        # A loop that does not run yet looks at what waits first; one that has ended needs no waking.
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._bell.set)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - the thread's edge; systems raise what they like
            log.warning("notices go another way: %s", str(error) or type(error).__name__)
        while (order := self._waiting.wait()) is not None:
            if isinstance(order, Notice):
                self._beneath.show(order)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        library = self._load()
        notifier = library.DesktopNotifier("Daybell", library.Icon(path=picture_path("idle")))
        if not can_show(frozenset(one.name for one in await notifier.get_capabilities())):
            raise NotImplementedError("the system shows notices of signed programs only")
        while not self._is_stopping:
            if (order := self._waiting.take()) is None:
                await self._bell.wait()
                self._bell.clear()
            elif isinstance(order, Close):
                await self._take_back(notifier, identifier(order.key))
            elif not await self._is_shown(library, notifier, order):
                self._beneath.show(order)
        for shown in sorted(self._with_buttons):
            await self._take_back(notifier, shown)

    async def _is_shown(self, library: ModuleType, notifier: Notifier, notice: Notice) -> bool:
        """Show it. The library swallows its errors: only its "dispatched" says that it went well."""
        dispatched: list[str] = []
        press = partial(self._press, notice.key) if self._pressed else None
        notification = library.Notification(
            **notification_words(notice, press),
            urgency=library.Urgency(notice.urgency),
            icon=library.Icon(path=picture_path(notice.icon)),
            buttons=tuple(library.Button(**words) for words in button_words(notice, press)),
            on_dispatched=lambda: dispatched.append(notice.key),
        )
        try:
            await asyncio.wait_for(notifier.send_notification(notification), SEND_TIMEOUT)
        except Exception as error:  # noqa: BLE001 - systems raise what they like
            log.debug("a notice failed: %s", error)
        if dispatched and notice.buttons:
            self._with_buttons.add(identifier(notice.key))
        return bool(dispatched)

    async def _take_back(self, notifier: Notifier, shown: str) -> None:
        self._with_buttons.discard(shown)
        try:
            await asyncio.wait_for(notifier.clear(shown), SEND_TIMEOUT)
        except Exception as error:  # noqa: BLE001 - systems raise what they like
            log.debug("a notice could not be taken back: %s", error)

    def _press(self, key: str, button: str) -> None:
        """On whatever thread the system likes."""
        if self._loop is not None and self._pressed is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._pressed, key, button)
