"""What docs/cron.md says of expressions is so."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from builders import BERLIN, a_job
from builders import cron as trigger
from daybell.cli.times import full
from daybell.core import cron
from daybell.core.cron_advice import FIELDS
from daybell.core.cron_words import in_words
from daybell.core.definitions import parse_job
from daybell.core.surprises import warnings
from daybell.core.zones import instant
from daybell.model.errors import InvalidCron

PAGE = (Path(__file__).parents[2] / "docs" / "cron.md").read_text("utf-8")
EXPRESSION = re.compile(r"@\w+|([\w*?,/#-]+ ){4,5}[\w*?,/#-]+")
Row = dict[str, str]


def tables() -> Iterator[list[Row]]:
    """Each row with its cells by the names of their columns."""
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        heads, _, *lines = (line[1:-1].split("|") for line in table.splitlines())
        cells = ([cell.strip() for cell in line] for line in lines)
        yield [dict(zip((head.strip() for head in heads), row, strict=True)) for row in cells]


def rows(*columns: str) -> list[Row]:
    """Of all tables that have these columns, and no others."""
    return [row for table in tables() for row in table if tuple(row) == columns]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def dues(expression: str, zone: str, start: str, count: int) -> list[str]:
    """As `daybell next` tells them."""
    place = ZoneInfo(zone)
    after = instant(datetime.fromisoformat(start), place)
    found = []
    for _ in range(count):
        due = cron.next_after(cron.parse(expression), after, place)
        assert due
        found.append(full(due.isoformat(), place))
        after = due
    return found


def is_valid(expression: str) -> bool:
    try:
        cron.parse(expression)
    except InvalidCron:
        return False
    return True


def is_valid_trigger(text: str) -> bool:
    content = {"handler": {"type": "command", "argv": ["true"]}, "triggers": [json.loads(text)]}
    return bool(parse_job("backup", "backup.json", json.dumps(content).encode(), BERLIN).triggers)


def test_the_fields_are_those_that_daybell_knows() -> None:
    told = rows("field", "values", "names", "besides")
    for row, field in zip(told, FIELDS[1:], strict=True):
        names = [f"`{name.lower()}`" for name in field.names]
        assert row["field"] == field.name
        assert row["values"].partition(";")[0] == f"{field.low}–{field.high}"
        assert row["names"] == ("–".join([names[0], names[-1]]) if names else "")
        assert all(term in field.also for term in code(row["besides"]))
        assert len(code(row["besides"])) == field.also.count("(")


@pytest.mark.parametrize("row", rows("in a field", "means"), ids=lambda row: row["in a field"])
def test_each_term_is_accepted_and_means_those_numbers(row: Row) -> None:
    for term in code(row["in a field"]):
        *_, numbers = row["means"].rpartition(": ")
        if re.fullmatch(r"[\d, ]+", numbers):
            assert cron.parse(f"{term} 0 0 * * *").seconds == tuple(map(int, numbers.split(", ")))
        assert any(
            is_valid(expression) for expression in (f"0 0 {term} * *", f"0 0 * * {term}", f"{term} * * * *")
        )


def test_what_is_next_is_told_for_one_place_and_day() -> None:
    assert set(re.findall(r"--timezone (\S+)\s--from ([\d-]+)", PAGE)) == {("Europe/Berlin", "2027-01-01")}


@pytest.mark.parametrize("row", rows("expression", "in words", "due"), ids=lambda row: row["expression"])
def test_each_expression_is_told_in_these_words_and_due_then(row: Row) -> None:
    (expression,) = code(row["expression"])
    told = row["due"].split(", ")
    found = dues(expression, "Europe/Berlin", "2027-01-01", len(told))
    assert in_words(expression) == row["in words"]
    assert told == [re.sub(r"(:00)? [+-]\d\d:\d\d$", "", due) for due in found]


def test_all_nicknames_are_told() -> None:
    told = rows("nickname", "stands for")
    assert {
        name: code(row["stands for"])[0] for row in told for name in code(row["nickname"])
    } == cron.NICKNAMES


@pytest.mark.parametrize("row", rows("refused", "because", "write"), ids=lambda row: row["refused"])
def test_what_is_refused_is_refused_and_the_remedy_is_not(row: Row) -> None:
    with pytest.raises(InvalidCron) as refused:
        cron.parse(code(row["refused"])[0])
    assert row["because"] in str(refused.value)
    assert all(is_valid(remedy) for remedy in code(row["write"]))


def test_nights_on_which_clocks_change_are_as_told() -> None:
    zone = ""
    for row in rows("zone", "what happens", "expression", "from", "due"):
        zone = row["zone"] or zone
        (expression,) = code(row["expression"])
        told = row["due"].split(", ")
        found = dues(expression, zone, row["from"], len(told))
        assert told == [re.sub(r":00 (?=[+-])", " ", due) for due in found], row


@pytest.mark.parametrize("row", rows("expression", "warning"), ids=lambda row: row["expression"])
def test_each_warning_is_given(row: Row) -> None:
    (day,) = re.findall(r"In Europe/Berlin, on ([\d-]+)", PAGE)
    job = a_job(triggers=(trigger(code(row["expression"])[0]),))
    found = warnings(job, "backup.json", BERLIN, instant(datetime.fromisoformat(day), BERLIN))
    assert row["warning"] in [warning.message for warning in found]


def test_what_is_to_be_written_here_is_valid() -> None:
    here = [cell for table in tables() for row in table if "here" in row for cell in code(row["here"])]
    assert len(here) > 5
    assert all(is_valid_trigger(cell) if cell.startswith("{") else is_valid(cell) for cell in here)


def test_any_other_expression_on_the_page_is_valid() -> None:
    foreign = [
        code(row[column])[0]
        for table in tables()
        for row in table
        for column in row
        if column in ("refused", "there")
    ]
    shown = [text for text in code(PAGE) if EXPRESSION.fullmatch(text) and text not in foreign]
    assert len(shown) > 40
    assert [text for text in shown if not is_valid(text)] == []


def test_each_trigger_is_valid() -> None:
    shown = re.findall(r"```json\n(.*?)\n```", PAGE) + [
        text for text in code(PAGE) if re.fullmatch(r"\{[^.]+\}", text)
    ]
    assert len(shown) > 2
    assert all(is_valid_trigger(text) for text in shown)
