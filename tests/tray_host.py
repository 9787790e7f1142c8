"""A desktop for tests: a private bus, and a panel on it that reads and clicks the tray's menu."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, cast

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
ITEM = "org.kde.StatusNotifierItem"
DBUSMENU = "com.canonical.dbusmenu"
TIMEOUT = 20.0
"""Seconds. Only what fails takes them: they are many, for a machine that has other things to do."""

Body = tuple[object, ...]
Layout = tuple[int, dict[str, tuple[str, object]], list[tuple[str, "Layout"]]]
"""An entry's number, properties and children, the last two with their signatures."""
CONFIG = Path(__file__).with_name("private_bus.conf")
NEEDED = "install dbus: apt-get install dbus"


@contextmanager
def private_bus(at: Path | None = None) -> Iterator[str]:
    """The address of a session bus that nobody else is on; its socket is `at` that path, or anywhere.

    It starts no services: a machine's own one for notices would take the calls meant for the fake.
    """
    program = shutil.which("dbus-daemon")
    assert program, NEEDED
    command = [program, f"--config-file={CONFIG}", "--nofork", "--print-address=1"]
    if at is not None:
        command.append(f"--address=unix:path={at}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


def wait_until(holds: Callable[[], bool], what: str, timeout: float = TIMEOUT) -> None:
    """Return as soon as it holds; AssertionError after `timeout` seconds."""
    pause, end = threading.Event(), time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, f"waited {timeout} s in vain: {what}"
        pause.wait(0.01)


class Node:
    """An entry of the menu as a panel sees it."""

    def __init__(self, layout: Layout) -> None:
        self.number, properties, children = layout
        self.properties = {name: value for name, (_, value) in properties.items()}
        self.children = [Node(child) for _, child in children]

    @property
    def label(self) -> str:
        text = str(self.properties.get("label", ""))
        return text.replace("__", "\0").replace("_", "").replace("\0", "_")

    @property
    def is_enabled(self) -> bool:
        return self.properties.get("enabled", True) is True

    @property
    def is_checked(self) -> bool | None:
        """None: an entry without a mark."""
        return self.properties.get("toggle-state") == 1 if "toggle-type" in self.properties else None

    @property
    def is_separator(self) -> bool:
        return self.properties.get("type") == "separator"

    def find(self, *path: str) -> "Node":
        """The entry of these labels, or of what stands in them before the dash; LookupError."""
        node = self
        for part in path:
            found = [child for child in node.children if part in (child.label, child.label.split(" — ")[0])]
            if not found:
                raise LookupError(f"no entry {part!r} of {path!r} in:\n" + "\n".join(self.lines()))
            node = found[0]
        return node

    def has(self, *path: str) -> bool:
        try:
            self.find(*path)
        except LookupError:
            return False
        return True

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The menu as text, to look at."""
        for child in self.children:
            mark = {True: "[x] ", False: "[ ] ", None: ""}[child.is_checked]
            text = "----" if child.is_separator else mark + child.label
            yield "  " * depth + text + ("" if child.is_enabled else "  (grey)")
            yield from child.lines(depth + 1)


class TrayHost:
    """A panel (and a notification service) on the bus at `address`, until it is closed."""

    def __init__(self, address: str, *, notices: bool = True) -> None:
        self.items: list[str] = []
        """Bus names of the items that are registered and alive."""
        self.registrations = 0
        self._signals: list[tuple[str, Body]] = []
        self.notices: list[tuple[str, str]] = []
        self._item = ""
        self._client = open_dbus_connection(address)
        self._served = open_dbus_connection(address)
        for interface in (ITEM, DBUSMENU, "org.freedesktop.DBus"):
            unwrap_msg(self._ask(message_bus.AddMatch(MatchRule(type="signal", interface=interface))))
        # The watcher's name comes last: from then on calls arrive, and only _serve hears them.
        for name in (NOTIFICATIONS, WATCHER) if notices else (WATCHER,):
            unwrap_msg(self._ask(message_bus.RequestName(name)))
        self._thread = threading.Thread(target=self._serve, name="tray-host", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus, as a panel that crashes does."""
        self._served.sock.shutdown(2)
        self._thread.join(TIMEOUT)
        self._served.close()
        self._client.close()

    def wait_item(self, name: str = "daybell", timeout: float = TIMEOUT) -> None:
        """Wait for the icon of this name. All that follows is about this one."""
        wait_until(lambda: any(map(self._is_named(name), self.items)), f"an icon named {name}", timeout)

    def wait_gone(self, timeout: float = TIMEOUT) -> None:
        wait_until(lambda: not self.items, "the icon goes", timeout)

    def call(self, path: str, member: str, signature: str = "", body: Body = ()) -> Body:
        """Call a method of the item's object at `path`, with "interface.member"; DBusErrorResponse."""
        interface, _, method = member.rpartition(".")
        address = DBusAddress(path, self._item, interface or None)
        message = new_method_call(address, method, signature or None, body)
        return cast("Body", unwrap_msg(self._client.send_and_get_reply(message, timeout=TIMEOUT)))

    def properties(self) -> dict[str, object]:
        """Those of the item, without their signatures."""
        address = DBusAddress("/StatusNotifierItem", self._item, ITEM)
        reply = unwrap_msg(self._client.send_and_get_reply(Properties(address).get_all(), timeout=TIMEOUT))
        return {name: value for name, (_, value) in reply[0].items()}

    def tooltip(self) -> tuple[str, str]:
        value = cast("tuple[str, object, str, str]", self.properties()["ToolTip"])
        return value[2:]

    def icon_sizes(self) -> list[tuple[int, int]]:
        return [(width, height) for width, height, _ in self.pixmaps()]

    def pixmaps(self) -> list[tuple[int, int, bytes]]:
        return cast("list[tuple[int, int, bytes]]", self.properties()["IconPixmap"])

    def menu(self) -> Node:
        path = str(self.properties()["Menu"])
        _, layout = self.call(path, f"{DBUSMENU}.GetLayout", "iias", (0, -1, []))
        return Node(cast("Layout", layout))

    def wait(self, condition: Callable[[Node], bool], timeout: float = TIMEOUT) -> Node:
        """The first menu for which the condition holds."""
        last = self.menu()

        def holds() -> bool:
            nonlocal last
            last = self.menu()
            return condition(last)

        try:
            wait_until(holds, "the menu", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n" + "\n".join(last.lines())) from None
        return last

    def click(self, *path: str) -> None:
        """Click the entry of these labels, once it is there; AssertionError where it is grey."""
        node = self.wait(lambda menu: menu.has(*path)).find(*path)
        assert node.is_enabled, f"{path!r} is grey"
        self.click_number(node.number)

    def click_number(self, number: int) -> None:
        """Click an entry that may be gone by now."""
        event = (number, "clicked", ("i", 0), 0)
        self.call(str(self.properties()["Menu"]), f"{DBUSMENU}.Event", "isvu", event)

    @property
    def signals(self) -> list[tuple[str, Body]]:
        """Member and body of each signal that the items have sent until now."""
        # It comes to the connection that hears them after all that the bus had for it before.
        ping = new_method_call(DBusAddress("/", self._served.unique_name), "Ping")
        self._client.send_and_get_reply(ping, timeout=TIMEOUT)
        return self._signals

    def signal_names(self) -> list[str]:
        return [name for name, _ in self.signals]

    def _is_named(self, name: str) -> Callable[[str], bool]:
        def check(item: str) -> bool:
            self._item = item
            return self.properties().get("Id") == name

        return check

    def _ask(self, message: Message) -> Message:
        return self._served.send_and_get_reply(message, timeout=TIMEOUT)

    def _serve(self) -> None:
        with suppress(OSError):  # closed, perhaps in the middle of an answer
            while True:
                message = self._served.receive()
                if message.header.message_type is MessageType.signal:
                    self._hear(message)
                elif message.header.message_type is MessageType.method_call:
                    self._served.send(self._answer(message))

    def _hear(self, signal: Message) -> None:
        member = signal.header.fields[HeaderFields.member]
        if member == "NameOwnerChanged":
            name, _, owner = signal.body
            if name in self.items and not owner:
                self.items.remove(name)
            return
        self._signals.append((member, signal.body))

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member]:
            case "RegisterStatusNotifierItem":
                self.registrations += 1
                if call.body[0] not in self.items:
                    self.items.append(call.body[0])
                return new_method_return(call)
            case "Notify":
                self.notices.append((call.body[3], call.body[4]))
                return new_method_return(call, "u", (len(self.notices),))
            case "GetCapabilities":
                return new_method_return(call, "as", (["body"],))
            case "GetServerInformation":
                return new_method_return(call, "ssss", ("fake", "tests", "1", "1.2"))
            case member:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (member,))
