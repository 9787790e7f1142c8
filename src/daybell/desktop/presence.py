"""What is there on this desktop's session bus: a tray, a service for notices?"""

from collections.abc import Mapping
from typing import cast

from jeepney import DBusAddress, Message, MessageFlag, Properties, message_bus
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from daybell.core.checkup import Desktop
from daybell.desktop.bus.connection import Connection, connect
from daybell.desktop.session import session_bus_address, user_id

WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
HOST = "IsStatusNotifierHostRegistered"
PATIENCE = 0.5
"""Seconds for each answer."""


def presence(environ: Mapping[str, str]) -> Desktop:
    """Asks for a moment, and starts no service. Every trouble is part of the answer."""
    address = session_bus_address(environ, user_id())
    session = environ.get("XDG_CURRENT_DESKTOP", "")
    if address is None:
        return Desktop(None, session=session)
    try:
        connection = connect(address)
    except ConnectionError as error:
        return Desktop(address, str(error), session=session)
    try:
        return Desktop(address, "", _has_tray(connection), _has_notices(connection), session)
    except (OSError, TimeoutError, DBusErrorResponse) as error:
        return Desktop(address, f"the session bus at {address} breaks off: {error}", session=session)
    finally:
        connection.close()


def _has_tray(connection: Connection) -> bool:
    """A watcher, and where it tells of them a panel behind it."""
    if not _ask(connection, message_bus.NameHasOwner(WATCHER))[0]:
        return False
    call = Properties(DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)).get(HOST)
    call.header.flags = MessageFlag.no_auto_start
    try:
        _kind, has_host = cast("tuple[str, bool]", _ask(connection, call)[0])
    except (DBusErrorResponse, TimeoutError):
        return True  # it has no such property, or no time: an icon is worth trying
    return has_host


def _has_notices(connection: Connection) -> bool:
    """One that is there, or one that the bus starts when it is asked."""
    if _ask(connection, message_bus.NameHasOwner(NOTIFICATIONS))[0]:
        return True
    return NOTIFICATIONS in cast("list[str]", _ask(connection, message_bus.ListActivatableNames())[0])


def _ask(connection: Connection, call: Message) -> tuple[object, ...]:
    return cast("tuple[object, ...]", unwrap_msg(connection.send_and_get_reply(call, timeout=PATIENCE)))
