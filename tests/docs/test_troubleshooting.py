"""The page for the moment of trouble has an entry for whatever the program says, and for nothing else.

`docs.sayings` tells what is collected from the source. On the page a message is a line of a block ```text,
below the heading to which it belongs: that of its code, or of those who say it. A new one needs a line there.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from daybell.api.answers import STATUS_OF
from daybell.cli.commands import COMMANDS
from daybell.cli.failure import exit_code_of
from daybell.store.remedies import REMEDIES
from docs.sayings import sayings

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "troubleshooting.md").read_text("utf-8")
SAID = sayings()
SECTIONS = re.findall(r"^##+ `?(.+?)`?\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
CODES = re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE)


def told() -> dict[str, list[str]]:
    """The messages below each heading."""
    found: dict[str, list[str]] = defaultdict(list)
    for heading, text in SECTIONS:
        for block in re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            found[heading] += block.splitlines()
    return found


TOLD = told()


def as_lines(sections: dict[str, set[str]]) -> str:
    """Ready to be put into the page."""
    return "\n".join(
        f"\n{heading}:\n" + "\n".join(sorted(lines)) for heading, lines in sections.items() if lines
    )


def test_the_source_says_something() -> None:
    assert len(SAID) > 30
    assert sum(map(len, SAID.values())) > 300


def test_each_kind_of_error_has_an_entry() -> None:
    assert sorted(SAID.keys() - {heading for heading, _ in SECTIONS}) == []


def test_each_entry_is_of_an_error_that_there_is() -> None:
    assert sorted(set(CODES) - SAID.keys()) == []
    assert len(CODES) == len(set(CODES))


def test_whatever_can_be_said_is_explained() -> None:
    missing = as_lines({heading: said - set(TOLD[heading]) for heading, said in SAID.items()})
    if missing:
        pytest.fail(
            f"docs/troubleshooting.md lacks these lines, each with what to do:\n{missing}", pytrace=False
        )


def test_nothing_is_explained_that_cannot_be_said() -> None:
    surplus = as_lines({heading: set(lines) - SAID.get(heading, set()) for heading, lines in TOLD.items()})
    if surplus:
        pytest.fail(
            f"docs/troubleshooting.md has these lines, which nothing says any more:\n{surplus}", pytrace=False
        )


def test_nothing_is_explained_twice() -> None:
    assert [line for lines in TOLD.values() for line in set(lines) if lines.count(line) > 1] == []


@pytest.mark.parametrize("code", CODES)
def test_the_entry_of_an_error_has_its_exit_code_and_its_status(code: str) -> None:
    text = dict(SECTIONS)[code]
    assert f"Exit code {int(exit_code_of(code))}" in text
    status = re.search(r"HTTP (\d+)", text)
    assert status is None or int(status[1]) == STATUS_OF.get(code, int(status[1]))
    assert status or code not in STATUS_OF or code == "already_running"


def test_whatever_helps_with_a_disk_is_explained() -> None:
    cells = re.findall(r"^\| `(.+?)` \|", dict(SECTIONS)["When the disk refuses"], re.MULTILINE)
    assert sorted(cells) == sorted(REMEDIES.values())


def test_the_commands_it_names_exist() -> None:
    named = set(re.findall(r"(?:`|^)daybell ([a-z]+)", PAGE, re.MULTILINE))
    assert sorted(named - COMMANDS.keys()) == []


def test_its_links_lead_somewhere() -> None:
    broken = []
    for page, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", PAGE):
        text = (DOCS / page).read_text("utf-8") if page else PAGE
        heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        if anchor not in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}:
            broken.append(f"{page}#{anchor}")
    assert broken == []


@pytest.mark.parametrize("heading", sorted({"Errors by name", "What you see", "The log"}))
def test_it_begins_with_what_a_person_would_look_for(heading: str) -> None:
    assert PAGE.index(f"## {heading}") < PAGE.index("## What a command says")
