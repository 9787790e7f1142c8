"""How are secrets kept in the desktop's own keyring on Linux? By the Secret Service, over the session bus.

They travel plain: the bus is a socket of this person's alone, and whoever may listen there may ask as well.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from jeepney import DBusAddress, HeaderFields, Message, Properties, new_method_call
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from daybell.core.references import is_name
from daybell.core.secret_words import LOCKED, SILENT, absent
from daybell.desktop.bus.connection import Connection, connect
from daybell.desktop.secrets.prompts import NOTHING, PROMPT, asked_for
from daybell.desktop.session import session_bus_address, user_id
from daybell.model.errors import SecretUnavailable

NAME = "org.freedesktop.secrets"
SERVICE, COLLECTION, ITEM = (f"org.freedesktop.Secret.{part}" for part in ("Service", "Collection", "Item"))
ROOT = "/org/freedesktop/secrets"
SECONDS = 10.0
"""For the keyring to do what it is asked; it may have to be started. A person at a prompt has more."""
MARK = {"application": "daybell"}
"""The attribute by which ours are told from all others."""
PROMPT_SECONDS = 120.0
"""For a person to find the window and type a password."""
KIND = "text/plain; charset=utf8"
GONE = (".ServiceUnknown", ".NameHasNoOwner", ".Spawn.ServiceNotFound", ".Spawn.ExecFailed")
LOST = (".NoReply", ".Disconnected", ".Timeout", ".TimedOut")

Body = tuple[object, ...]


class SecretService:
    """`Keyring`. With `may_prompt`, a person is there whom the keyring may ask for its password."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        may_prompt: bool = False,
        seconds: float = SECONDS,
        prompt_seconds: float = PROMPT_SECONDS,
    ) -> None:
        self._may_prompt = may_prompt
        self._prompt_seconds = prompt_seconds
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        address = session_bus_address(environ, user_id())
        if address is None:
            raise SecretUnavailable(absent("there is no session bus", "linux"))
        try:
            self._bus: Connection = connect(address)
        except ConnectionError as error:
            raise SecretUnavailable(absent(str(error), "linux")) from error
        try:
            plain = ("plain", ("s", ""))
            _, self._session = self._ask(ROOT, f"{SERVICE}.OpenSession", "vo", "sv", plain)
        except BaseException:
            self._bus.close()
            raise

    def close(self) -> None:
        self._bus.close()

    def has(self, name: str) -> bool:
        return any(self._search(_of(name)))

    def get(self, name: str) -> str | None:
        items = self._items(name)
        if not items:
            return None
        ((_, _, value, _),) = self._ask(items[0], f"{ITEM}.GetSecret", "(oayays)", "o", (self._session,))
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            problem = f"the secret {name!r} is no text: set it anew with `daybell secret set {name}`"
        raise SecretUnavailable(problem, is_permanent=True)

    def set(self, name: str, secret: str) -> None:
        content = (self._session, b"", secret.encode(), KIND)
        items = self._items(name)
        for item in items:
            self._ask(item, f"{ITEM}.SetSecret", "", "(oayays)", (content,))
        if not items:
            properties = {
                f"{ITEM}.Label": ("s", f"Daybell: {name}"),
                f"{ITEM}.Attributes": ("a{ss}", _of(name)),
            }
            wish = (properties, content, True)
            _, prompt = self._ask(
                self._collection(), f"{COLLECTION}.CreateItem", "oo", "a{sv}(oayays)b", wish
            )
            self._settle(prompt)

    def remove(self, name: str) -> bool:
        items = self._items(name)
        for item in items:
            (prompt,) = self._ask(item, f"{ITEM}.Delete", "o")
            self._settle(prompt)
        return bool(items)

    def names(self) -> list[str]:
        unlocked, locked = self._search(MARK)
        if locked:  # it need not tell what such ones are called
            self._unlock(locked)
        found = {self._name_of(item) for item in (*unlocked, *locked)}
        return sorted(name for name in found if is_name(name))

    def _name_of(self, item: str) -> str:
        call = Properties(DBusAddress(item, NAME, ITEM)).get("Attributes")
        ((signature, attributes),) = self._send(call, "v")
        return str(attributes.get("name", "")) if signature == "a{ss}" else ""

    def _items(self, name: str) -> list[str]:
        """All of this name, unlocked."""
        unlocked, locked = self._search(_of(name))
        if locked:
            self._unlock(locked)
        return [*unlocked, *locked]

    def _search(self, attributes: Mapping[str, str]) -> tuple[list[str], list[str]]:
        unlocked, locked = self._ask(ROOT, f"{SERVICE}.SearchItems", "aoao", "a{ss}", (dict(attributes),))
        return list(unlocked), list(locked)

    def _collection(self) -> str:
        """Where new ones go, unlocked."""
        (found,) = self._ask(ROOT, f"{SERVICE}.ReadAlias", "o", "s", ("default",))
        if found != NOTHING:
            self._unlock([found])
            return str(found)
        wish = ({f"{COLLECTION}.Label": ("s", "Default keyring")}, "default")
        made, prompt = self._ask(ROOT, f"{SERVICE}.CreateCollection", "oo", "a{sv}s", wish)
        return str(self._settle(prompt) if made == NOTHING else made)

    def _unlock(self, paths: list[str]) -> None:
        _, prompt = self._ask(ROOT, f"{SERVICE}.Unlock", "aoo", "ao", (paths,))
        self._settle(prompt)

    def _settle(self, prompt: str) -> object:
        """What a person gives by a prompt. Nobody waits for a job whose prompt nobody can see."""
        if prompt == NOTHING:
            return None
        if not self._may_prompt:
            with suppress(SecretUnavailable):  # one that was never shown need not be there
                self._ask(prompt, f"{PROMPT}.Dismiss", "")
            raise SecretUnavailable(LOCKED)
        found = asked_for(self._bus, NAME, prompt, self._prompt_seconds)
        self._until = time.monotonic() + self._seconds
        return found

    def _ask(
        self, path: str, method: str, answer: str, signature: str | None = None, body: Body = ()
    ) -> tuple[Any, ...]:
        interface, _, member = method.rpartition(".")
        return self._send(
            new_method_call(DBusAddress(path, NAME, interface), member, signature, body), answer
        )

    def _send(self, call: Message, expected: str) -> tuple[Any, ...]:
        """The answer, which has this signature."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise SecretUnavailable(SILENT)
        try:
            answer = self._bus.send_and_get_reply(call, timeout=left)
            body = unwrap_msg(answer)
        except DBusErrorResponse as error:
            raise _refusal(error.name) from error
        except (OSError, TimeoutError) as error:
            raise SecretUnavailable(SILENT) from error
        if answer.header.fields.get(HeaderFields.signature, "") != expected:
            raise SecretUnavailable("the keyring gives answers that no keyring gives: look what it is")
        return cast("tuple[Any, ...]", body)


def _of(name: str) -> dict[str, str]:
    return {**MARK, "name": name}


def _refusal(error: str) -> SecretUnavailable:
    """What the error of this name means. Its text may be anything, and is not told."""
    if error.endswith(GONE):
        return SecretUnavailable(absent("nothing on the session bus is one", "linux"))
    if error.endswith(".IsLocked"):
        return SecretUnavailable(LOCKED)
    if error.endswith(LOST):
        return SecretUnavailable(SILENT)
    return SecretUnavailable(f"the keyring refuses ({error}): look into it with its own program")
