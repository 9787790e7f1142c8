"""`export` and `restore`, as a person meets them."""

import json
import shutil
from pathlib import Path

import pytest

from cli.program import Program
from daybell.store.directories import create, find
from daybell.store.instance import InstanceLock
from store.homes import ASKED, V1


@pytest.fixture
def full(tmp_path: Path) -> Program:
    """In a home with jobs and a history."""
    shutil.copytree(V1, tmp_path / "full")
    return Program(tmp_path / "full")


@pytest.fixture
def other(tmp_path: Path) -> Program:
    """In a home that is not there yet."""
    return Program(tmp_path / "other")


def test_what_one_home_exports_another_one_restores(full: Program, other: Program, tmp_path: Path) -> None:
    path = tmp_path / "home.zip"
    assert full("export", str(path)) == (
        0,
        "",
        (
            f"kept 5 jobs and their history in {path}\n"
            "it may hold secrets, as your job files do; `daybell restore` puts it back\n"
        ),
    )
    assert other("restore", str(path)) == (
        0,
        "",
        (
            "restored what was kept on 2026-11-20 15:00\n"
            "`daybell start` goes on from there: what was due since then is caught up as after any gap\n"
        ),
    )
    jobs = (other.home / "config" / "jobs").iterdir()
    assert sorted(one.stem for one in jobs) == ["backup", "check-mail", "heartbeat", "report", "tidy-up"]


def test_a_home_that_is_lived_in_is_replaced_only_on_demand(full: Program, tmp_path: Path) -> None:
    path, home = tmp_path / "home.zip", full.home
    full("export", str(path))
    said = full("restore", str(path))
    assert (said.code, said.out) == (7, "")
    assert said.err.startswith(
        f"daybell: there are jobs or runs in this home already ({home}/config): with --yes"
    )
    aside = "before-restore-20261120T150000"
    assert full("restore", str(path), "--yes").err.splitlines()[1:-1] == [
        f"what was here before lies in {home}/{name}/{aside}" for name in ("config", "data", "state")
    ]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 7)])
def test_a_person_is_asked_whether_to_replace(full: Program, tmp_path: Path, answer: str, code: int) -> None:
    path = tmp_path / "home.zip"
    full("export", str(path))
    full.answers = f"{answer}\n"
    said = full("restore", str(path))
    assert said.err.startswith("put what is in this home aside, and the archive in its place? [y/N] ")
    assert (said.code, "what was here before lies in" in said.err) == (code, code == 0)


def test_programs_are_told_in_json(full: Program, other: Program, tmp_path: Path) -> None:
    path = tmp_path / "home.zip"
    said = full("export", "--json", "--with-logs", str(path))
    assert json.loads(said.out) == {"file": str(path), "jobs": 5, "files": 22}
    assert json.loads(other("restore", "--json", str(path)).out) == {"files": 22, "aside": []}


def test_without_a_name_the_archive_is_named_by_its_time(
    full: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "in daybell-20261120T150000Z.zip" in full("export").err
    (tmp_path / "backups").mkdir()
    full("export", "backups")
    assert (tmp_path / "backups" / "daybell-20261120T150000Z.zip").read_bytes() == (
        tmp_path / "daybell-20261120T150000Z.zip"
    ).read_bytes()


def test_an_empty_home_has_nothing_to_export(other: Program, tmp_path: Path) -> None:
    said = other("export", str(tmp_path / "home.zip"))
    assert (said.code, said.err) == (
        1,
        f"daybell: there is nothing to keep yet: no jobs in {other.home}/config/jobs\n",
    )


def test_while_daybell_runs_nothing_is_restored(full: Program, other: Program, tmp_path: Path) -> None:
    path = tmp_path / "home.zip"
    full("export", str(path))
    directories = find(other.environ)
    create(directories)
    lock = InstanceLock(directories.instance_lock, directories.instance_file)
    lock.acquire(ASKED)
    said = other("restore", str(path))
    lock.release()
    assert said.code == 7
    assert said.err.startswith(
        "daybell: Daybell is already running in this home: process 1, since 2026-11-20"
    )
    assert said.err.endswith("; end it with `daybell stop`, then restore\n")


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"hello", 5, "is no archive of Daybell's, or only a part of one"),
        (None, 1, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_archive_is_refused(
    other: Program, tmp_path: Path, content: bytes | None, code: int, sentence: str
) -> None:
    path = tmp_path / "home.zip"
    if content is not None:
        path.write_bytes(content)
    said = other("restore", str(path))
    assert (said.code, said.err.endswith(f"{sentence}\n"), str(path) in said.err) == (code, True, True)
    assert not other.home.exists()
