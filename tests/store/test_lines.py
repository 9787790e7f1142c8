"""Files of lines are read from their end, in blocks."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.store.lines import BLOCK, blocks_from_end, lines_from_end, seal, torn_bytes, unseal


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


@given(st.binary(max_size=60).map(lambda content: content.replace(b"0", b"\n")), st.integers(1, 9))
def test_lines_from_the_end_are_those_from_the_beginning(content: bytes, block: int) -> None:
    with TemporaryDirectory() as directory, patch("daybell.store.lines.BLOCK", block):
        path = Path(directory) / "lines"
        path.write_bytes(content)
        lines = content.split(b"\n")
        expected = lines[:-1] if not lines[-1] else lines
        assert list(lines_from_end(path)) == expected[::-1]


@given(
    st.binary(max_size=60).map(lambda content: content.replace(b"0", b"\n")),
    st.integers(1, 9),
    st.integers(0, 60),
)
def test_blocks_are_the_whole_lines_up_to_any_line_end(content: bytes, block: int, end: int) -> None:
    with TemporaryDirectory() as directory, patch("daybell.store.lines.BLOCK", block):
        path = Path(directory) / "lines"
        path.write_bytes(content)
        before = content[: content.find(b"\n", end) + 1]
        blocks = list(blocks_from_end(path, len(before)))
        assert b"".join(part + b"\n" for part in reversed(blocks)) == before


def test_a_sealed_line_is_json_and_opens_only_as_it_was() -> None:
    line = seal(b'{"number":1}')
    assert line.startswith(b'{"crc":"')
    assert unseal(line[:-1]) == b'{"number":1}'
    assert unseal(line[:-1].replace(b"1", b"2")) is None
    assert unseal(b"") is None
