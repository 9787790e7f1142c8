"""One job a file: good ones count, bad ones are told, and nothing is lost while an editor saves."""

import json
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from builders import BERLIN, at
from daybell.engine.memory import VirtualClock
from daybell.model.errors import Conflict, DaybellError, InvalidDefinition, JobNotFound
from daybell.model.job import Job
from daybell.model.status import Problem
from daybell.store.jobs import JobFolder

GOOD = json.dumps({"handler": {"type": "command", "argv": ["true"]}}).encode()


class Machine:
    """What a folder sees of it: a clock, and programs that are there or not."""

    def __init__(self) -> None:
        self.clock = VirtualClock(at("2026-03-02 12:00"))
        self.missing: set[str] = set()

    def check(self, job: Job, file: str) -> list[Problem]:
        return [Problem(file, "handler.argv[0]", "not found")] if job.id in self.missing else []


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def folder(tmp_path: Path, machine: Machine) -> JobFolder:
    return JobFolder(tmp_path, BERLIN, machine.check, machine.clock)


def write(folder: Path, name: str, content: bytes = GOOD) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_every_json_file_is_a_job_and_nothing_else_is(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json")
    for other in (".backup.json.swp", ".hidden.json", "backup.json~", "notes.txt"):
        write(tmp_path, other)
    assert list(folder.read().jobs) == ["backup"]


def test_a_directory_that_is_not_there_has_no_jobs(tmp_path: Path, machine: Machine) -> None:
    assert JobFolder(tmp_path / "gone", BERLIN, machine.check, machine.clock).read().jobs == {}


def test_one_bad_file_takes_no_other_job_down(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json")
    write(tmp_path, "broken.json", b"{")
    read = folder.read()
    assert (list(read.jobs), read.invalid) == (["backup"], frozenset({"broken"}))
    assert [problem.file for problem in read.problems] == ["broken.json"]


def test_a_name_that_is_no_slug_is_a_problem(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "Back Up.json")
    read = folder.read()
    assert read.jobs == {}
    assert [problem.file for problem in read.problems] == ["Back Up.json"]


def test_a_file_is_parsed_again_only_when_it_changed(tmp_path: Path, folder: JobFolder) -> None:
    path = write(tmp_path, "backup.json")
    first = folder.read().jobs["backup"]
    assert folder.read().jobs["backup"] is first
    path.write_bytes(GOOD.replace(b"true", b"false"))
    assert folder.read().jobs["backup"].handler.argv == ("false",)


def test_what_the_machine_lacks_is_told_each_time_and_the_job_counts(
    tmp_path: Path, folder: JobFolder, machine: Machine
) -> None:
    write(tmp_path, "backup.json")
    machine.missing.add("backup")
    read = folder.read()
    assert list(read.jobs) == ["backup"]
    assert [problem.field for problem in read.problems] == ["handler.argv[0]"]
    machine.missing.clear()
    assert folder.read().problems == ()


def test_a_file_counts_as_removed_only_when_it_was_absent_for_a_second(
    tmp_path: Path, folder: JobFolder, machine: Machine
) -> None:
    path = write(tmp_path, "backup.json")
    folder.read()
    path.unlink()
    assert folder.read().vanished == frozenset({"backup"})
    machine.clock.advance_to(at("2026-03-02 12:00:00.9"))
    assert folder.read().vanished == frozenset({"backup"})
    machine.clock.advance_to(at("2026-03-02 12:00:01"))
    assert folder.read().vanished == frozenset()


def test_a_file_that_comes_back_in_time_was_never_away(
    tmp_path: Path, folder: JobFolder, machine: Machine
) -> None:
    path = write(tmp_path, "backup.json")
    folder.read()
    path.unlink()
    folder.read()
    write(tmp_path, "backup.json")
    read = folder.read()
    assert (list(read.jobs), read.vanished) == (["backup"], frozenset())
    path.unlink()
    machine.clock.advance_to(at("2026-03-02 12:00:05"))
    assert folder.read().vanished == frozenset({"backup"})


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json").chmod(0)
    assert "permission" in folder.read().problems[0].message.lower()


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(
    tmp_path: Path, folder: JobFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder.read()

    def refuse(_path: Path) -> list[str]:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "listdir", refuse)
        read = folder.read()
    assert (read.is_complete, read.jobs, read.vanished) == (False, before.jobs, frozenset())
    assert "cannot be read: Input/output error" in read.problems[0].message
    assert folder.read().is_complete


def test_what_is_no_regular_file_is_a_problem_and_is_not_opened(tmp_path: Path, folder: JobFolder) -> None:
    (tmp_path / "backup.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    assert [problem.message for problem in folder.read().problems] == [
        "is not a regular file: move it away"
    ] * 2


def test_writing_validates_and_keeps_the_file_private(tmp_path: Path, folder: JobFolder) -> None:
    folder.write("backup", GOOD)
    path = tmp_path / "backup.json"
    assert path.read_bytes() == GOOD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InvalidDefinition):
        folder.write("mail", b"{}")
    assert [one.name for one in tmp_path.iterdir()] == ["backup.json"]


def test_of_two_that_write_one_job_at_once_one_is_refused(tmp_path: Path, folder: JobFolder) -> None:
    contents = [GOOD, GOOD.replace(b'"true"', b'"echo", "a longer one"')]
    refused: list[Conflict] = []
    barrier = threading.Barrier(2)

    def add(content: bytes) -> None:
        barrier.wait()
        try:
            folder.write("backup", content)
        except Conflict as conflict:
            refused.append(conflict)

    for _ in range(50):
        threads = [threading.Thread(target=add, args=(content,)) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (tmp_path / "backup.json").read_bytes() in contents
        (tmp_path / "backup.json").unlink()
    assert len(refused) == 50


def test_what_a_crash_left_linked_is_not_written_through(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json", b"precious")
    os.link(tmp_path / "backup.json", tmp_path / ".backup.json.new")
    with pytest.raises(Conflict):
        folder.write("backup", GOOD)
    assert (tmp_path / "backup.json").read_bytes() == b"precious"


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, machine: Machine) -> None:
    with pytest.raises(DaybellError, match="cannot be written"):
        JobFolder(tmp_path / "gone", BERLIN, machine.check, machine.clock).write("backup", GOOD)


def test_writing_never_replaces_a_job(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json", b"precious")
    with pytest.raises(Conflict, match="backup"):
        folder.write("backup", GOOD)
    assert (tmp_path / "backup.json").read_bytes() == b"precious"


def test_removing_takes_the_file_away_at_once(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json")
    folder.read()
    folder.remove("backup")
    read = folder.read()
    assert (read.jobs, read.vanished, list(tmp_path.iterdir())) == ({}, frozenset(), [])
    with pytest.raises(JobNotFound):
        folder.remove("backup")


def needing(*jobs: str) -> bytes:
    return json.dumps({"needs": jobs, "handler": {"type": "command", "argv": ["true"]}}).encode()


def test_jobs_that_wait_for_each_other_are_refused_and_no_other_is(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "a.json", needing("b"))
    write(tmp_path, "b.json", needing("c"))
    write(tmp_path, "c.json")
    assert list(folder.read().jobs) == ["a", "b", "c"]
    write(tmp_path, "c.json", needing("a", "gone"))
    read = folder.read()
    assert (dict(read.jobs), read.invalid) == ({}, frozenset({"a", "b", "c"}))
    assert [(problem.file, problem.field) for problem in read.problems] == [
        ("a.json", "needs[0]"),
        ("b.json", "needs[0]"),
        ("c.json", "needs[0]"),
    ]
    assert "b → c → a → b" in read.problems[1].message


def test_a_job_that_would_close_a_circle_is_not_written(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "a.json", needing("b"))
    assert [problem.message for problem in folder.read().problems] == [
        'there is no job "b": it waits for that in vain'
    ]
    with pytest.raises(InvalidDefinition, match="b → a → b"):
        folder.write("b", needing("a"))
    assert not (tmp_path / "b.json").exists()


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are text there")
def test_a_file_whose_name_is_no_text_is_told_and_harms_nothing(tmp_path: Path, folder: JobFolder) -> None:
    write(tmp_path, "backup.json")
    (tmp_path / os.fsdecode(b"caf\xe9.json")).write_bytes(GOOD)
    read = folder.read()
    assert list(read.jobs) == ["backup"]
    assert read.problems == (Problem(r"'caf\udce9.json'", "", "its name is no text: rename it"),)
    json.dumps([problem.file for problem in read.problems]).encode()


def test_a_directory_in_the_place_of_a_job_is_not_removed(tmp_path: Path, folder: JobFolder) -> None:
    (tmp_path / "d.json").mkdir()
    folder.read()
    with pytest.raises(DaybellError, match=r"d\.json: cannot be removed: "):
        folder.remove("d")
    assert (tmp_path / "d.json").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="a person's profile is private there by inheritance")
def test_a_file_that_others_could_write_is_not_believed_until_they_cannot(
    tmp_path: Path, folder: JobFolder
) -> None:
    path = write(tmp_path, "backup.json")
    assert list(folder.read().jobs) == ["backup"]
    path.chmod(0o666)
    read = folder.read()
    assert not read.jobs
    assert read.invalid == {"backup"}
    assert "others may write it" in read.problems[0].message
    path.chmod(0o600)
    assert list(folder.read().jobs) == ["backup"]
