"""Output is looked through whatever its bytes are and however long it is."""

from io import SEEK_END
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybell.model.errors import DaybellError
from daybell.store.logs import RunLogs, has_text

PIECES = st.lists(st.sampled_from(["a", "A", "ß", "ss", "é", "É", "\n", "x", "\x1b[31m"]), max_size=30)


@settings(deadline=None)
@given(
    output=PIECES, text=PIECES.filter(bool).map(lambda pieces: "".join(pieces[:3])), part=st.integers(1, 9)
)
def test_text_is_found_in_small_letters_or_capitals(output: list[str], text: str, part: int) -> None:
    with TemporaryDirectory() as directory, patch("daybell.store.logs.PART", part):
        path = Path(directory) / "log"
        path.write_text("".join(output))
        assert has_text(path, text) == (text.casefold() in "".join(output).casefold())


def test_bytes_that_are_no_text_hide_nothing(tmp_path: Path) -> None:
    logs = RunLogs(tmp_path)
    path = logs.path("backup", "r1")
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00 No space left\xc3")
    assert logs.has_text("backup", "r1", "no SPACE")
    assert not logs.has_text("backup", "r1", "spaces")


def test_what_printed_nothing_has_no_text(tmp_path: Path) -> None:
    (tmp_path / "mail").touch()
    assert not RunLogs(tmp_path).has_text("backup", "r1", "a")
    assert not RunLogs(tmp_path).has_text("mail", "r1", "a")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = RunLogs(tmp_path).path("backup", "r1")
    path.parent.mkdir()
    path.symlink_to(path.name)
    with pytest.raises(DaybellError, match=r"backup/r1\.log: cannot be read: Too many levels"):
        RunLogs(tmp_path).has_text("backup", "r1", "a")


def test_what_was_freed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as log:
        log.write(b"Out of")
        log.truncate(1 << 42)
        log.seek(0, SEEK_END)
        log.write(b"space")
    if path.stat().st_blocks > 100:
        pytest.skip("this file system has no holes: run the tests on another one")
    assert has_text(path, "out OF")
    assert has_text(path, "SPACE")
    assert not has_text(path, "time")


def test_a_log_is_found_by_its_run_alone(tmp_path: Path) -> None:
    logs = RunLogs(tmp_path)
    assert logs.find("r1") is None
    path = logs.path("backup", "r1")
    path.parent.mkdir()
    path.touch()
    assert logs.find("r1") == path
    assert logs.find("r*") is None
