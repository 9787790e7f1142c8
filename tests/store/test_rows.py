"""The rows of a file are read from any number on, newest first."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_run
from daybell.model.query import Row
from daybell.store.lines import BLOCK
from daybell.store.rows import encode_rows, end_before, newest_first

NUMBERS = st.lists(st.integers(1, 60), max_size=30, unique=True).map(sorted)


@settings(deadline=None)
@given(
    numbers=NUMBERS,
    damaged=st.sets(st.integers(0, 29)),
    before=st.integers(0, 61),
    block=st.integers(1, 3000),
)
def test_rows_below_a_number_are_found_whatever_is_damaged(
    numbers: list[int], damaged: set[int], before: int, block: int
) -> None:
    lines = [encode_rows([Row(number, a_run())]) for number in numbers]
    whole = [number for place, number in enumerate(numbers) if place not in damaged]
    with (
        TemporaryDirectory() as directory,
        patch("daybell.store.rows.BLOCK", block),
        patch("daybell.store.lines.BLOCK", block),
    ):
        path = Path(directory) / "2026-01.jsonl"
        path.write_bytes(
            b"".join(
                line.replace(b'"number":', b'"number":9') if place in damaged else line
                for place, line in enumerate(lines)
            )
        )
        found = [row.number for row in newest_first(path, before=before)]
    assert found == [number for number in reversed(whole) if number < before]


def test_of_a_long_file_only_the_part_that_is_meant_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2026-01.jsonl"
    path.write_bytes(encode_rows([Row(number, a_run()) for number in range(10_000)]))
    line = path.stat().st_size // 10_000
    with path.open("rb", buffering=0) as file:
        for number in (0, 1, 5000, 9999, 10_000):
            assert 0 <= end_before(file, number) - number * line <= 2 * BLOCK


@pytest.mark.parametrize("before", [None, 5])
def test_what_is_no_file_has_no_rows(tmp_path: Path, before: int | None) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "empty").touch()
    for path in ("directory", "empty", "missing", "empty/below"):
        assert [*newest_first(tmp_path / path, before=before)] == []
