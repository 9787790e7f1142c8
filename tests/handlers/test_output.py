from pathlib import Path

import pytest

from daybell.handlers.output import LONGEST, last_line, last_text, open_log


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"", None),
        (b"\n \n\t\n", None),
        (b"one\ntwo\n\n", "two"),
        (b"one\r\ntwo", "two"),
        (b"10 %\r20 %\r", "20 %"),
        (b"caf\xe9\xff\n", "caf\\xe9\\xff"),
        ("schöne Grüße\n".encode(), "schöne Grüße"),
        (b"\x1b[31;1merror:\x1b[0m no disk\x07\n", "error: no disk"),
        (b"\x1b]0;title\x07text\n", "text"),
        (b"real\n\x00\x00\x00", "real"),
        (b"x" * 1000, "x" * LONGEST),
    ],
)
def test_the_last_text_is_fit_to_be_shown(tail: bytes, expected: str | None) -> None:
    assert last_text(tail) == expected


def test_only_what_this_attempt_wrote_is_looked_at(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"of an earlier attempt\n")
    assert last_line(log, 0) == "of an earlier attempt"
    assert last_line(log, log.stat().st_size) is None


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"y" * 10_000_000 + b"\nlast\n")
    assert last_line(log, 0) == "last"


def test_a_log_that_is_gone_has_no_last_line(tmp_path: Path) -> None:
    assert last_line(tmp_path / "none", 0) is None


def test_a_log_is_its_owners_alone(tmp_path: Path) -> None:
    log = tmp_path / "backup" / "run.log"
    with open(open_log(log), "wb") as output:  # noqa: PTH123 it is a descriptor
        output.write(b"one")
    with open(open_log(log), "wb") as output:  # noqa: PTH123 it is a descriptor
        output.write(b"two")
    assert log.read_bytes() == b"onetwo"
    assert (log.stat().st_mode & 0o777, log.parent.stat().st_mode & 0o777) == (0o600, 0o700)
