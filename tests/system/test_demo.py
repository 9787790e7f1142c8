"""The demo shows every state, sums up, and leaves nothing behind."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from app_home import DAYBELL, Home

pytestmark = pytest.mark.system


def test_it_tells_each_event_and_sums_up(home: Home, tmp_path: Path) -> None:
    home.environ["TMPDIR"] = str(tmp_path)
    done = home.daybell("start", "--demo", "--headless", "--seconds", "8")
    assert done.returncode == 0, done.stderr
    for told in (
        "heartbeat succeeded",
        "greeting succeeded",
        "back-up-photos succeeded",
        "overruns skipped: overlap",
        "broken.json: handler: missing",
        "the demo's jobs came to",
    ):
        assert told in done.stdout
    assert list(tmp_path.iterdir()) == []


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
