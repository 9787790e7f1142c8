"""How files and directories are shown to the person."""

import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from daybell.desktop.opening.error_place import error_line
from daybell.desktop.opening.opener import Opener, opener_command
from daybell.model.errors import Conflict
from desktop.programs import FakeDesktop, a_program
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
    program = a_program(tmp_path / "xdg-open", script)
    notices = HeardNotices()
    return Opener(notices, {"xdg-open": program}.get, "linux"), notices


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


def test_an_opener_that_does_not_start_is_told_of(tmp_path: Path) -> None:
    notices = HeardNotices()
    Opener(notices, {"xdg-open": str(tmp_path)}.get, "linux").open(Path("/there/backup.log"))
    wait_until(lambda: bool(notices.heard), "the notice")
    assert notices.heard == [("Nothing opened", "The desktop did not open /there/backup.log.")]


@pytest.fixture
def desktop(tmp_path: Path) -> FakeDesktop:
    """Its logs open with gedit, which keeps what it was told."""
    desktop = FakeDesktop(tmp_path)
    desktop.install("gedit.desktop", f"{desktop.program('gedit')} %U")
    desktop.choose("text/plain", "gedit.desktop")
    return desktop


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    path = tmp_path / "a b.log"
    path.write_text("one\ntwo\ndisk full\n")
    return path


def opened(desktop: FakeDesktop, path: Path, line: int | None, patience: float = 5.0) -> list[str]:
    """What was started, when all is over."""
    notices = HeardNotices()
    Opener(notices, desktop.which, "linux", environ=desktop.environ, patience=patience).open(path, line)
    wait_until(no_opener_is_left, "it ends")
    assert notices.heard == []
    return desktop.heard()


def test_a_log_opens_at_its_error(desktop: FakeDesktop, failed: Path) -> None:
    assert opened(desktop, failed, error_line(failed, "disk full")) == [f"gedit +3 {failed}"]


def test_what_has_no_error_opens_as_the_desktop_has_it(desktop: FakeDesktop, failed: Path) -> None:
    assert opened(desktop, failed, None) == [f"xdg-open {failed}"]


def test_an_editor_that_is_not_known_opens_the_log_at_its_start(desktop: FakeDesktop, failed: Path) -> None:
    desktop.install("viewer.desktop", f"{desktop.program('viewer')} %U")
    desktop.choose("text/x-log", "viewer.desktop")
    assert opened(desktop, failed, 3) == [f"xdg-open {failed}"]


def test_an_editor_that_refuses_the_line_is_not_the_end(
    desktop: FakeDesktop, failed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desktop.program("gedit", "exit 1")
    assert opened(desktop, failed, 3) == [f"gedit +3 {failed}", f"xdg-open {failed}"]
    assert "it ended with 1" in caplog.text


def test_an_editor_that_does_not_start_is_not_the_end(
    desktop: FakeDesktop, failed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desktop.install("gedit.desktop", "/nowhere/gedit %U")
    assert opened(desktop, failed, 3) == [f"xdg-open {failed}"]
    assert "/nowhere/gedit did not start" in caplog.text


@pytest.mark.parametrize("end", ["exit 0", "exit 1"])
def test_an_editor_that_stays_has_its_window_whatever_it_ends_with(
    desktop: FakeDesktop, failed: Path, tmp_path: Path, end: str
) -> None:
    make_pipe(tmp_path / "gate")
    desktop.program("gedit", f'read line < "{tmp_path}/gate"; {end}')
    opener = Opener(HeardNotices(), desktop.which, "linux", environ=desktop.environ, patience=0.1)
    opener.open(failed, 3)
    wait_until(lambda: bool(desktop.heard()), "the editor runs")
    assert not holds(no_opener_is_left, within=0.2)
    (tmp_path / "gate").write_text("go\n")
    wait_until(no_opener_is_left, "it ends")
    assert desktop.heard() == [f"gedit +3 {failed}"]


def test_a_desktop_that_hangs_holds_nobody_up(desktop: FakeDesktop, failed: Path, tmp_path: Path) -> None:
    make_pipe(tmp_path / "gate")
    desktop.program("xdg-mime", f'read line < "{tmp_path}/gate"')
    assert opened(desktop, failed, 3, patience=0.1)[-1] == f"xdg-open {failed}"


def test_macos_is_asked_for_no_line(desktop: FakeDesktop, failed: Path) -> None:
    desktop.program("open")
    opener = Opener(HeardNotices(), desktop.which, "darwin", environ=desktop.environ)
    opener.open(failed, 3)
    wait_until(no_opener_is_left, "it ends")
    assert desktop.heard() == [f"open {failed}"]


def holds(condition: Callable[[], bool], within: float) -> bool:
    try:
        wait_until(condition, "", within)
    except AssertionError:
        return False
    return True
