import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from api.fake_service import FakeService, add
from cli.program import Program
from daybell.cli.departure import Wait, by_looking, by_system, watch

SOON = 10
"""Seconds; far more than any of this takes."""


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    """Lives until its input ends. Nobody reaps it before the test's end: it becomes a zombie."""
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield living
    living.communicate()


def end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


@contextmanager
def obeying(service: FakeService, process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """The process ends when it is told to stop."""

    def obey() -> None:
        assert service.stop_asked.wait(SOON)
        end(process)

    thread = threading.Thread(target=obey)
    thread.start()
    yield
    thread.join(SOON)


def test_stop_returns_when_the_process_is_gone(
    daybell: Program, service: FakeService, process: "subprocess.Popen[bytes]"
) -> None:
    service.pid = process.pid

    with obeying(service, process):
        assert daybell("stop") == (0, "", "Daybell has stopped\n")


def test_programs_are_told_what_was_running(
    daybell: Program, service: FakeService, process: "subprocess.Popen[bytes]"
) -> None:
    service.pid = process.pid
    add(service, "backup", "mail")
    service.run_now("backup")
    with obeying(service, process):
        said = daybell("stop", "--json")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == {"pid": process.pid, "version": "0.1.0", "running": ["backup"]}


def test_stop_says_what_it_waits_for_and_gives_up(
    daybell: Program, service: FakeService, process: "subprocess.Popen[bytes]"
) -> None:
    service.pid = process.pid
    add(service, "backup")
    service.run_now("backup")
    assert daybell("stop", "--timeout", "10ms") == (
        1,
        "",
        (
            "waiting for 1 running job to end\n"
            f"daybell: Daybell (process {process.pid}) is still stopping after 0.01 seconds\n"
        ),
    )
    assert service.stop_asked.is_set()


@pytest.mark.parametrize("watching", [watch, by_system])
def test_a_zombie_is_gone(process: "subprocess.Popen[bytes]", watching: Callable[[int], Wait]) -> None:
    wait = watching(process.pid)
    end(process)
    assert wait(SOON)


def test_the_living_are_not_gone(process: "subprocess.Popen[bytes]") -> None:
    assert not watch(process.pid)(0.01)
    assert not by_looking(process.pid)(0.01)


def test_the_dead_are_gone(process: "subprocess.Popen[bytes]") -> None:
    end(process)
    process.communicate()
    assert watch(process.pid)(0)
    assert by_looking(process.pid)(0)
