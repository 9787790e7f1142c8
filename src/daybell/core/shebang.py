"""Which interpreter does the first line of a script name?"""

from msgspec import Struct

LONGEST = 256
"""Bytes of a line that systems look at."""


class Interpreter(Struct, frozen=True):
    """What a script is handed to."""

    path: str
    searched: str = ""
    """The name that `env` looks for on PATH; empty where none does."""
    is_of_dos: bool = False
    """The line ends as on Windows, so that the system takes the carriage return for a part of the name."""


def interpreter(head: bytes) -> Interpreter | None:
    """Of the beginning of a file; None where it is no script, or the line is too odd to be judged."""
    if not head.startswith(b"#!"):
        return None
    line, end, _rest = head[:LONGEST].partition(b"\n")
    if not end and len(head) >= LONGEST:
        return None
    words = line[2:].decode(errors="surrogateescape").rstrip("\r").split()
    if not words or not words[0].startswith("/"):
        return None
    is_of_dos = line.endswith(b"\r")
    searched = ""
    if words[0].endswith("/env"):
        rest = [word for word in words[1:] if word != "-S"]
        if not rest or rest[0].startswith("-") or "=" in rest[0]:
            return None
        searched = rest[0]
    return Interpreter(words[0], searched, is_of_dos)
