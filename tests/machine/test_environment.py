import os
import sys
from pathlib import Path

import pytest

from daybell.machine.environment import environment_of


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "environ").write_bytes(b"PATH=/a:/b\0EMPTY=\0X=1=2\0\0")
    return tmp_path


def test_it_is_as_at_the_start(proc: Path) -> None:
    assert environment_of(7, "linux", proc) == {"PATH": "/a:/b", "EMPTY": "", "X": "1=2"}


def test_of_a_process_that_is_gone_nobody_can_tell(proc: Path) -> None:
    assert environment_of(8, "linux", proc) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_our_own_can_be_read() -> None:
    said = environment_of(os.getpid())
    assert said is not None
    assert "PATH" in said
