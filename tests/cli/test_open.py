import json
import re
import stat
from argparse import Namespace
from datetime import UTC
from io import StringIO
from pathlib import Path

import pytest

from api.fake_service import FakeService
from cli.program import NOW, Program
from daybell.cli.failure import Failure
from daybell.cli.open import has_no_screen, open_page
from daybell.cli.terminal import Terminal

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/#code=[\w-]{43}\n")
DESK = {"DISPLAY": ":0"}


def a_terminal(daybell: Program, **environ: str) -> tuple[Terminal, StringIO]:
    said = StringIO()
    return Terminal(StringIO(), said, {**daybell.environ, **environ}, NOW, zone=UTC), said


def test_it_prints_an_address_that_is_new_each_time(daybell: Program, service: FakeService) -> None:
    first, second = daybell("open", "--print-url"), daybell("open", "--print-url")
    assert ADDRESS.fullmatch(first.out)
    assert (first.code, first.err) == (0, "")
    assert first.out != second.out


def test_the_browser_is_given_a_page_and_no_code(daybell: Program, service: FakeService) -> None:
    """What stands on a command line, other users can read."""
    shown: list[str] = []

    def browse(address: str) -> bool:
        shown.append(address)
        return True

    terminal, said = a_terminal(daybell, **DESK)
    assert open_page(Namespace(print_url=False, json=False), terminal, browse) == 0
    page = daybell.home / "run" / "open.html"
    assert shown == [page.as_uri()]
    assert re.search(r"url=http://127\.0\.0\.1:\d+/#code=[\w-]{43}\"", page.read_text())
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert said.getvalue() == "Daybell is opening in your browser\n"


def test_programs_are_told_where_it_is_and_get_the_code_only_if_they_ask(
    daybell: Program, service: FakeService
) -> None:
    terminal, said = a_terminal(daybell, **DESK)
    assert open_page(Namespace(print_url=False, json=True), terminal, lambda _: True) == 0
    shown = json.loads(terminal.out.getvalue()) if isinstance(terminal.out, StringIO) else {}
    assert (shown["url"], said.getvalue()) == (f"http://127.0.0.1:{shown['port']}/", "")
    asked = json.loads(daybell("open", "--print-url", "--json").out)
    assert ADDRESS.fullmatch(asked["url"] + "\n")
    assert asked.keys() == shown.keys() == {"url", "port", "seconds"}


def test_without_a_browser_it_says_what_to_do(daybell: Program, service: FakeService) -> None:
    with pytest.raises(Failure, match="there is no browser here; `daybell open --print-url`"):
        open_page(Namespace(print_url=False, json=False), a_terminal(daybell, **DESK)[0], lambda _: False)


def test_a_page_that_cannot_be_written_is_named(daybell: Program, service: FakeService) -> None:
    page = daybell.home / "run" / "open.html"
    page.unlink(missing_ok=True)
    page.mkdir()
    try:
        with pytest.raises(Failure, match=r"open\.html cannot be written: Is a directory"):
            open_page(Namespace(print_url=False, json=False), a_terminal(daybell, **DESK)[0], lambda _: True)
    finally:
        page.rmdir()


@pytest.mark.parametrize(
    ("environ", "platform", "why"),
    [
        (DESK, "linux", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        ({}, "darwin", ""),
        ({}, "win32", ""),
        ({}, "linux", "no desktop here"),
        ({"DISPLAY": ""}, "linux", "no desktop here"),
        ({"SSH_CONNECTION": "1 2 3 4"}, "linux", "on another machine"),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", "on another machine"),
        ({"SSH_CONNECTION": "1 2 3 4", **DESK}, "linux", ""),
    ],
)
def test_it_knows_where_no_window_can_be_seen(environ: dict[str, str], platform: str, why: str) -> None:
    reason = has_no_screen(environ, platform)
    assert (why in reason) if why else not reason


def test_without_a_screen_it_says_so_and_opens_nothing(daybell: Program, service: FakeService) -> None:
    daybell.environ["SSH_CONNECTION"] = "1 2 3 4"
    assert daybell("open") == (
        1,
        "",
        "daybell: you are on another machine, where no browser opens; see `daybell open --help`\n",
    )


def test_nothing_opens_what_does_not_run(lonely: Program, tmp_path: Path) -> None:
    assert lonely("open", "--print-url").code == 3
    assert not (tmp_path / "run").exists()
