"""A child with a child of its own, ended as one."""

import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from daybell.machine.own_session import end_session
from waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX's")


def a_child(line: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["/bin/sh", "-c", line], start_new_session=True)


def nobody_reads(pipe: BinaryIO) -> bool:
    try:
        pipe.write(b"\n")
    except BrokenPipeError:
        return True
    return False


def test_what_it_has_started_ends_with_it(tmp_path: Path) -> None:
    gates = [tmp_path / name for name in ("its-own", "of-what-it-started")]
    for gate in gates:
        os.mkfifo(gate)
    its_own, other = gates
    child = a_child(f"cat '{other}' & cat '{its_own}'")
    with its_own.open("wb", buffering=0) as first, other.open("wb", buffering=0) as second:
        assert not nobody_reads(first)
        assert not nobody_reads(second)
        end_session(child)
        child.wait(20)
        until(lambda: nobody_reads(first) and nobody_reads(second))


def test_one_that_is_over_is_left_alone() -> None:
    child = a_child("exit 3")
    child.wait(20)
    end_session(child)
    assert child.returncode == 3
