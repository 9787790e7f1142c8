"""Whatever is not exactly what Daybell kept is refused, and the home stays as it is."""

import hashlib
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybell.model.errors import Conflict, DaybellError, InvalidArchive
from daybell.store.archive import MANIFEST
from daybell.store.directories import Directories
from daybell.store.envelope import seal
from daybell.store.export import Wish, write_archive
from daybell.store.restore import all_parts, restore_archive
from store.homes import ASKED, NOW, contents, home_at, home_v1

Members = dict[str, bytes]


@pytest.fixture
def home(tmp_path: Path) -> Directories:
    return home_at(tmp_path / "home")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive of a home, with what its runs printed."""
    path = tmp_path_factory.mktemp("kept") / "home.zip"
    write_archive(home_v1(path.parent / "home"), path, Wish(NOW, "0.1.0", with_logs=True))
    return path.read_bytes()


def members_of(archive: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def manifest_of(members: Members, **changes: object) -> bytes:
    files = [
        {"path": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
        if name != MANIFEST
    ]
    return json.dumps({**json.loads(members[MANIFEST]), "files": files, **changes}).encode()


def zipped(members: Mapping[str, bytes], kind: int = stat.S_IFREG) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = (kind if name != MANIFEST else 0) << 16
            file.writestr(member, content)
    return whole.getvalue()


def honest(members: Members, kind: int = stat.S_IFREG, **changes: object) -> bytes:
    """An archive whose manifest says exactly what it holds."""
    return zipped({**members, MANIFEST: manifest_of(members, **changes)}, kind)


def refused(archive: bytes, home: Directories, error: type[DaybellError] = InvalidArchive) -> str:
    """What is said of it; the home must be as it was, without any trace."""
    path = home.config.parents[1] / "archive.zip"
    path.write_bytes(archive)
    before = contents(home.config.parent)
    with pytest.raises(error) as refusal:
        restore_archive(path, home, ASKED, may_replace=True)
    assert contents(home.config.parent) == before
    assert not list(home.config.parent.rglob("*restor*"))
    return str(refusal.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "config/../../evil",
        "config/jobs/../../../evil.json",
        "config/jobs/..",
        "/etc/passwd",
        "C:/evil.json",
        "config\\jobs\\evil.json",
        "config/jobs/a\\..\\evil.json",
        "config/jobs/.hidden.json",
        "config/jobs/deep/evil.json",
        "config/jobs/evil.sh",
        "config/jobs/a:b.json",
        "config/other.json",
        "config/schemas/job.schema.json",
        "state/state.json.bak",
        "state/journal.lock",
        "run/instance.json",
        "run/api.sock",
        "log/daybell.log",
        "data/history/a/b/2026-03.jsonl",
        "data/artifacts/evil",
        "evil",
        "config/jobs/\x01.json",
    ],
)
def test_a_name_that_is_no_file_of_daybells_is_refused(kept: bytes, home: Directories, name: str) -> None:
    assert (
        refused(honest({**members_of(kept), name: b"{}"}), home) == f"{name!r} in it is no file of Daybell's"
    )


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_what_is_no_file_is_refused(kept: bytes, home: Directories, kind: int) -> None:
    assert refused(honest(members_of(kept), kind), home).endswith("in it is no file")


def test_a_directory_is_refused(kept: bytes, home: Directories) -> None:
    assert (
        refused(honest({**members_of(kept), "config/jobs/": b""}), home) == "'config/jobs/' in it is no file"
    )


def test_a_name_that_stands_there_twice_is_refused(kept: bytes, home: Directories) -> None:
    whole = io.BytesIO(kept)
    with zipfile.ZipFile(whole, "a") as file, warnings.catch_warnings(action="ignore"):
        file.writestr("config/settings.json", b"{}")
    assert refused(whole.getvalue(), home) == "'config/settings.json' stands in it twice"


class Usage(NamedTuple):
    """Of a disk that is nearly full."""

    free: int


Change = Callable[[Members], Members]


@pytest.mark.parametrize(
    "change",
    [
        lambda members: {**members, "config/jobs/more.json": b"{}"},
        lambda members: {name: members[name] for name in members if name != "config/settings.json"},
        lambda members: {**members, "config/settings.json": members["config/settings.json"] + b" "},
    ],
)
def test_more_or_less_than_the_manifest_says_is_refused(
    kept: bytes, home: Directories, change: Change
) -> None:
    assert refused(zipped(change(members_of(kept))), home) == f"it does not hold what its {MANIFEST} says"


def test_a_wrong_checksum_is_refused(kept: bytes, home: Directories) -> None:
    members = members_of(kept)
    changed = members["data/history/recent.jsonl"].replace(b"succeeded", b"succeedad", 1)
    assert refused(zipped({**members, "data/history/recent.jsonl": changed}), home) == (
        "data/history/recent.jsonl in it is not what was kept: its checksum does not match"
    )


def test_what_unpacks_to_more_than_it_says_is_not_unpacked(kept: bytes, home: Directories) -> None:
    """Its sizes are lies that agree with each other."""
    bomb, name = b"\0" * (1 << 24), "config/jobs/bomb.json"
    members = {**members_of(kept), name: bomb}
    files = json.loads(manifest_of(members))["files"]
    lies = [{**one, "size": 10} if one["path"] == name else one for one in files]
    archive, size = honest(members, files=lies), len(bomb).to_bytes(4, "little")
    assert archive.count(size) == 2
    archive = archive.replace(size, (10).to_bytes(4, "little"))
    assert f"{name} in it is" in refused(archive, home)


def test_more_than_the_disk_can_hold_is_not_begun(
    kept: bytes, home: Directories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=100))
    assert "are needed, and 100 are free; make room on that disk" in refused(kept, home, DaybellError)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({}, f"it is no archive of Daybell's: it has no {MANIFEST}"),
        ({"config/settings.json": b"{}"}, f"it is no archive of Daybell's: it has no {MANIFEST}"),
        ({MANIFEST: b"{"}, f"its {MANIFEST} is damaged: Input data was truncated"),
        ({MANIFEST: b'{"schema": 1}'}, f"its {MANIFEST} is damaged: Object missing required field `version`"),
    ],
)
def test_another_zip_file_is_no_archive(home: Directories, members: Members, sentence: str) -> None:
    assert refused(zipped(members), home) == sentence


def test_a_manifest_of_any_size_is_not_read(kept: bytes, home: Directories) -> None:
    members = members_of(kept)
    huge = manifest_of(members) + b" " * (1 << 26)
    assert "it has no manifest.json" in refused(zipped({**members, MANIFEST: huge}), home)


def test_an_archive_of_a_newer_daybell_is_refused(kept: bytes, home: Directories) -> None:
    newer = honest(members_of(kept), schema=2, version="3.0.0", files="somewhere else")
    assert refused(newer, home) == ("a newer Daybell wrote it (3.0.0); update this one, then restore")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            seal(2, b"{}"),
            (
                "state/state.json in it is of a newer Daybell: it has schema 2; "
                "this Daybell knows 1 at most; update this one, then restore"
            ),
        ),
        (b"{}", "state/state.json in it is damaged: Object missing required field `schema`"),
    ],
)
def test_a_state_that_could_not_be_started_with_is_refused(
    kept: bytes, home: Directories, state: bytes, sentence: str
) -> None:
    assert refused(honest({**members_of(kept), "state/state.json": state}), home) == sentence


@pytest.mark.parametrize("name", ["config/settings.json", "config/jobs/backup.json"])
def test_a_file_of_a_newer_daybell_is_refused(kept: bytes, home: Directories, name: str) -> None:
    archive = honest({**members_of(kept), name: b'{"schema": "2.0"}'})
    assert refused(archive, home) == f"{name} in it is of a newer Daybell; update this one, then restore"


@pytest.mark.parametrize("content", [b"{", b'{"schema": "1.9", "new": 1}', b"[]"])
def test_what_a_person_wrote_wrong_is_restored_as_it_was(
    kept: bytes, home: Directories, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "archive.zip").write_bytes(honest({**members_of(kept), "config/settings.json": content}))
    restore_archive(tmp_path / "archive.zip", home, ASKED, may_replace=False)
    assert home.settings_file.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 60])
def test_what_is_no_zip_file_is_no_archive(home: Directories, content: bytes) -> None:
    assert refused(content, home).endswith("archive.zip is no archive of Daybell's, or only a part of one")


def test_a_part_of_an_archive_is_none(kept: bytes, home: Directories) -> None:
    for length in range(0, len(kept), 997):
        assert refused(kept[:length], home)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(place=st.integers(0, 1 << 20), bits=st.integers(1, 255))
def test_a_damaged_archive_is_refused_or_harmless(
    kept: bytes, tmp_path_factory: pytest.TempPathFactory, place: int, bits: int
) -> None:
    home = home_at(tmp_path_factory.mktemp("home") / "home")
    path = home.config.parents[1] / "archive.zip"
    damaged = bytearray(kept)
    damaged[place % len(kept)] ^= bits
    path.write_bytes(damaged)
    try:
        restore_archive(path, home, ASKED, may_replace=False)
    except DaybellError:
        assert contents(home.config.parent) == {}
    else:
        assert {name: content for name, content in members_of(kept).items() if name != MANIFEST} == {
            name.removeprefix("home/"): content for name, content in contents(home.config.parent).items()
        }


def test_a_file_that_is_not_there_is_named(home: Directories, tmp_path: Path) -> None:
    with pytest.raises(DaybellError, match=r"gone\.zip: cannot be read: No such file or directory"):
        restore_archive(tmp_path / "gone.zip", home, ASKED, may_replace=True)


def test_a_member_that_is_locked_with_a_password_is_refused(kept: bytes, home: Directories) -> None:
    archive = bytearray(kept)
    place = archive.rindex(b"PK\x01\x02", 0, archive.rindex(b"manifest.json"))
    first = archive.index(b"PK\x01\x02")
    archive[first + 8] |= 1
    assert place > first
    assert "is damaged" in refused(bytes(archive), home)


def test_the_same_home_at_the_same_time_makes_the_same_archive(kept: bytes, tmp_path: Path) -> None:
    path = tmp_path / "again.zip"
    write_archive(home_v1(tmp_path / "home"), path, Wish(NOW, "0.1.0", with_logs=True))
    assert path.read_bytes() == kept


def test_an_archive_tells_neither_machine_nor_person(kept: bytes) -> None:
    assert json.loads(members_of(kept)[MANIFEST]).keys() == {"schema", "version", "created", "files"}


def test_what_runs_printed_is_kept_only_where_that_is_wanted(kept: bytes, tmp_path: Path) -> None:
    path = tmp_path / "home.zip"
    write_archive(home_v1(tmp_path / "home"), path, Wish(NOW, "0.1.0"))
    with_logs, without = members_of(kept), members_of(path.read_bytes())
    assert {name for name in with_logs if name not in without} == {
        name for name in with_logs if name.startswith("log/")
    }
    assert len(with_logs) - len(without) == 7


def test_an_archive_is_readable_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "home.zip"
    write_archive(home_v1(tmp_path / "home"), path, Wish(NOW, "0.1.0"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".zip"] == ["home"]


def test_an_older_archive_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    home, path = home_v1(tmp_path / "home"), tmp_path / "home.zip"
    write_archive(home, path, Wish(NOW, "0.1.0"))
    (home.jobs / "report.json").unlink()
    write_archive(home, path, Wish(NOW, "0.1.0"))
    assert "config/jobs/report.json" not in members_of(path.read_bytes())
    for other in (b"my thesis", zipped({"thesis.txt": b"text"})):
        path.write_bytes(other)
        with pytest.raises(Conflict, match="is there already, and is no archive of Daybell's"):
            write_archive(home, path, Wish(NOW, "0.1.0"))
        assert path.read_bytes() == other


def test_a_home_with_nothing_in_it_is_not_kept(home: Directories, tmp_path: Path) -> None:
    with pytest.raises(DaybellError, match="there is nothing to keep yet: no jobs in"):
        write_archive(home, tmp_path / "home.zip", Wish(NOW, "0.1.0"))
    assert not (tmp_path / "home.zip").exists()


def test_a_place_that_takes_no_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "home.zip"
    with pytest.raises(DaybellError) as refusal:
        write_archive(home_v1(tmp_path / "home"), path, Wish(NOW, "0.1.0"))
    assert str(refusal.value) == f"{path}: cannot be written: No such file or directory"


def test_a_state_of_a_newer_daybell_is_not_kept(tmp_path: Path) -> None:
    home = home_v1(tmp_path / "home")
    home.checkpoint.write_bytes(seal(2, b"{}"))
    with pytest.raises(DaybellError, match="export it with that version"):
        write_archive(home, tmp_path / "home.zip", Wish(NOW, "0.1.0"))


def test_odd_things_among_the_files_are_left_out(tmp_path: Path) -> None:
    home, path = home_v1(tmp_path / "home"), tmp_path / "home.zip"
    (home.jobs / ".backup.json.swp").write_bytes(b"x")
    (home.jobs / "notes.txt").write_bytes(b"x")
    (home.jobs / "directory.json").mkdir()
    (home.jobs / "nowhere.json").symlink_to(tmp_path / "gone")
    (home.jobs / "linked.json").symlink_to(home.jobs / "backup.json")
    (home.jobs / "empty.json").touch()
    (home.data / "artifacts" / "backup" / "r1" / "deep").mkdir(parents=True)
    (home.data / "artifacts" / "backup" / "r1" / "deep" / "report.pdf").write_bytes(b"pdf")
    write_archive(home, path, Wish(NOW, "0.1.0"))
    members = members_of(path.read_bytes())
    jobs = {name.removeprefix("config/jobs/") for name in members if name.startswith("config/jobs/")}
    assert jobs == {
        f"{name}.json" for name in ("backup", "check-mail", "heartbeat", "linked", "report", "tidy-up")
    }
    assert members["config/jobs/linked.json"] == (home.jobs / "backup.json").read_bytes()
    assert members["data/artifacts/backup/r1/deep/report.pdf"] == b"pdf"
    other = home_at(tmp_path / "other")
    restore_archive(path, other, ASKED, may_replace=False)
    assert (other.data / "artifacts" / "backup" / "r1" / "deep" / "report.pdf").read_bytes() == b"pdf"


def test_every_part_has_a_place_of_its_own(home: Directories) -> None:
    names = [part.name for part in all_parts(home)]
    assert len(set(names)) == len(names)
    assert all(str(part.path).endswith(part.name) for part in all_parts(home))
