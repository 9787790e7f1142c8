"""How do notices with buttons reach a Linux desktop? As D-Bus calls to its notification service."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_call,
)

from daybell.desktop.notices.interface import Notice, Notices, Pressed
from daybell.desktop.notices.notify_call import NOTIFY_SIGNATURE, notify_body
from daybell.desktop.notices.screen import Screen
from daybell.desktop.notices.waiting import Close, Rest, Unseen, Waiting
from daybell.desktop.notices.wire import AbsentError, Connect, RefusedError, UnansweredError, Wire

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", SERVICE, SERVICE)

REPLY_TIMEOUT = 5.0
"""Seconds. A service that the bus has to start first may need one or two."""
STOP_TIMEOUT = 1.0
"""Seconds; what is beneath may take as long again."""

Fate = Literal["shown", "refused", "unheard"]
"""Unheard: it is not the notice that was at fault."""


class DbusNotices(Notices):
    """One thread with a connection of its own. What it cannot show it hands to the notices beneath.

    What comes back from there, because nobody could show it, waits for the next sign of life of the service.
    """

    why = ""

    def __init__(
        self,
        connect: Connect,
        pressed: Pressed | None,
        beneath: Notices,
        *,
        reply_timeout: float = REPLY_TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pressed = pressed
        self._beneath = beneath
        self._reply_timeout = reply_timeout
        self._waiting = Waiting()
        self._unseen = Unseen()
        self._wire = Wire(connect, self._hear)
        self._screen = Screen()
        self._capabilities: frozenset[str] | None = None
        self._unanswered: dict[int, Notice | None] = {}
        """By serial: what a late reply is about; None: out of date since, or no notice at all."""
        self._services = 0
        """How many have gone: a call that outlasts its service tells nothing of the next one."""
        self._rest = Rest(monotonic)
        self._reported: set[str] = set()
        beneath.tell_unseen(self._come_back)
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def show(self, notice: Notice) -> None:
        self._waiting.put(notice)
        self._wire.wake()

    def close(self, key: str) -> None:
        self._waiting.put(Close(key))
        self._beneath.close(key)
        self._wire.wake()

    def _come_back(self, notice: Notice) -> None:
        """From beneath, on any thread."""
        self._unseen.come_back(notice)
        self._wire.wake()

    def stop(self) -> None:
        self._wire.stop()
        self._thread.join(STOP_TIMEOUT)
        self._beneath.stop()

    def _run(self) -> None:
        while not self._wire.is_stopping:
            try:
                self._turn()
            except OSError as error:
                self._lose(error)
            except Exception as error:  # the thread's edge: one odd message must not end all notices
                log.exception("a notice failed")
                self._lose(error)
        self._leave()

    def _turn(self) -> None:
        if self._rest.is_over_for_unseen() and self._shows_unseen():
            return
        match self._waiting.take():
            case None:
                waits_for_bus = bool(self._unseen) and not self._wire.is_open
                self._wire.wait(self._rest.left_for_unseen() if waits_for_bus else None)
            case Close(key=key):
                self._take_back(key)
            case Notice() as notice:
                self._show_new(notice)

    def _shows_unseen(self) -> bool:
        """Try the oldest that nobody could show; False without any."""
        # Those in flight are shown by the service itself, when it comes round.
        notice = self._unseen.first(besides=self._unanswered.values())
        if notice is None or self._waiting.has(notice.key):
            return False
        if self._show(notice) != "unheard":
            self._unseen.settle(notice)
        return True

    def _show_new(self, notice: Notice) -> None:
        self._supersede(notice.key)
        fate = self._show(notice) if self._rest.is_over() else "unheard"
        if fate == "shown" or self._wire.is_stopping:
            return
        if fate == "unheard":
            self._unseen.send_away(notice)
        self._beneath.show(notice)

    def _show(self, notice: Notice) -> Fate:
        """Show it, if the service takes it."""
        services = self._services
        try:
            if not self._wire.is_open:
                self._open()
            self._notify(notice)
        except RefusedError as error:
            self._report(str(error))
            return "refused"
        except (AbsentError, UnansweredError) as error:
            self._report(str(error))
            if services != self._services:
                # The call was to a service that has gone; what that changed stands.
                self._unanswered.clear()
            else:
                self._rest.begin(is_silent=isinstance(error, UnansweredError))
        except OSError as error:
            self._lose(error)
        except Exception as error:  # noqa: BLE001 - jeepney raises its own, and an odd reply may raise anything
            self._lose(error)
            return "refused"
        else:
            self._rest.end()
            return "shown"
        return "unheard"

    def _open(self) -> None:
        self._wire.open()
        rules = [
            MatchRule(type="signal", interface=SERVICE, member="ActionInvoked"),
            MatchRule(type="signal", interface=SERVICE, member="NotificationClosed"),
            MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged"),
        ]
        # The bus wakes us for this name only, not for each program that comes and goes.
        rules[-1].add_arg_condition(0, SERVICE)
        for rule in rules:
            self._wire.send(message_bus.AddMatch(rule))

    def _notify(self, notice: Notice) -> None:
        if self._capabilities is None:
            self._capabilities = frozenset(self._call(None, "GetCapabilities").body[0])
        able = self._capabilities if self._pressed else self._capabilities - {"actions"}
        body = notify_body(notice, able, self._screen.number(notice.key))
        reply = self._call(notice, "Notify", NOTIFY_SIGNATURE, body)
        self._screen.put(notice, reply.body[0])
        self._reported.clear()

    def _call(
        self, about: Notice | None, member: str, signature: str | None = None, body: tuple[object, ...] = ()
    ) -> Message:
        try:
            return self._wire.call(new_method_call(ADDRESS, member, signature, body), self._reply_timeout)
        except UnansweredError as error:
            self._unanswered[error.serial] = about
            raise

    def _supersede(self, key: str) -> None:
        """Whatever is on its way with this key is out of date."""
        self._unseen.forget(key)
        self._unanswered = {
            serial: notice if notice and notice.key != key else None
            for serial, notice in self._unanswered.items()
        }

    def _take_back(self, key: str) -> None:
        self._supersede(key)
        if number := self._screen.number(key):
            self._screen.forget(number)
            self._close(number)

    def _close(self, number: int) -> None:
        self._wire.send(new_method_call(ADDRESS, "CloseNotification", "u", (number,)))

    def _hear(self, message: Message) -> None:
        if message.header.message_type is not MessageType.signal:
            self._hear_late(message)
            return
        match message.header.fields.get(HeaderFields.member), message.body:
            case "ActionInvoked", (number, button):
                self._rest.end()
                self._press(number, button)
            case "NotificationClosed", (number, _):
                self._rest.end()
                self._screen.forget(number)
            case "NameOwnerChanged", (name, before, _) if name == SERVICE:
                if before:
                    self._forget_service()
                # Without a new owner too: a call may have the bus start one.
                self._rest.end()

    def _hear_late(self, reply: Message) -> None:
        serial = reply.header.fields.get(HeaderFields.reply_serial, 0)
        if serial not in self._unanswered:
            return
        self._rest.end()
        notice = self._unanswered.pop(serial)
        match reply.body:
            case (list() as capabilities,):
                self._capabilities = frozenset(capabilities)
            case (int() as number,):
                self._put_late(notice, number)

    def _put_late(self, notice: Notice | None, number: int) -> None:
        if notice is not None:
            # Shown after all; better twice, once with its buttons, than perhaps not at all.
            self._screen.put(notice, number)
            self._unseen.settle(notice)
        elif self._screen.key(number) is None:
            self._close(number)

    def _press(self, number: int, button: str) -> None:
        key = self._screen.key(number)
        if key is None or self._pressed is None:
            return
        try:
            self._pressed(key, button)
        except Exception:
            log.exception("a button of a notice failed")

    def _forget_service(self) -> None:
        """Its numbers and what it could do went with it."""
        self._services += 1
        self._screen.clear()
        self._unanswered.clear()
        self._capabilities = None

    def _lose(self, error: Exception) -> None:
        self._report(f"the session bus is lost: {str(error) or type(error).__name__}")
        self._wire.lose()
        self._forget_service()
        self._rest.begin_without_bus()

    def _leave(self) -> None:
        try:
            for number in self._screen.with_buttons():
                self._close(number)
        except OSError as error:
            log.debug("notices could not be taken back: %s", error)
        self._wire.close()

    def _report(self, problem: str) -> None:
        """Once, until a notice is shown again."""
        if problem not in self._reported and not self._wire.is_stopping:
            self._reported.add(problem)
            log.warning("notices go another way: %s", problem)
