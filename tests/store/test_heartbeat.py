"""The heartbeat: there while Daybell lives, and what it tells the next life."""

import json
import logging
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from builders import at
from daybell.model.last_life import LastLife
from daybell.store.heartbeat import EVERY, LARGEST, Heartbeat, last_life

STARTED = at("2026-03-02 12:00")
NOW = at("2026-03-02 14:00")
BEATEN = at("2026-03-02 13:03:30.250")
WHOLE = {"pid": 7, "boot_id": "boot", "started": "2026-03-02T13:00:00+01:00", "version": "0.1.0"}


class Seconds:
    """Monotonic time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heartbeat.json"


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def heartbeat(path: Path, seconds: Seconds) -> Heartbeat:
    one = Heartbeat(path, seconds)
    one.begin(7, "boot", "0.1.0", STARTED)
    return one


def touch(path: Path, seconds: float) -> None:
    os.utime(path, (seconds, seconds))


def test_the_next_life_reads_of_the_last_one(path: Path, heartbeat: Heartbeat) -> None:
    touch(path, BEATEN.timestamp())
    assert last_life(path, NOW) == LastLife(7, "boot", "0.1.0", STARTED, BEATEN)


def test_an_end_in_order_leaves_nothing(path: Path, heartbeat: Heartbeat, seconds: Seconds) -> None:
    heartbeat.end()
    seconds.now += 2 * EVERY
    heartbeat.beat()
    heartbeat.end()
    assert not path.exists()
    assert last_life(path, NOW) is None


def test_it_is_ours_alone_and_nothing_lies_beside_it(path: Path, heartbeat: Heartbeat) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert json.loads(path.read_bytes()) == {
        "pid": 7,
        "boot_id": "boot",
        "started": "2026-03-02T12:00:00Z",
        "version": "0.1.0",
    }


def test_a_beat_touches_it_once_a_minute_and_writes_nothing(
    path: Path, heartbeat: Heartbeat, seconds: Seconds
) -> None:
    touch(path, 0)
    before = path.stat()
    seconds.now += EVERY - 1
    assert heartbeat.beat() == 1
    assert path.stat().st_mtime == 0
    seconds.now += 1
    assert heartbeat.beat() == EVERY
    assert path.stat().st_mtime > STARTED.timestamp()
    assert path.stat().st_ino == before.st_ino
    touch(path, 0)
    seconds.now += 9
    heartbeat.beat()
    assert path.stat().st_mtime == 0


def test_a_file_that_somebody_removed_is_written_anew(
    path: Path, heartbeat: Heartbeat, seconds: Seconds
) -> None:
    content = path.read_bytes()
    path.unlink()
    seconds.now += EVERY
    heartbeat.beat()
    assert path.read_bytes() == content


def test_without_a_beginning_there_is_no_beat(path: Path, seconds: Seconds) -> None:
    seconds.now += EVERY
    Heartbeat(path, seconds).beat()
    assert not path.exists()


def test_a_disk_that_refuses_it_stops_nobody(
    tmp_path: Path, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    one = Heartbeat(tmp_path / "gone" / "heartbeat.json", seconds)
    one.begin(7, "boot", "0.1.0", STARTED)
    seconds.now += EVERY
    one.beat()
    one.end()
    assert [record.getMessage() for record in caplog.records] == [
        "heartbeat.json cannot be written: No such file or directory"
    ]


def test_a_beat_in_the_future_counts_as_one_of_now(path: Path, heartbeat: Heartbeat) -> None:
    touch(path, (NOW + timedelta(days=400)).timestamp())
    life = last_life(path, NOW)
    assert life is not None
    assert life.last_beat == NOW


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\0" * 200,
        json.dumps(WHOLE).encode()[:-9],
        b"[]",
        b'{"pid": 7}',
        json.dumps(WHOLE | {"pid": "seven"}).encode(),
        json.dumps(WHOLE | {"started": "2026-03-02T13:00:00"}).encode(),
        json.dumps(WHOLE | {"started": "0001-01-01T00:00:00+14:00"}).encode(),
        b"\xff\xfe",
        json.dumps(WHOLE).encode() + b" " * LARGEST,
    ],
    ids=range(11),
)
def test_what_is_torn_empty_or_foreign_tells_nothing_and_is_named(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    assert last_life(path, NOW) is None
    assert "heartbeat.json tells nothing of the last life" in caplog.text


def test_keys_of_a_later_version_are_passed_over(path: Path) -> None:
    path.write_bytes(json.dumps(WHOLE | {"host": "here"}).encode())
    touch(path, BEATEN.timestamp())
    assert last_life(path, NOW) == LastLife(7, "boot", "0.1.0", STARTED, BEATEN)


def test_none_is_no_news(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert last_life(path, NOW) is None
    assert caplog.text == ""


@pytest.mark.parametrize("kind", ["directory", "pipe", "link"])
def test_what_is_no_plain_file_is_not_waited_for(path: Path, kind: str) -> None:
    match kind:
        case "directory":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.symlink_to("/dev/zero")
    assert last_life(path, NOW) is None


def test_one_that_has_not_begun_ends_no_other_life(path: Path, heartbeat: Heartbeat) -> None:
    Heartbeat(path).end()
    assert path.exists()


def test_what_is_no_text_tells_nothing_and_breaks_nothing(path: Path) -> None:
    path.write_bytes(b'{"pid":7,"boot_id":"\xff","started":"2026-03-02T12:00:00Z","version":"0.1.0"}')
    assert last_life(path, NOW) is None
