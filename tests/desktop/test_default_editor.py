"""With which command the editor that the person has chosen opens a log at a line."""

import sys
from pathlib import Path

import pytest

from daybell.desktop.opening.default_editor import editor_command
from desktop.programs import FakeDesktop

LOG = Path("/there/backup.log")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked in another way")


@pytest.fixture
def desktop(tmp_path: Path) -> FakeDesktop:
    desktop = FakeDesktop(tmp_path)
    desktop.install("gedit.desktop", "gedit %U")
    desktop.install("org.kde.kate.desktop", "kate -b %U")
    desktop.install("viewer.desktop", "viewer %U")
    desktop.install("gvim.desktop", "gvim %F", "Terminal=true")
    return desktop


def command(desktop: FakeDesktop) -> tuple[str, ...] | None:
    return editor_command(LOG, 12, desktop.which, desktop.environ, 5.0)


def test_the_editor_of_plain_text_opens_logs(desktop: FakeDesktop) -> None:
    desktop.choose("text/plain", "org.kde.kate.desktop")
    assert command(desktop) == ("kate", "-b", "--line", "12", str(LOG))


def test_what_the_person_chose_for_logs_comes_before_it(desktop: FakeDesktop) -> None:
    desktop.choose("text/plain", "org.kde.kate.desktop")
    desktop.choose("text/x-log", "gedit.desktop")
    assert command(desktop) == ("gedit", "+12", str(LOG))


@pytest.mark.parametrize("chosen", ["viewer.desktop", "gvim.desktop", "gone.desktop"])
def test_a_choice_that_knows_no_line_is_not_gone_round(desktop: FakeDesktop, chosen: str) -> None:
    desktop.choose("text/plain", "gedit.desktop")
    desktop.choose("text/x-log", chosen)
    assert command(desktop) is None


def test_without_a_choice_there_is_no_editor(desktop: FakeDesktop) -> None:
    assert command(desktop) is None


def test_without_xdg_mime_there_is_no_editor(desktop: FakeDesktop) -> None:
    desktop.choose("text/plain", "gedit.desktop")
    assert editor_command(LOG, 12, lambda _: None, desktop.environ) is None


def test_an_answer_that_fails_is_none(desktop: FakeDesktop) -> None:
    desktop.program("xdg-mime", "echo gedit.desktop; exit 3")
    assert command(desktop) is None


@pytest.mark.parametrize(
    ("version", "is_known"),
    [
        ('echo gnome-text-editor 48.3 "(48.3)"', True),
        ("echo Text Editor 43.2", False),
        ("echo", False),
        ("exit 1", False),
    ],
)
def test_an_editor_is_given_a_line_from_the_version_on_that_knows_it(
    desktop: FakeDesktop,
    version: str,
    is_known: bool,  # noqa: FBT001 - a column of the table
) -> None:
    program = desktop.program("gnome-text-editor", version)
    desktop.install("org.gnome.TextEditor.desktop", f"{program} %U")
    desktop.choose("text/plain", "org.gnome.TextEditor.desktop")
    assert command(desktop) == ((program, str(LOG), "+12") if is_known else None)
    assert desktop.heard() == ["gnome-text-editor --version"]
