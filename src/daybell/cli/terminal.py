"""What does a command see of the outside? Its streams, its window, its environment and the present moment."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from io import TextIOWrapper
from typing import IO, NamedTuple, TextIO

from daybell.api.client import Json
from daybell.cli.failure import Failure
from daybell.cli.times import relative, short
from daybell.core.tables import Column, Row, clean, pairs, table
from daybell.store.directories import Directories, find

UNBOUNDED = 1000
"""Columns where there is no window: nothing is cut for a file or for grep."""


class Terminal(NamedTuple):
    """Data goes to `out`, sentences to `err`."""

    out: TextIO
    err: TextIO
    environ: Mapping[str, str]
    now: datetime
    width: int = 80
    has_colour: bool = False
    zone: tzinfo | None = None
    """Where the person is; None: as this machine's clock says."""
    answers: TextIO | None = None
    """What the person types; None where nobody can be asked."""
    fed: IO[bytes] | None = None
    """What a pipe brings; None at a terminal."""
    is_absolute: bool = False
    """Times are told by the clock, and not by how far away they are."""

    @property
    def directories(self) -> Directories:
        return find(self.environ)

    def when(self, text: str | None) -> str:
        """An instant of the API, for a table."""
        return (short if self.is_absolute else relative)(text, self.now, self.zone)

    def renewed(self) -> "Terminal":
        """At this moment, and in the window as it is now."""
        return self._replace(now=_now(), width=columns(UNBOUNDED))

    @property
    def can_draw(self) -> bool:
        """It knows more than ASCII."""
        return not self.out.encoding or "utf" in self.out.encoding.lower()

    def print(self, *lines: str) -> None:
        """Data, a line each."""
        for line in lines:
            self.out.write(line + "\n")

    def print_json(self, value: Json) -> None:
        """Data for programs. Escaped, so that no text can steer a terminal."""
        self.print(json.dumps(value, indent=2))

    def print_bytes(self, content: bytes) -> None:
        """Data exactly as it is, at once."""
        self.out.flush()
        if isinstance(self.out, TextIOWrapper):
            self.out.buffer.write(content)
            self.out.buffer.flush()
        else:
            self.out.write(content.decode(errors="replace"))

    def print_table(self, columns: list[Column], rows: list[Row]) -> None:
        self.print(*table(columns, rows, self.width, has_colour=self.has_colour))

    def print_pairs(self, fields: list[tuple[str, str]]) -> None:
        self.print(*pairs(fields, has_colour=self.has_colour))

    def ask(self, question: str) -> str:
        """What the person answers, in small letters; nothing where they end their input."""
        assert self.answers is not None
        self.err.write(clean(question) + " ")
        self.err.flush()
        return self.answers.readline().strip().lower()

    def ask_unseen(self, question: str) -> str:
        """As `ask`, exactly as it is typed, and not shown meanwhile. Failure where that cannot be done."""
        assert self.answers is not None
        if self.answers is not sys.stdin:
            self.err.write(clean(question) + " ")
            return self.answers.readline().removesuffix("\n")
        from getpass import GetPassWarning, getpass  # noqa: PLC0415 - one command needs it
        from warnings import catch_warnings, simplefilter  # noqa: PLC0415 - as above

        with catch_warnings():
            simplefilter("error", GetPassWarning)
            try:
                return getpass(clean(question) + " ", self.err)
            except (GetPassWarning, EOFError):
                problem = "nothing was typed, or it cannot be hidden here; --stdin takes it from a pipe"
        raise Failure(problem)

    def is_sure(self, question: str) -> bool:
        """True where nobody can be asked: a program has made up its mind."""
        return self.answers is None or self.ask(f"{question} [y/N]") in ("y", "yes")

    def say(self, message: str) -> None:
        """Sentences for the person, who may see job output in them."""
        for line in message.splitlines():
            self.err.write(clean(line) + "\n")


def this_terminal() -> Terminal:
    """The one this process was started in."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a window that cannot show "…" is no reason to fail
    return Terminal(
        out=sys.stdout,
        err=sys.stderr,
        environ=os.environ,
        now=_now(),
        width=columns(UNBOUNDED),
        has_colour=wants_colour(os.environ, sys.platform, is_terminal=sys.stdout.isatty()),
        fed=None if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer,
        answers=sys.stdin if sys.stdin.isatty() and sys.stderr.isatty() else None,
    )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a command lives for a moment: it only tells today from tomorrow


def columns(without: int) -> int:
    """Of the window; or so many, where there is none. As `shutil` finds it, which brings bz2 along."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or without  # type: ignore[union-attr]  # AttributeError
    return without


def wants_colour(environ: Mapping[str, str], platform: str, *, is_terminal: bool) -> bool:
    """Only where somebody looks, and did not say no (no-color.org)."""
    if not is_terminal or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return platform != "win32" or "WT_SESSION" in environ
