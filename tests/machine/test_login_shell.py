import os
import stat
import sys
import time
from pathlib import Path

import pytest

from daybell.machine.login_shell import login_path, login_shell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no login shell")


def shell(directory: Path, body: str) -> str:
    """One whose own files do this before it obeys."""
    path = directory / "sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(stat.S_IRWXU)
    return str(path)


def test_a_real_shell_says_its_path(tmp_path: Path) -> None:
    (tmp_path / ".profile").write_text("echo Welcome; PATH=/from/profile:$PATH\n")
    said = login_path({"SHELL": "/bin/bash", "HOME": str(tmp_path), "PATH": "/venv/bin"})
    assert said is not None
    assert "/from/profile" in said.split(":")
    assert "/venv/bin" not in said.split(":")


def test_its_chatter_is_passed_over(tmp_path: Path) -> None:
    path = shell(tmp_path, 'echo "PATH=/wrong"; shift; PATH=/a:/b; eval "$1"; echo bye')
    assert login_path({"SHELL": path}) == "/a:/b"


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    path = shell(tmp_path, f"echo $$ > {tmp_path}/pid; read line < {tmp_path}/pipe")
    os.mkfifo(tmp_path / "pipe")
    for seconds in (0.3, 1.0, 5.0):  # a busy machine may not even have begun with it by then
        assert login_path({"SHELL": path}, seconds) is None
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_it_leaves_running_holds_up_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    path = shell(tmp_path, f'(exec cat {tmp_path}/pipe) & shift; PATH=/a; eval "$1"')
    started = time.monotonic()
    assert login_path({"SHELL": path}, 20) == "/a"
    assert time.monotonic() - started < 10
    (tmp_path / "pipe").write_text("")  # it ends


@pytest.mark.parametrize("named", ["/bin/true", "/no/such/sh", ""])
def test_what_speaks_another_language_is_not_asked(named: str, tmp_path: Path) -> None:
    other = tmp_path / "nu"
    other.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    other.chmod(stat.S_IRWXU)
    assert login_path({"SHELL": named or str(other)}) is None
    assert not (tmp_path / "asked").exists()


def test_one_that_cannot_be_started_says_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "sh"
    broken.write_bytes(b"\x7fELF, but no program")
    broken.chmod(stat.S_IRWXU)
    assert login_path({"SHELL": str(broken)}) is None


def test_without_a_word_of_the_session_the_system_says_which() -> None:
    import pwd

    expected = pwd.getpwuid(os.getuid()).pw_shell
    assert login_shell({}) == expected
