import json
import os
import stat
from pathlib import Path

import pytest

from daybell.api.endpoint import Endpoint, LooseEndpoint, forget_endpoint, read_endpoint, write_endpoint

ONE = Endpoint(port=4711, pid=os.getpid(), started="2026-11-20T12:00:00+00:00", token="secret")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "endpoint.json"


def test_it_is_for_this_person_alone_from_its_first_byte(path: Path) -> None:
    before = os.umask(0)
    try:
        write_endpoint(path, ONE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert json.loads(path.read_text()) == ONE._asdict()


def test_what_was_written_is_read(path: Path) -> None:
    write_endpoint(path, ONE._replace(port=1))
    write_endpoint(path, ONE)
    assert read_endpoint(path) == ONE


def test_what_a_crash_has_left_is_in_nobodys_way(path: Path) -> None:
    path.with_name(f".endpoint.json.{ONE.pid}.new").write_text("half")
    write_endpoint(path, ONE)
    assert read_endpoint(path) == ONE


def test_nothing_is_left_where_it_cannot_be_written(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match="endpoint"):
        write_endpoint(path, ONE)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"port": "1"}', '{"port": 1, "pid": 1, "started": ""}'])
def test_nonsense_leads_nowhere(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
    assert read_endpoint(path) is None


def test_no_file_leads_nowhere(path: Path) -> None:
    assert read_endpoint(path) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o620])
def test_a_file_that_others_could_use_is_not_believed(path: Path, mode: int) -> None:
    write_endpoint(path, ONE)
    path.chmod(mode)
    with pytest.raises(LooseEndpoint, match="others than you may use"):
        read_endpoint(path)


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    write_endpoint(tmp_path / "other.json", ONE)
    path.symlink_to(tmp_path / "other.json")
    with pytest.raises(OSError, match="symbolic"):
        read_endpoint(path)


def test_only_ones_own_is_forgotten(path: Path) -> None:
    write_endpoint(path, ONE._replace(pid=ONE.pid + 1))
    forget_endpoint(path, ONE.port)
    assert path.exists()
    write_endpoint(path, ONE)
    forget_endpoint(path, ONE.port + 1)
    assert path.exists()
    forget_endpoint(path, ONE.port)
    forget_endpoint(path, ONE.port)
    assert not path.exists()
