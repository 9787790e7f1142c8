"""A job that prints without end: the disk stays bounded, and its head and tail are there, whoever dies."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app_home import Home
from daybell.core.excerpt import BLOCK, marker
from waiting import until

pytestmark = pytest.mark.system

CAP = 4 << 20
RATE = 64 << 20
"""Bytes a second at most."""
COUNT = 300 << 20
LINES = COUNT // BLOCK
CHATTER = f"""
import os, time
print("the beginning", flush=True)
for number in range({LINES}):
    os.write(1, b"x" * {BLOCK - 1} + b"\\n")
    if number % {RATE // BLOCK // 16} == 0:
        time.sleep(1 / 16)
print("the end", flush=True)
"""
PRINTED = COUNT + len("the beginning\nthe end\n")


def the_log(home: Home) -> Path | None:
    return next((home.path / "log" / "runs" / "big").glob("*.log"), None)


def on_disk(home: Home) -> int:
    path = the_log(home)
    return path.stat().st_blocks * 512 if path else 0


@contextmanager
def watched(home: Home) -> Iterator[list[int]]:
    """What its output took of the disk, again and again."""
    seen, is_over = [0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            seen.append(on_disk(home))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


def check(home: Home, seen: list[int], run: dict[str, object], unwatched: float = 0) -> None:
    """There was no Daybell for `unwatched` seconds."""
    path = the_log(home)
    assert path is not None
    # A second's output, and two more for a machine that is busy; the whole would take more than four.
    assert max(seen) < CAP + (3 + unwatched) * RATE
    assert run["output_bytes"] == PRINTED
    assert isinstance(run["output_dropped"], int)
    assert run["output_dropped"] > COUNT - CAP - BLOCK
    content = path.read_bytes()
    assert len(content) < CAP + 2 * BLOCK
    assert content.startswith(b"the beginning\n")
    assert content.endswith(b"\nthe end\n")
    assert content.count(marker(run["output_dropped"])) == 1


@pytest.fixture
def talkative(home: Home) -> Home:
    home.command("big", sys.executable, "-c", CHATTER, keep={"output": "4M"})
    return home


def test_a_job_that_prints_300_megabytes_takes_a_few(talkative: Home) -> None:
    with talkative.running("--headless"), watched(talkative) as seen:
        assert talkative.daybell("run", "big", "--wait", timeout=60).returncode == 0
        check(talkative, seen, talkative.history("big")[0])
        told = talkative.daybell("logs", "big").stdout
    assert told.startswith("the beginning\n")
    assert len(told) < CAP + 2 * BLOCK


def test_it_is_watched_on_after_daybell_was_killed(talkative: Home) -> None:
    with watched(talkative) as seen:
        app = talkative.start("--headless")
        assert talkative.daybell("run", "big").returncode == 0
        until(lambda: (path := the_log(talkative)) is not None and path.stat().st_size > 3 * CAP, 10)
        app.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        app.wait(10)
        with talkative.running("--headless"):
            unwatched = time.monotonic() - killed
            until(lambda: bool(talkative.ended("big")), 60)
            run = talkative.ended("big")[0]
    assert run["outcome"] == "interrupted"
    check(talkative, seen, run, unwatched)


def test_what_was_killed_with_daybell_is_closed_up(talkative: Home) -> None:
    pid = talkative.path / "pid"
    begin = f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
    talkative.command("big", sys.executable, "-c", begin + CHATTER, keep={"output": "4M"})
    app = talkative.start("--headless")
    assert talkative.daybell("run", "big").returncode == 0
    until(lambda: (path := the_log(talkative)) is not None and path.stat().st_size > 20 * CAP, 20)
    app.send_signal(signal.SIGKILL)
    app.wait(10)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    path = the_log(talkative)
    assert path is not None
    with talkative.running("--headless"):
        until(lambda: path.stat().st_size < CAP + 2 * BLOCK, 10)
        until(lambda: bool(talkative.ended("big")), 10)
        assert talkative.ended("big")[0]["outcome"] == "interrupted"
    assert path.read_bytes().startswith(b"the beginning\n")
