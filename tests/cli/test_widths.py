"""What each table looks like, in windows of three widths, with colour and without: see `golden/`."""

import re
from pathlib import Path

import pytest

from api.fake_service import FakeService
from cli.ann import settle
from cli.program import Program
from daybell.core.tables import columns_of
from daybell.model.status import JobStatus

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = (
    *("status", "status --absolute", "list", "history", "show backup-photos", "show a"),
    *("stats", "stats mail", "timeline", "timeline --ascii", "handlers", "handlers command"),
    *("next mail", "away", "why backup-photos", "why backup-photos --absolute"),
)
PAINT = re.compile(r"\x1b\[(\d+)m")


@pytest.fixture
def home_of_ann(service: FakeService) -> FakeService:
    settle(service)
    return service


def golden(command: str, width: int) -> str:
    return (GOLDEN / f"{command.replace(' --', '-').replace(' ', '-')}-{width}.txt").read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("command", COMMANDS)
def test_it_looks_so(daybell: Program, home_of_ann: FakeService, command: str, width: int) -> None:
    """Colours stand in the files as <31>...<0>; without them the text is the same."""
    daybell.width = width
    plain = daybell(*command.split()).out.replace(str(daybell.home), "/home/ann")
    daybell.has_colour = True
    painted = daybell(*command.split()).out.replace(str(daybell.home), "/home/ann")
    assert PAINT.sub(r"<\1>", painted) == golden(command, width)
    assert PAINT.sub("", painted) == plain
    assert "\x1b" not in plain


@pytest.mark.parametrize("command", ["status", "list", "history"])
def test_a_wide_letter_takes_two_columns(daybell: Program, home_of_ann: FakeService, command: str) -> None:
    home_of_ann.changed["weekly"] = JobStatus(
        id="weekly", name="週に一度" * 20, state="idle", schedule="週" * 80
    )
    daybell.width = 60
    lines = daybell(command).out.splitlines()
    assert max(columns_of(line) for line in lines if not line.startswith(("Daybell", "bad"))) <= 60
