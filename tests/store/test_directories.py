import os
import stat
import sys
from pathlib import Path

import pytest
from platformdirs import PlatformDirs

from daybell.model.errors import DaybellError
from daybell.store.directories import LONGEST_SOCKET, create, find, socket_path


def test_home_holds_everything(tmp_path: Path) -> None:
    found = find({"DAYBELL_HOME": str(tmp_path)})
    assert (found.config, found.data, found.state, found.log, found.run) == tuple(
        tmp_path / name for name in ("config", "data", "state", "log", "run")
    )
    assert found.jobs == tmp_path / "config" / "jobs"
    assert found.settings_file == tmp_path / "config" / "settings.json"
    assert found.journal == tmp_path / "state" / "journal.jsonl"
    assert found.history == tmp_path / "data" / "history"
    assert found.daybell_log == tmp_path / "log" / "daybell.log"
    assert found.runs_log == tmp_path / "log" / "runs"
    assert found.instance_lock == tmp_path / "run" / "instance.lock"
    assert found.instance_file == tmp_path / "run" / "instance.json"


def test_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find({"DAYBELL_HOME": "here"}).config == tmp_path / "here" / "config"


def test_home_may_begin_with_a_tilde() -> None:
    assert find({"DAYBELL_HOME": "~/bell"}).run == Path.home() / "bell" / "run"


def test_session_directory_holds_the_socket(tmp_path: Path) -> None:
    assert find({"XDG_RUNTIME_DIR": str(tmp_path)}).run == tmp_path / "daybell"


def test_without_a_session_the_state_holds_it(tmp_path: Path) -> None:
    found = find({"XDG_RUNTIME_DIR": str(tmp_path / "gone")})
    assert found.run in {found.state / "run", Path(f"/run/user/{os.getuid()}/daybell")}


def test_directories_are_named_daybell_without_an_author() -> None:
    found = find({})
    assert found.config.name == found.data.name == "daybell"


@pytest.mark.parametrize(("length", "is_short"), [(LONGEST_SOCKET, False), (LONGEST_SOCKET + 1, True)])
def test_long_socket_paths_get_a_short_directory(length: int, is_short: bool) -> None:  # noqa: FBT001 - a table
    run = Path("/" + "h" * (length - len("/") - len("/api.sock")))
    path = socket_path(run)
    assert (not path.is_relative_to(run)) is is_short
    assert len(os.fsencode(path)) <= LONGEST_SOCKET


def test_length_counts_bytes_and_not_letters() -> None:
    run = Path("/" + "ü" * 60)
    assert not socket_path(run).is_relative_to(run)


def test_short_sockets_of_two_homes_differ_and_stay_the_same() -> None:
    one, other = (Path("/" + letter * 120) for letter in "ab")
    assert socket_path(one) != socket_path(other)
    assert socket_path(one) == socket_path(one)


def test_create_makes_all_for_us_alone(tmp_path: Path) -> None:
    found = find({"DAYBELL_HOME": str(tmp_path / "deep" / "home")})
    create(found)
    assert {stat.S_IMODE(place.stat().st_mode) for place in found.private()} == {0o700}


def test_create_closes_an_open_directory(tmp_path: Path) -> None:
    found = find({"DAYBELL_HOME": str(tmp_path)})
    found.run.mkdir(mode=0o755)
    create(found)
    assert stat.S_IMODE(found.run.stat().st_mode) == 0o700


def test_create_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    with pytest.raises(DaybellError, match="log must be a directory, but is a file; move it away"):
        create(find({"DAYBELL_HOME": str(tmp_path)}))


def test_create_names_what_it_cannot_make(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DaybellError, match=r"file/home.*: cannot be made: Not a directory"):
        create(find({"DAYBELL_HOME": str(tmp_path / "file" / "home")}))


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_create_refuses_what_belongs_to_another_user(tmp_path: Path) -> None:
    found = find({"DAYBELL_HOME": str(tmp_path)})
    found.state.mkdir()
    os.chown(found.state, 12345, 12345)
    with pytest.raises(DaybellError, match=r"state belongs to another user \(uid 12345\); give it back"):
        create(found)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is platformdirs' own answer")
@pytest.mark.parametrize(
    "named",
    [
        {},
        {"XDG_CONFIG_HOME": "/a", "XDG_DATA_HOME": "/b/", "XDG_STATE_HOME": "/c d"},
        {"XDG_CONFIG_HOME": " ", "XDG_DATA_HOME": "", "XDG_STATE_HOME": "/c"},
    ],
)
def test_on_linux_files_are_where_platformdirs_says(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    found, places = find(named), PlatformDirs("daybell", appauthor=False)
    assert (found.config, found.data, found.state, found.log) == (
        places.user_config_path,
        places.user_data_path,
        places.user_state_path,
        places.user_log_path,
    )


def test_a_place_that_is_not_absolute_is_none() -> None:
    assert find({"XDG_CONFIG_HOME": "here"}).config.is_absolute()
