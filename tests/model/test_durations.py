from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.model.durations import Duration, spell


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        ("1d", 86400),
        ("1h30m", 5400),
        (" 1H 30M ", 5400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("0s", 0),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert Duration.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "5", "s", "5x", "-5s", "5s!", "1h 30", "PT5S"])
def test_what_is_no_duration_says_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match='expected a duration such as "90s"'):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(days=2, hours=3, milliseconds=4), "2d3h4ms"),
    ],
)
def test_a_length_of_time_is_spelled_in_its_largest_units(length: timedelta, text: str) -> None:
    assert spell(length) == text


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_again(milliseconds: int) -> None:
    duration = Duration(milliseconds=milliseconds)
    assert Duration.parse(str(duration)) == duration


def test_it_is_written_in_its_text_form() -> None:
    assert msgspec.json.encode(Duration(seconds=90), enc_hook=str) == b'"1m30s"'
