"""How files and directories are shown to the person."""

import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from daybell.desktop.opening import Opener, opener_command
from daybell.model.errors import Conflict
from desktop.running import HeardNotices
from tray_host import wait_until


@pytest.mark.parametrize(
    ("platform", "there", "command"),
    [
        ("linux", {"xdg-open": "/bin/xdg-open", "gio": "/bin/gio"}, ("/bin/xdg-open",)),
        ("linux", {"gio": "/bin/gio"}, ("/bin/gio", "open")),
        ("linux", {"open": "/bin/open"}, None),
        ("freebsd14", {"xdg-open": "/usr/local/bin/xdg-open"}, ("/usr/local/bin/xdg-open",)),
        ("darwin", {"open": "/usr/bin/open"}, ("/usr/bin/open",)),
        ("darwin", {}, None),
    ],
)
def test_the_desktop_knows_a_program(
    platform: str, there: Mapping[str, str], command: tuple[str, ...] | None
) -> None:
    assert opener_command(platform, there.get) == command


def an_opener(tmp_path: Path, script: str) -> tuple[Opener, HeardNotices]:
    """One whose desktop opens files with this shell script."""
    program = tmp_path / "xdg-open"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    notices = HeardNotices()
    return Opener(notices, {"xdg-open": str(program)}.get, "linux"), notices


def no_opener_is_left() -> bool:
    return "opener" not in [thread.name for thread in threading.enumerate()]


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows opens files by itself")


def test_the_path_arrives_whole_whatever_is_in_it(tmp_path: Path) -> None:
    opener, notices = an_opener(
        tmp_path, f'printf "%s" "$1" > "{tmp_path}/heard.part"; mv "{tmp_path}/heard.part" "{tmp_path}/heard"'
    )
    opener.open(tmp_path / 'a $(b) & "c";d')
    wait_until((tmp_path / "heard").exists, "the opener ran")
    assert (tmp_path / "heard").read_text() == f'{tmp_path}/a $(b) & "c";d'
    wait_until(no_opener_is_left, "it ends")
    assert notices.heard == []


def test_an_opener_that_stays_open_holds_nobody_up(tmp_path: Path) -> None:
    opener, notices = an_opener(tmp_path, f'read line < "{tmp_path}/gate"')
    (tmp_path / "gate").parent.mkdir(exist_ok=True)
    make_pipe(tmp_path / "gate")
    opener.open(tmp_path)
    assert not no_opener_is_left()
    (tmp_path / "gate").write_text("go\n")
    wait_until(no_opener_is_left, "it ends")
    assert notices.heard == []


def make_pipe(path: Path) -> None:
    if sys.platform != "win32":
        import os

        os.mkfifo(path)


def test_an_opener_that_fails_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opener, notices = an_opener(tmp_path, "exit 3")
    opener.open(Path("/there/backup.log"))
    wait_until(lambda: bool(notices.heard), "the notice")
    assert notices.heard == [("Nothing opened", "The desktop did not open /there/backup.log.")]
    assert "ended with 3" in caplog.text


def test_a_desktop_without_an_opener_says_so() -> None:
    with pytest.raises(Conflict, match="no program to open /there with"):
        Opener(HeardNotices(), lambda _: None, "linux").open(Path("/there"))
