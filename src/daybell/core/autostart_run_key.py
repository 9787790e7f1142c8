"""How is Windows told to start Daybell at login, and what has it been told? By a value below the Run key.

A command line is one text there, which each program takes apart itself; all do it as the C library does.
"""

import re
from collections.abc import Iterator

from daybell.core.autostart import Command, Entry, refuse_unspeakable
from daybell.model.errors import Conflict

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
VALUE = "Daybell"
LONGEST = 260
"""Characters of what the key takes."""


def render(command: Command) -> str:
    """The value. Conflict where it cannot say that."""
    refuse_unspeakable(command)
    program, *arguments = command
    line = " ".join([f'"{program}"', *map(_quoted, arguments)])
    if '"' in program or len(line) > LONGEST:
        raise Conflict(
            f"Windows starts nothing at login whose path is so long or has quotes in it: {program}"
        )
    return line


def read(value: str, approved: bytes | None) -> Entry:
    """`approved` is what Task Manager has noted beside it: an odd first byte means no."""
    is_off = bool(approved and approved[0] & 1)
    return Entry(
        tuple(_words(value)), "the list of startup apps (in Settings or Task Manager)" if is_off else None
    )


def _quoted(word: str) -> str:
    """Backslashes count only before a quote, and there twice."""
    marked = re.sub(r'(\\*)"', r'\1\1\\"', word)
    if word and not re.search(r"[ \t]", word):
        return marked
    return '"' + re.sub(r"(\\+)$", r"\1\1", marked) + '"'


def _words(line: str) -> Iterator[str]:
    """The program ends with its quote; backslashes mean themselves in it."""
    program = re.match(r'[ \t]*(?:"([^"]*)"|([^ \t"]+))', line)
    if program is None:
        return
    yield program[1] if program[1] is not None else program[2]
    for word in re.finditer(r'(?:\\[\\"]|[^ \t"]|"(?:\\[\\"]|[^"])*(?:"|$))+', line[program.end() :]):
        yield _unquoted(word[0])


def _unquoted(word: str) -> str:
    halved = re.sub(r'(\\*)("?)', lambda found: _before(found[1], found[2]), word)
    return halved.replace("\0", '"')


def _before(backslashes: str, quote: str) -> str:
    """What a run of backslashes means; a quote that is meant is marked as NUL, which no word has."""
    if not quote:
        return backslashes
    half, rest = divmod(len(backslashes), 2)
    return "\\" * half + ("\0" if rest else "")
