"""On which line of a log the error of its run stands."""

import io
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.desktop.opening.error_place import CHUNK, TAIL, error_line, error_offset, line_ends
from daybell.handlers.output import last_line, last_text

PIECES = (
    b"a",
    b"disk full",
    b"\n",
    b"\r\n",
    b"\r",
    b"\x1b[31m",
    b"\x1b[0m",
    b" ",
    b"\xff\xfe",
    b"\x00",
    "é".encode(),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"disk full", 1),
        (b"one\ntwo\ndisk full\n", 3),
        (b"one\r\ntwo\r\ndisk full\r\n", 3),
        (b"\n\none\n  disk full  \n\n\n", 4),
        (b"10%\r50%\r100%\ndisk full\n", 4),
        (b"one\n\x1b[1;31mdisk full\x1b[0m\n", 2),
        (b"disk full\nretry\ndisk full\n", 3),
        (b'Traceback (most recent call last):\n  File "a.py", line 1\ndisk full\n', 3),
        (b"one\ndisk full\nwhat it left behind goes on\n", 2),
    ],
)
def test_the_line_is_the_last_one_that_says_it(log: Path, written: bytes, line: int) -> None:
    log.write_bytes(written)
    assert error_line(log, "disk full") == line


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"the disk full of pictures\n", 1),
        (b"one\n50%\r60%\r\n\n \x1b[0m\n", 3),
        (b"disk full\n" + b"later\n" * TAIL, TAIL + 1),
    ],
    ids=["in another sentence", "hung", "far from the end"],
)
def test_where_the_end_does_not_say_it_the_line_is_the_last_with_text(
    log: Path, written: bytes, line: int
) -> None:
    log.write_bytes(written)
    assert error_line(log, "disk full") == line


@pytest.mark.parametrize("written", [b"", b"\r\n\n", b"\x1b[0m\x00"])
def test_a_log_without_text_has_no_such_line(log: Path, written: bytes) -> None:
    log.write_bytes(written)
    assert error_line(log, "exit code 3") is None


@pytest.mark.parametrize("error", [None, ""])
def test_without_an_error_there_is_no_line(log: Path, error: str | None) -> None:
    log.write_bytes(b"\n")
    assert error_line(log, error) is None


def test_a_log_that_cannot_be_read_has_no_line(tmp_path: Path) -> None:
    assert error_line(tmp_path / "gone.log", "disk full") is None
    assert error_line(tmp_path, "disk full") is None


@pytest.mark.parametrize("length", [600, 5000, TAIL + 5000])
def test_an_error_cut_out_of_a_long_line_is_found(log: Path, length: int) -> None:
    text = "".join(f"{number:06}" for number in range(length // 6))
    log.write_text(f"one\ntwo\n{text}\n")
    assert error_line(log, last_line(log, 0)) == 3


def test_lines_before_the_tail_count(log: Path) -> None:
    log.write_bytes(b"something happened\r\n" * 200_000 + b"disk full\r\n")
    assert log.stat().st_size > 3 * CHUNK
    assert error_line(log, "disk full") == 200_001


def test_a_log_that_takes_too_long_to_count_has_no_line(log: Path) -> None:
    log.write_bytes(b"something happened\n" * 200_000 + b"disk full\n")
    assert error_line(log, "disk full", patience=-1) is None


def test_a_small_log_is_counted_whatever_the_clock_says(log: Path) -> None:
    log.write_bytes(b"one\ndisk full\n")
    assert error_line(log, "disk full", patience=-1) == 2


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), st.booleans())
def test_the_line_is_the_one_that_a_plain_reading_finds(written: bytes, is_said: bool) -> None:  # noqa: FBT001
    error = (last_text(written) if is_said else None) or "timed out"
    texts = [last_text(line) for line in re.split(rb"\r\n|\r|\n", written)]
    said = [number for number, text in enumerate(texts, 1) if text == error]
    shown = said or [number for number, text in enumerate(texts, 1) if text]
    offset = error_offset(written, error)
    ends = None if offset is None else line_ends(io.BytesIO(written), offset, math.inf)
    assert (None if ends is None else ends + 1) == (shown[-1] if shown else None)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), st.integers(1, 5), st.data())
def test_counting_in_pieces_is_counting_at_once(
    written: bytes, chunk_bytes: int, data: st.DataObject
) -> None:
    length = data.draw(st.integers(0, len(written)))
    expected = len(re.findall(rb"\r\n|\r|\n", written[:length]))
    assert line_ends(io.BytesIO(written), length, math.inf, chunk_bytes) == expected
