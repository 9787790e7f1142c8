"""`status --watch`: how do things stand, all the time? Drawn anew when something happens, and only then."""

import shutil
import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from queue import SimpleQueue
from typing import cast

from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.shapes import StatusShape
from daybell.cli.asking import NOT_RUNNING, app
from daybell.cli.failure import UsageError
from daybell.cli.standing import print_status
from daybell.cli.terminal import Terminal
from daybell.core.tables import cut

SILENCE = 60.0
"""Seconds: the app says something every 25."""
PAUSE = 0.1
"""Seconds between two drawings: many things may happen at once."""
RETRY = 2.0
"""Seconds until a Daybell that is gone is looked for again."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""A screen of its own, without a cursor; and back to what was there before."""
HOME, REST_OF_LINE, REST = "\x1b[H", "\x1b[K", "\x1b[J"


def watch(args: Namespace, terminal: Terminal) -> int:
    if args.json or not terminal.out.isatty():
        raise UsageError("--watch needs a terminal; programs follow GET /api/v1/events")
    # Only what happens is drawn: how long ago it was would soon be wrong.
    terminal = terminal._replace(is_absolute=True)
    with app(terminal) as client:
        client.get("/api/v1/status")  # where nobody answers at all, there is nothing to watch
        with _screen(terminal):
            news = _listen(client)
            while True:
                _draw(_text(client, terminal), terminal)
                _next(news)


def _text(client: Client, terminal: Terminal) -> str:
    shown = terminal.renewed()._replace(out=StringIO(), err=StringIO())
    try:
        print_status(cast("StatusShape", client.get("/api/v1/status")), shown)
    except NotRunning:
        return f"{NOT_RUNNING}\n"
    except ApiError as error:
        return f"{error}\n"
    return cast("StringIO", shown.out).getvalue() + cast("StringIO", shown.err).getvalue()


def _draw(text: str, terminal: Terminal) -> None:
    """In one piece, over what was there: nothing flickers."""
    columns, height = shutil.get_terminal_size()
    lines = text.splitlines()
    if len(lines) > height:
        lines = [*lines[: height - 1], cut(f"and {len(lines) - height + 1} more lines", columns)]
    terminal.out.write(HOME + "\r\n".join(line + REST_OF_LINE for line in lines) + REST)
    terminal.out.flush()


def _next(news: "SimpleQueue[None]") -> None:
    """Returns when there is any; what comes right behind is news of the same drawing."""
    news.get()
    threading.Event().wait(PAUSE)
    while not news.empty():
        news.get()


def _listen(client: Client) -> "SimpleQueue[None]":
    """An entry whenever something has happened, or the window is another one."""
    news: SimpleQueue[None] = SimpleQueue()
    threading.Thread(target=_hear, args=(client, news), name="events", daemon=True).start()
    if hasattr(signal, "SIGWINCH"):
        signal.signal(signal.SIGWINCH, lambda *_: news.put(None))
    return news


def _hear(client: Client, news: "SimpleQueue[None]") -> None:
    """For ever: a Daybell that stops may come back."""
    while True:
        with suppress(NotRunning, ApiError):
            for line in client.lines("/api/v1/events", SILENCE):
                if line.startswith(b"data:"):
                    news.put(None)
        news.put(None)
        threading.Event().wait(RETRY)


@contextmanager
def _screen(terminal: Terminal) -> Iterator[None]:
    """Afterwards all is as it was, however it ends."""
    terminal.out.write(ENTER)
    terminal.out.flush()
    try:
        yield
    finally:
        terminal.out.write(LEAVE)
        terminal.out.flush()
