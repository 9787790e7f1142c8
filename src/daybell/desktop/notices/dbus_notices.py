"""How do notices with buttons reach a Linux desktop? As D-Bus calls to its notification service."""

import logging
import threading
import time
from collections.abc import Callable

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
from daybell.desktop.notices.waiting import Close, Waiting
from daybell.desktop.notices.wire import Connect, UnansweredError, Wire

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", SERVICE, SERVICE)

REPLY_TIMEOUT = 5.0
"""Seconds. A service that the bus has to start first may need one or two."""
SILENT_REST = 60.0
"""Seconds in which a service that did not answer is not asked again, unless it speaks up or restarts."""
RECONNECT_RESTS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds in which a lost bus is not tried again. Only a new notice tries."""
STOP_TIMEOUT = 1.0
"""Seconds; what is beneath may take as long again."""


class DbusNotices(Notices):
    """One thread with a connection of its own. What it cannot show it hands to the notices beneath."""

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
        self._monotonic = monotonic
        self._waiting = Waiting()
        self._wire = Wire(connect, self._hear)
        self._screen = Screen()
        self._capabilities: frozenset[str] | None = None
        self._unanswered: dict[int, Notice | None] = {}
        """By serial: what a late reply is about; None: taken back since."""
        self._rests_until = 0.0
        self._losses = 0
        self._reported: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def show(self, notice: Notice) -> None:
        self._waiting.put(notice)
        self._wire.wake()

    def close(self, key: str) -> None:
        self._waiting.put(Close(key))
        self._beneath.close(key)
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
        match self._waiting.take():
            case None:
                self._wire.wait()
            case Close(key=key):
                self._take_back(key)
            case Notice() as notice:
                is_shown = self._is_shown(notice)
                if not (is_shown or self._wire.is_stopping):
                    self._beneath.show(notice)

    def _is_shown(self, notice: Notice) -> bool:
        """Show it, if the service takes it."""
        if self._monotonic() < self._rests_until:
            return False
        try:
            if not self._wire.is_open:
                self._open()
            return self._notify(notice)
        except UnansweredError as error:
            self._report(str(error))
            self._rests_until = self._monotonic() + SILENT_REST
        except Exception as error:  # noqa: BLE001 - jeepney raises its own, OSError and ValueError
            self._lose(error)
        return False

    def _open(self) -> None:
        self._wire.open()
        self._losses = 0
        rules = [
            MatchRule(type="signal", interface=SERVICE, member="ActionInvoked"),
            MatchRule(type="signal", interface=SERVICE, member="NotificationClosed"),
            MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged"),
        ]
        # The bus wakes us for this name only, not for each program that comes and goes.
        rules[-1].add_arg_condition(0, SERVICE)
        for rule in rules:
            self._wire.send(message_bus.AddMatch(rule))

    def _notify(self, notice: Notice) -> bool:
        if self._capabilities is None:
            reply = self._call("GetCapabilities")
            if not self._is_answer(reply):
                return False
            self._capabilities = frozenset(reply.body[0])
        able = self._capabilities if self._pressed else self._capabilities - {"actions"}
        body = notify_body(notice, able, self._screen.number(notice.key))
        try:
            reply = self._call("Notify", NOTIFY_SIGNATURE, body)
        except UnansweredError as error:
            self._unanswered[error.serial] = notice
            raise
        if not self._is_answer(reply):
            return False
        self._screen.put(notice, reply.body[0])
        self._reported.clear()
        return True

    def _call(self, member: str, signature: str | None = None, body: tuple[object, ...] = ()) -> Message:
        return self._wire.call(new_method_call(ADDRESS, member, signature, body), self._reply_timeout)

    def _is_answer(self, reply: Message) -> bool:
        if reply.header.message_type is not MessageType.error:
            return True
        name = reply.header.fields.get(HeaderFields.error_name, "")
        self._report(f"{reply.body[0] if reply.body else 'the notification service refuses'} ({name})")
        return False

    def _take_back(self, key: str) -> None:
        self._unanswered = {
            serial: notice if notice and notice.key != key else None
            for serial, notice in self._unanswered.items()
        }
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
                self._press(number, button)
            case "NotificationClosed", (number, _):
                self._screen.forget(number)
            case "NameOwnerChanged", (name, before, after) if name == SERVICE:
                self._change_service(was_there=bool(before), is_there=bool(after))

    def _hear_late(self, reply: Message) -> None:
        serial = reply.header.fields.get(HeaderFields.reply_serial)
        if serial not in self._unanswered:
            return
        self._rests_until = 0.0
        notice = self._unanswered.pop(serial)
        if reply.header.message_type is MessageType.error:
            return
        number = reply.body[0]
        # Shown after all; better twice, once with its buttons, than perhaps not at all.
        if notice is None or self._screen.number(notice.key) not in (0, number):
            self._close(number)
        else:
            self._screen.put(notice, number)

    def _press(self, number: int, button: str) -> None:
        key = self._screen.key(number)
        if key is None or self._pressed is None:
            return
        try:
            self._pressed(key, button)
        except Exception:
            log.exception("a button of a notice failed")

    def _change_service(self, *, was_there: bool, is_there: bool) -> None:
        if was_there:
            # Its numbers and what it could do went with it.
            self._screen.clear()
            self._unanswered.clear()
            self._capabilities = None
        if is_there:
            self._rests_until = 0.0

    def _lose(self, error: Exception) -> None:
        self._report(f"the session bus is lost: {str(error) or type(error).__name__}")
        self._wire.lose()
        self._change_service(was_there=True, is_there=False)
        rest = RECONNECT_RESTS[min(self._losses, len(RECONNECT_RESTS) - 1)]
        self._losses += 1
        self._rests_until = self._monotonic() + rest

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
