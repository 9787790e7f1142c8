"""How do other programs of this person ask the running app? With the standard library only, to start fast."""

import json
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from daybell.api.conversation import Answer, Broken, Conversation
from daybell.api.peers import ROOT, is_allowed, own_uid, peer_uid

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
"""A value as JSON knows it."""
Query = Mapping[str, str | int | Sequence[str]]
"""What stands behind the path; a sequence repeats its key."""
Heard = Callable[[Mapping[str, str]], None]
"""Is told the headers of an answer, by their names, written Like-This."""

PATIENCE = 15.0
"""Seconds for an answer: longer than the app itself waits for a slow disk before it says so."""
AGENT = "daybell"
"""How it names itself."""
NEXT = "Daybell-Next-Offset"
"""The header of output that says where to go on: bytes are counted as the command printed them."""


class NotRunning(Exception):
    """Nobody listens: the app is not running."""


class ApiError(Exception):
    """The app, or the way to it, says no. `status` is 0 where there was no answer at all."""

    def __init__(
        self, code: str, message: str, problems: Sequence[Mapping[str, str]] = (), status: int = 0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.status = status


class Client:
    """One request a call, each on a connection of its own. NotRunning and ApiError are all it raises.

    Through the unix socket; `reach.client_of` chooses the way that this system has.
    """

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def get(self, path: str, query: Query | None = None, timeout: float = PATIENCE) -> Json:
        """`timeout` in seconds."""
        return self._ask("GET", path, query=query, timeout=timeout)

    def post(self, path: str, body: Json = None, timeout: float = PATIENCE) -> Json:
        """No body where it is None. `timeout` in seconds."""
        return self._ask("POST", path, body=body, timeout=timeout)

    def put(self, path: str, body: Json, etag: str) -> Json:
        """Only over the state that `etag` names, or over any: "*"."""
        return self._ask("PUT", path, body=body, etag=etag)

    def patch(self, path: str, body: Json, etag: str) -> Json:
        """As `put`."""
        return self._ask("PATCH", path, body=body, etag=etag)

    def delete(self, path: str, timeout: float = PATIENCE) -> Json:
        return self._ask("DELETE", path, timeout=timeout)

    def lines(self, path: str, timeout: float) -> Iterator[bytes]:
        """Each line of the body as it comes; `timeout` is the longest silence, in seconds."""
        with self._answer("GET", path, timeout=timeout) as answer:
            yield from answer.lines()

    def chunks(self, path: str, query: Query | None = None, heard: Heard = lambda _: None) -> Iterator[bytes]:
        """The body as it comes, for what may be long; `heard` is called before."""
        with self._answer("GET", path, query=query) as answer:
            heard(answer.headers)
            yield from answer.parts()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Json = None,
        timeout: float = PATIENCE,
        etag: str = "",
    ) -> Json:
        with self._answer(method, path, query=query, body=body, timeout=timeout, etag=etag) as answer:
            content = answer.read()
        return _decode(content) if content else None

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Json = None,
        timeout: float = PATIENCE,
        etag: str = "",
    ) -> Iterator[Answer]:
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        content = None if body is None else json.dumps(body).encode()
        headers = {"User-Agent": AGENT}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if etag:
            headers["If-Match"] = etag if etag == "*" else f'"{etag}"'
        try:
            with closing(self._conversation(timeout)) as conversation:
                headers |= self._introduce(conversation)
                answer = conversation.ask(method, target, headers, content)
                if answer.status >= 400:
                    raise _refusal(answer)
                yield answer
        except TimeoutError as error:
            raise ApiError("no_answer", f"Daybell did not answer within {timeout:g} seconds") from error
        except (OSError, Broken) as error:
            raise ApiError("no_answer", f"Daybell broke off the conversation: {error}") from error

    def _conversation(self, timeout: float) -> Conversation:
        """NotRunning, ApiError, OSError."""
        return Conversation(_connected(self._socket_path, timeout), "daybell")

    def _introduce(self, conversation: Conversation) -> dict[str, str]:  # noqa: ARG002 - others need it
        """What to send along, so that we are let in; nothing here, where the kernel says who we are."""
        return {}


def _connected(path: Path, timeout: float) -> socket.socket:
    """To whoever listens there, if that is us."""
    if sys.platform == "win32":
        raise ApiError("not_supported", "Python has no unix sockets on Windows")
    plain = socket.socket(socket.AF_UNIX)
    try:
        plain.settimeout(timeout)
        _connect(plain, path)
    except BaseException:
        plain.close()
        raise
    return plain


def _connect(plain: socket.socket, path: Path) -> None:
    try:
        plain.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
        raise NotRunning("Daybell is not running") from error
    except PermissionError as error:
        raise _belongs_to_another(path) from error
    # Whoever listens at a path that others could have made might collect our commands.
    if own_uid() != ROOT and not is_allowed(peer_uid(plain), own_uid()):
        raise _belongs_to_another(path)


def _belongs_to_another(path: Path) -> ApiError:
    return ApiError("not_permitted", f"the Daybell at {path} belongs to another user")


def _refusal(answer: Answer) -> ApiError:
    content = _decode(answer.read())
    error = content.get("error") if isinstance(content, dict) else None
    if not isinstance(error, dict):
        return ApiError("no_answer", f"Daybell answered {answer.status} {answer.reason}", (), answer.status)
    problems = error.get("problems")
    return ApiError(
        str(error.get("code", "error")),
        str(error.get("message", answer.reason)),
        [_texts(problem) for problem in problems if isinstance(problem, dict)]
        if isinstance(problems, list)
        else (),
        answer.status,
    )


def _texts(values: Mapping[str, Json]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _decode(content: bytes) -> Json:
    try:
        value: Json = json.loads(content)
    except ValueError as error:
        raise ApiError("no_answer", "Daybell's answer is not JSON") from error
    return value
