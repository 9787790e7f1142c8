"""The demo shows every state, sums up, and leaves nothing behind."""

import os
import pty
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from app_home import DAYBELL, Home

pytestmark = pytest.mark.system

DEEP = 66
"""Letters of a directory in which the socket of a demo has no room, but in a short one beside it has."""


def test_it_tells_each_event_and_sums_up(home: Home) -> None:
    awaited = {
        "heartbeat succeeded",
        "greeting succeeded",
        "back-up-photos succeeded",
        "overruns skipped: overlap",
        "broken.json: handler: missing",
    }
    base = Path(tempfile.mkdtemp(prefix="daybell-test-"))
    place = base / ("x" * (DEEP - len(str(base)) - 1))
    place.mkdir()
    environ = {**home.environ, "TMPDIR": str(place)}
    argv = [*DAYBELL, "start", "--demo", "--headless", "--seconds", "60"]
    with subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        for line in demo.stdout:  # until it has told all of them, or is over
            awaited = {told for told in awaited if told not in line}
            if not awaited:
                break
        demo.send_signal(signal.SIGTERM)
        rest = demo.stdout.read()
        assert demo.wait(20) == 0
    assert not awaited
    assert "the demo's jobs came to" in rest
    assert list(place.iterdir()) == []
    shutil.rmtree(base)


def test_on_a_terminal_it_draws_a_table_and_gives_the_screen_back(home: Home) -> None:
    ours, theirs = pty.openpty()
    environ = {**home.environ, "COLUMNS": "100", "LINES": "40"}
    with subprocess.Popen(
        [*DAYBELL, "start", "--demo", "--headless", "--seconds", "5"],
        env=environ,
        stdout=theirs,
        stderr=theirs,
    ) as demo:
        os.close(theirs)
        screen = b""
        while chunk := read(ours):
            screen += chunk
        assert demo.wait(20) == 0
    os.close(ours)
    text = screen.decode()
    assert text.index("\x1b[?1049h") < text.index("\x1b[?1049l")
    table = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    for state in ("idle", "running", "paused", "disabled", "completed", "invalid"):
        assert re.search(rf"\b{state}\b", table), state
    assert "the demo's jobs came to" in text[text.index("\x1b[?1049l") :]


def read(terminal: int) -> bytes:
    """What the other side wrote; nothing once it is gone."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
