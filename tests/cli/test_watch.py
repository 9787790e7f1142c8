"""`daybell status --watch` in a real terminal, on a real app."""

import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app_home import DAYBELL, Home
from cli.program import Program
from daybell.cli.watch import ENTER, HOME, LEAVE

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="a window there is no file"),
]


class Screen:
    """A terminal with a program in it."""

    def __init__(self, ours: int, program: "subprocess.Popen[bytes]") -> None:
        self.ours = ours
        self.program = program
        self.shown = ""

    def until(self, text: str) -> str:
        """What is shown, up to there, within ten seconds."""
        self.shown = ""
        while text not in self.shown:
            assert select.select([self.ours], [], [], 10)[0], self.shown
            self.shown += os.read(self.ours, 65536).decode()
        return self.shown

    def resize(self, lines: int, columns: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


@contextmanager
def watching(home: Home) -> Iterator[Screen]:
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    environ = {name: value for name, value in home.environ.items() if name not in ("COLUMNS", "LINES")}
    program = subprocess.Popen(
        [*DAYBELL, "status", "--watch"],
        env={**environ, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - a small process, one thread
    )
    os.close(theirs)
    try:
        yield Screen(ours, program)
    finally:
        program.kill()
        program.wait(10)
        os.close(ours)


def test_it_is_drawn_anew_when_something_happens_and_only_then(app_home: Home) -> None:
    with watching(app_home) as screen:
        screen.resize(24, 80)
        assert screen.until("There are no jobs yet").count(ENTER) == 1
        app_home.daybell("add", "backup", "--", "true")
        assert HOME in screen.until("backup")
        app_home.daybell("run", "backup", "--wait")
        screen.until(" ok ")
        while select.select([screen.ours], [], [], 0.5)[0]:
            os.read(screen.ours, 65536)
        assert select.select([screen.ours], [], [], 1)[0] == []
        screen.resize(24, 30)
        lines = screen.until("RUN").split("\r\n")
        assert any(line.startswith("JOB") and len(line.replace("\x1b[K", "")) <= 30 for line in lines)
        screen.resize(3, 80)
        screen.until("more lines")
        os.write(screen.ours, b"\x03")
        assert screen.until(LEAVE).endswith(LEAVE)
        assert screen.program.wait(10) == 130


def test_it_outlives_the_app(app_home: Home) -> None:
    home = Home(app_home.path / "another")
    app = home.start("--headless")
    with watching(home) as screen:
        screen.until("is running since")
        app.send_signal(signal.SIGTERM)
        screen.until("Daybell is not running")
        assert app.wait(20) == 0
        with home.running("--headless"):
            screen.until("is running since")


def test_without_the_app_there_is_nothing_to_watch(lonely: Program, app_home: Home) -> None:
    home = Home(lonely.home)
    with watching(home) as screen:
        screen.until("Daybell is not running; start it with `daybell start`")
        assert ENTER not in screen.shown
        assert screen.program.wait(10) == 3
