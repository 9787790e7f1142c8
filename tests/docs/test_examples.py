from pathlib import Path

import pytest

from builders import BERLIN
from daybell.core.definitions import dump_job, parse_job
from daybell.core.describe import describe

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_is_a_valid_job(path: Path) -> None:
    job = parse_job(path.stem, path.name, path.read_bytes(), BERLIN)
    assert parse_job(path.stem, path.name, dump_job(job), BERLIN) == job


def test_the_examples_show_every_trigger() -> None:
    schedules = [describe(parse_job(path.stem, path.name, path.read_bytes(), BERLIN)) for path in EXAMPLES]
    assert schedules == [
        "daily at 02:30",
        "once, 2026-12-24 18:00",
        "18:00 on Sundays",
        "every 5 min",
        "09:29:45 on Monday to Friday (America/New_York)",
        "at startup; every hour from 8 to 18 on Monday to Friday",
    ]
