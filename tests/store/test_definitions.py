"""What a job was when it ran is kept once, beside its runs, and survives what they survive."""

import stat
from pathlib import Path

import msgspec
import pytest

from builders import a_run, at
from daybell.model.edit import Edit
from daybell.model.errors import LedgerError
from daybell.model.events import JobDefined, Numbered, RunFinished
from daybell.model.query import RunQuery
from daybell.store.definitions import NAME
from daybell.store.export import Wish, write_archive
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger
from daybell.store.lines import seal, unseal
from daybell.store.restore import restore_archive
from daybell.store.rows import newest_first
from store.homes import ASKED, NOW, home_at

AT = at("2026-01-03 02:30")
TRUE: dict[str, object] = {"handler": {"type": "command", "argv": ["true"]}}
FALSE: dict[str, object] = {"handler": {"type": "command", "argv": ["false"]}}


def defined(number: int, digest: str, definition: dict[str, object], job_id: str = "backup") -> Numbered:
    return Numbered(number, JobDefined(at=AT, job_id=job_id, digest=digest, definition=definition))


def ended(number: int, digest: str = "a") -> Numbered:
    return Numbered(number, RunFinished(at=AT, run=a_run(run_id=f"r{number}", definition=digest)))


def test_each_is_found_by_its_job_and_digest(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(defined(1, "a", TRUE))
    history.add(defined(2, "b", FALSE))
    history.add(defined(3, "a", FALSE, "mail"))
    for opened in (history, RunHistory(tmp_path)):
        assert [opened.definition("backup", digest) for digest in ("a", "b", "c")] == [TRUE, FALSE, None]
        assert opened.definition("mail", "a") == FALSE
        assert opened.definition("gone", "a") is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    RunHistory(tmp_path).add(defined(1, "a", TRUE))
    assert stat.S_IMODE((tmp_path / "backup" / NAME).stat().st_mode) == 0o600


def test_what_comes_again_is_there_once(tmp_path: Path) -> None:
    for _ in range(3):
        history = RunHistory(tmp_path)
        history.add(defined(1, "a", TRUE))
        history.add(defined(7, "a", TRUE))
    assert (tmp_path / "backup" / NAME).read_bytes().count(b"\n") == 1


def test_it_is_no_file_of_rows(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(defined(1, "a", TRUE))
    history.add(ended(2))
    assert [row.number for row in history.select(RunQuery(job_id="backup"))] == [2]


@pytest.mark.parametrize("damage", [b'{"crc":"00000000","number":1,', b"no line at all\n", b"\x00" * 9])
def test_a_damaged_line_costs_no_other_one(tmp_path: Path, damage: bytes) -> None:
    history = RunHistory(tmp_path)
    history.add(defined(1, "a", TRUE))
    with (tmp_path / "backup" / NAME).open("ab") as file:
        file.write(damage)
    assert history.definition("backup", "a") == TRUE
    history.add(defined(2, "b", FALSE))
    assert [history.definition("backup", digest) for digest in ("a", "b")] == [TRUE, FALSE]


def test_what_the_disk_refuses_is_known_kept_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    history = RunHistory(tmp_path)
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history.add(defined(1, "a", TRUE))
    assert len(caplog.messages) == 1
    assert history.definition("backup", "a") == TRUE
    with pytest.raises(OSError, match="not written yet"):
        history.sync()
    (tmp_path / "backup").unlink()
    history.add(ended(2))
    history.sync()
    assert RunHistory(tmp_path).definition("backup", "a") == TRUE


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / NAME).symlink_to(NAME)
    with pytest.raises(LedgerError, match=NAME):
        history.definition("backup", "a")


def test_an_archive_has_those_of_its_runs(tmp_path: Path) -> None:
    home, other = home_at(tmp_path / "home"), home_at(tmp_path / "other")
    history = RunHistory(home.history)
    ledger = FileLedger(home.journal, home.checkpoint, history, NOW)
    events = [defined(0, "a", TRUE).event, ended(0).event]
    for numbered in ledger.append(events):
        history.add(numbered)
    history.add(defined(3, "b", FALSE))  # of a batch that is not in the archive
    ledger.close()
    write_archive(home, tmp_path / "home.zip", Wish(NOW, "0.1.0"))
    restore_archive(tmp_path / "home.zip", other, ASKED, may_replace=False)
    restored = RunHistory(other.history)
    assert restored.definition("backup", "a") == TRUE
    assert restored.definition("backup", "b") is None
    assert [row.number for row in newest_first(other.history / "recent.jsonl")] == [2]


def test_a_line_of_an_earlier_daybell_tells_no_time(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(defined(1, "a", TRUE))
    path = tmp_path / "backup" / NAME
    (line,) = path.read_bytes().splitlines()
    body = unseal(line)
    assert body is not None
    old = {key: value for key, value in msgspec.json.decode(body).items() if key != "at"}
    path.write_bytes(seal(msgspec.json.encode(old)))
    history = RunHistory(tmp_path)
    history.add(defined(2, "b", FALSE))
    assert history.definitions("backup", 9) == [Edit("b", AT, FALSE), Edit("a", None, TRUE)]
    assert history.definition("backup", "a") == TRUE


def test_what_the_disk_refuses_is_among_the_edits(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history.add(defined(1, "a", TRUE))
    history.add(defined(2, "b", FALSE))
    history.add(defined(3, "c", FALSE, "mail"))
    assert [edit.digest for edit in history.definitions("backup", 9)] == ["b", "a"]


@pytest.mark.parametrize("job_id", ["..", "../backup", "/etc"])
def test_the_edits_of_what_is_no_id_are_none(tmp_path: Path, job_id: str) -> None:
    RunHistory(tmp_path / "history").add(defined(1, "a", TRUE))
    assert RunHistory(tmp_path / "history").definitions(job_id, 9) == []
