"""A keyring for tests: a Secret Service on a bus of its own, with as much of it as programs use.

    with private_bus() as address, FakeKeyring(address) as keyring:
        start a program with DBUS_SESSION_BUS_ADDRESS=address
        keyring.secrets() == {"restic": "hunter2"}

It may be locked, and then asks a person who is `polite`, `rude` or `away`; it may hang, answer nonsense, or
be gone. It remembers which of its methods were called.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

NAME = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
LOGIN = f"{ROOT}/collection/login"
PROMPT = f"{ROOT}/prompt/p1"
SESSION = f"{ROOT}/session/s1"
NOTHING = "/"
SECRET = "org.freedesktop.Secret"

Person = Literal["polite", "rude", "away"]
"""Types the password, closes the window, or does nothing."""
Answer = tuple[str, tuple[Any, ...]]


class Item:
    def __init__(self, attributes: dict[str, str], value: bytes) -> None:
        self.attributes = attributes
        self.value = value


class FakeKeyring:
    """A thread that answers, until it is closed."""

    def __init__(self, address: str, **secrets: str) -> None:
        self.items: dict[str, Item] = {}
        self.is_locked = False
        self.unlocks_by_itself = False
        self.has_default = True
        self.is_hanging = False
        self.hangs_at = ""
        """The member that is never answered."""
        self.vanishes_at = ""
        """The member at which it crashes."""
        self.nonsense: Answer | None = None
        self.error = ""
        self.person: Person = "away"
        self.called: list[str] = []
        self._after_prompt: Callable[[], object] = lambda: NOTHING
        self._numbers = 0
        self._bus: DBusConnection = open_dbus_connection(address)
        for name, secret in secrets.items():
            self.put(name, secret)
        unwrap_msg(self._bus.send_and_get_reply(message_bus.RequestName(NAME)))
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake keyring", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join(10)
        self._bus.close()

    def put(self, name: str, secret: str | bytes) -> None:
        value = secret.encode() if isinstance(secret, str) else secret
        self._add({"application": "daybell", "name": name}, value)

    def secrets(self) -> dict[str, str]:
        """Those of Daybell, by name."""
        ours = [item for item in self.items.values() if item.attributes.get("application") == "daybell"]
        return {item.attributes["name"]: item.value.decode() for item in ours}

    def _run(self) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                message = self._bus.receive(timeout=0.05)
                if message.header.message_type is MessageType.method_call:
                    self._answer(message)

    def _answer(self, call: Message) -> None:
        fields = call.header.fields
        member = str(fields[HeaderFields.member])
        self.called.append(member)
        if self.is_hanging or member == self.hangs_at:
            return
        if member == self.vanishes_at:
            self._is_over.set()
            unwrap_msg(self._bus.send_and_get_reply(message_bus.ReleaseName(NAME)))
            self._bus.close()
            return
        if self.error:
            self._bus.send(new_error(call, self.error))
            return
        path = str(fields[HeaderFields.path])
        signature, body = self.nonsense or getattr(self, f"_{member}")(path, *call.body)
        self._bus.send(new_method_return(call, signature, body))
        if member == "Prompt" and self.person != "away":
            self._complete(path)

    def _complete(self, path: str) -> None:
        found: object = NOTHING
        if self.person == "polite":
            self.is_locked = False
            found = self._after_prompt()
        body = (self.person == "rude", ("o", found))
        emitter = DBusAddress(path, NAME, f"{SECRET}.Prompt")
        self._bus.send(new_signal(emitter, "Completed", "bv", body))

    def _add(self, attributes: dict[str, str], value: bytes) -> str:
        self._numbers += 1
        path = f"{LOGIN}/{self._numbers}"
        self.items[path] = Item(attributes, value)
        return path

    def _OpenSession(self, _path: str, algorithm: str, _input: object) -> Answer:
        assert algorithm == "plain"
        return "vo", (("s", ""), SESSION)

    def _SearchItems(self, _path: str, wanted: dict[str, str]) -> Answer:
        found = [path for path, item in self.items.items() if wanted.items() <= item.attributes.items()]
        return "aoao", (([], found) if self.is_locked else (found, []))

    def _Get(self, path: str, _interface: str, _name: str) -> Answer:
        return "v", (("a{ss}", {} if self.is_locked else self.items[path].attributes),)

    def _Unlock(self, _path: str, paths: list[str]) -> Answer:
        if not self.is_locked:
            return "aoo", (paths, NOTHING)
        if self.unlocks_by_itself:
            self.is_locked = False
            return "aoo", (paths, NOTHING)
        self._after_prompt = lambda: NOTHING
        return "aoo", ([], PROMPT)

    def _ReadAlias(self, _path: str, _name: str) -> Answer:
        return "o", (LOGIN if self.has_default else NOTHING,)

    def _CreateCollection(self, _path: str, _properties: object, _alias: str) -> Answer:
        def made() -> object:
            self.has_default = True
            return LOGIN

        self._after_prompt = made
        return "oo", (NOTHING, PROMPT)

    def _CreateItem(
        self, path: str, properties: dict[str, Any], secret: tuple[Any, ...], _replace: object
    ) -> Answer:
        assert path == LOGIN
        session, _parameters, value, _kind = secret
        assert session == SESSION
        _signature, attributes = properties[f"{SECRET}.Item.Attributes"]
        return "oo", (self._add(attributes, bytes(value)), NOTHING)

    def _SetSecret(self, path: str, secret: tuple[Any, ...]) -> Answer:
        self.items[path].value = bytes(secret[2])
        return "", ()

    def _GetSecret(self, path: str, session: str) -> Answer:
        assert session == SESSION
        return "(oayays)", ((SESSION, b"", self.items[path].value, "text/plain"),)

    def _Delete(self, path: str) -> Answer:
        del self.items[path]
        return "o", (NOTHING,)

    def _Prompt(self, _path: str, _window: str) -> Answer:
        return "", ()

    def _Dismiss(self, _path: str) -> Answer:
        return "", ()
