"""The manual page: of one mind with the parser, and well set."""

import re
import shutil
import subprocess

import pytest

from daybell.cli.grammar import grammar
from daybell.cli.parser import build
from write_man_page import PAGE, STATUSES, page, plain, text


def shown() -> str:
    if shutil.which("groff") is None:
        pytest.skip("install groff: apt-get install groff")
    command = ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", str(PAGE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_what_is_shipped_is_what_the_parser_says() -> None:
    assert PAGE.read_text("ascii") == page(), "run: make man"


def test_it_is_set_without_a_warning() -> None:
    lines = [line.strip() for line in shown().splitlines()]
    for title in ("NAME", "SYNOPSIS", "COMMANDS", "FILES", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES"):
        assert title in lines
    assert any(line.startswith("daybell pause") for line in lines)


def test_every_flag_can_be_copied_from_it() -> None:
    words = " ".join(shown().split())
    for verb in grammar(build()[0]).verbs:
        for option in verb.options:
            if option.flags[0] not in ("-h", "--debug"):
                assert all(re.search(rf"(?<![\w-]){flag}\b", words) for flag in option.flags)


def test_man_itself_takes_it() -> None:
    if shutil.which("man") is None:
        pytest.skip("install man-db: apt-get install man-db")
    done = subprocess.run(
        ["man", "--warnings=w", "-l", str(PAGE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_exit_code_is_told() -> None:
    assert all(sentence.endswith(".") for sentence in STATUSES.values())


@pytest.mark.parametrize(
    ("words", "set_so"),
    [
        ("a-b's \\", "a\\-b\\(aqs \\e"),
        ("~/x^`", "\\(ti/x\\(ha\\(ga"),
        ("… ×", "\\[u2026] \\[u00D7]"),
    ],
)
def test_nothing_in_a_text_is_a_request(words: str, set_so: str) -> None:
    assert plain(words) == set_so


def test_code_is_bold_and_a_dot_is_a_dot() -> None:
    assert text("see `daybell  run`\nnow") == "see \\fBdaybell run\\fR now"
    assert text(".TH") == "\\&.TH"
