"""How are secrets kept in the Keychain of macOS? By Apple's own program `security`.

Items that this Python made itself would be tied to its file: after each update of it a window would ask, and
a job that nobody watches would wait. What is secret goes through the program's input, never as an argument.
"""

import re
import subprocess
from collections.abc import Callable, Sequence

from daybell.core.references import is_name
from daybell.core.secret_words import LOCKED, SILENT, absent
from daybell.model.errors import SecretUnavailable

PROGRAM = "/usr/bin/security"
ACCOUNT = "daybell"
SERVICE = "daybell:"
"""How the services of ours begin; their names follow."""
SECONDS = 10.0
PROMPT_SECONDS = 120.0
NOT_FOUND = 44
"""Exit codes are the last byte of Apple's own numbers: here of errSecItemNotFound."""
LOCKED_CODES = frozenset({36, 51, 128})
"""Of errSecInteractionNotAllowed and errSecAuthFailed, and of a window that was closed."""
PASSWORD = re.compile(rb'^password: (?:0x([0-9A-Fa-f]+)|"(.*)"$)?', re.MULTILINE | re.DOTALL)

Call = Callable[[Sequence[str], bytes, float], "Said"]
"""Runs the program with these arguments, this input and for that many seconds."""


class Said:
    """What the program said."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out
        self.err = err


class Keychain:
    """`Keyring`, in the person's default keychain."""

    def __init__(self, call: Call | None = None, *, may_prompt: bool = False) -> None:
        self._call = call or run
        self._seconds = PROMPT_SECONDS if may_prompt else SECONDS

    def close(self) -> None:
        """Nothing is held."""

    def has(self, name: str) -> bool:
        return self._ask(_words("find-generic-password", name)) is not None

    def get(self, name: str) -> str | None:
        said = self._ask([*_words("find-generic-password", name), "-g"])
        if said is None:
            return None
        try:
            return password_in(said.err).decode()
        except UnicodeDecodeError:
            problem = f"the secret {name!r} is no text: set it anew with `daybell secret set {name}`"
        raise SecretUnavailable(problem, is_permanent=True)

    def set(self, name: str, secret: str) -> None:
        # Its shell ends with 0 whatever became of a line, but says what went wrong.
        said = self._call(["-i"], add_line(name, secret), self._seconds)
        if said.code or said.err.strip():
            raise SecretUnavailable(
                "the Keychain did not take it: unlock it in Keychain Access, and try again"
            )

    def remove(self, name: str) -> bool:
        return self._ask(_words("delete-generic-password", name)) is not None

    def names(self) -> list[str]:
        said = self._ask(["dump-keychain"])
        return [] if said is None else names_in(said.out)

    def _ask(self, words: Sequence[str]) -> Said | None:
        """None where there is no such item."""
        said = self._call(words, b"", self._seconds)
        if said.code == NOT_FOUND:
            return None
        if said.code in LOCKED_CODES:
            raise SecretUnavailable(LOCKED)
        if said.code:
            raise SecretUnavailable(f"the Keychain refuses ({said.code}): look into it with Keychain Access")
        return said


def run(words: Sequence[str], fed: bytes, seconds: float) -> Said:
    try:
        done = subprocess.run(  # noqa: S603 - Apple's own program
            [PROGRAM, *words], input=fed, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        problem = SILENT  # without the error itself, which has the input
    except OSError as error:
        raise SecretUnavailable(absent(f"{PROGRAM}: {error.strerror}", "darwin")) from error
    else:
        return Said(done.returncode, done.stdout, done.stderr)
    raise SecretUnavailable(problem)


def add_line(name: str, secret: str) -> bytes:
    """A line for its shell: in hexadecimal nothing has to be quoted, and no line ends too soon."""
    words = [*_words("add-generic-password", name), "-U", "-l", f'"Daybell: {name}"', "-X"]
    return f"{' '.join(words)} {secret.encode().hex()}\n".encode()


def password_in(said: bytes) -> bytes:
    """Of what `-g` prints: text between quotes, which are not escaped, or hexadecimal before it."""
    found = PASSWORD.search(said)
    if found is None:
        return b""
    coded, plain = found.groups()
    return bytes.fromhex(coded.decode()) if coded else plain or b""


def names_in(dump: bytes) -> list[str]:
    """Of ours in a dump of all, which has no passwords."""
    services = re.findall(rb'"svce"<blob>="' + SERVICE.encode() + rb'([^"\n]*)"', dump)
    return sorted(name for name in {one.decode(errors="replace") for one in services} if is_name(name))


def _words(verb: str, name: str) -> list[str]:
    return [verb, "-a", ACCOUNT, "-s", SERVICE + name]
