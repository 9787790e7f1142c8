"""Files of lines are read from their end, in blocks."""

from pathlib import Path

import pytest

from daybell.store.lines import BLOCK, lines_from_end, torn_bytes


@pytest.mark.parametrize("count", [0, 1, 2, 3000, 20_000])
def test_lines_come_from_the_end_across_blocks(tmp_path: Path, count: int) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(count)))
    assert list(lines_from_end(path)) == [b"line %d" % number for number in reversed(range(count))]


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert list(lines_from_end(tmp_path / "missing")) == []


@pytest.mark.parametrize("whole", [b"", b"one\n", b"x" * BLOCK + b"\n", b"x" * (3 * BLOCK) + b"\n"])
@pytest.mark.parametrize("torn", [b"", b"t", b"t" * BLOCK, b"t" * (2 * BLOCK + 1)])
def test_a_torn_last_line_is_measured(tmp_path: Path, whole: bytes, torn: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(whole + torn)
    assert torn_bytes(path) == len(torn)
