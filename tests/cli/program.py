"""The program as a person meets it: arguments in, text and an exit code out."""

from datetime import UTC, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from daybell.cli.main import main
from daybell.cli.terminal import Terminal

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Said(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


class Program:
    """`daybell`, in a home of its own, in a window of this width."""

    def __init__(self, home: Path) -> None:
        self.environ = {"DAYBELL_HOME": str(home)}
        self.home = home
        self.width = 80
        self.has_colour = False
        self.now = NOW
        self.answers: str | None = None
        """What the person types; None where nobody is there."""
        self.fed: bytes | None = None
        """What a pipe brings; None without one."""

    def __call__(self, *argv: str) -> Said:
        out, err = TextIOWrapper(BytesIO(), encoding="utf-8"), TextIOWrapper(BytesIO(), encoding="utf-8")
        answers = None if self.answers is None else StringIO(self.answers)
        fed = None if self.fed is None else BytesIO(self.fed)
        terminal = Terminal(out, err, self.environ, self.now, self.width, self.has_colour, UTC, answers, fed)
        code = main(argv, terminal)
        return Said(code, content(out), content(err))


def content(stream: TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()
