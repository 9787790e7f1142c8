"""What is old goes from real files, and nothing else, whatever else happens to them."""

import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import at
from daybell.model.events import Numbered, RunFinished
from daybell.model.job import Keep
from daybell.model.query import Row, RunQuery
from daybell.model.run import Run
from daybell.model.settings import Retention
from daybell.model.sizes import Size
from daybell.store import outputs
from daybell.store.compaction import Breathe
from daybell.store.going import Going
from daybell.store.history import RunHistory
from daybell.store.outputs import Outputs
from daybell.store.retention import Past, Sweep
from daybell.store.room import Swept
from daybell.store.rows import newest_first
from pasts import FIRST, JOBS, moments, numbered, pasts
from small_disk import needs_mount, small_disk

NOW = at("2026-11-21 12:00")
DAY = timedelta(days=1)
EVERYTHING = 10**9
"""Events that are forgotten: all."""
PLENTY = 1 << 40


def run_id(number: int, days_ago: float) -> str:
    return f"{NOW - days_ago * DAY:%Y%m%d-%H%M%S}-{number:08}"


class Home:
    """A history, and what its runs have left behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = Outputs(path / "logs", ".log")
        self.artifacts = Outputs(path / "artifacts")
        for directory in (self.logs.directory, self.artifacts.directory, path / "history"):
            directory.mkdir()
        self.history = RunHistory(path / "history")
        self.open: Collection[str] = ()
        self.forgotten = EVERYTHING
        self.free = [PLENTY]

    def end(self, number: int, days_ago: float, job_id: str = "backup", size: int | None = 10) -> None:
        """A run ends; without a size it has left nothing."""
        finished = NOW - days_ago * DAY
        run = Run(run_id=run_id(number, days_ago), job_id=job_id, cause="manual", finished=finished)
        self.history.add(Numbered(number, RunFinished(at=finished, run=run)))
        if size is not None:
            self.leave(run.run_id, days_ago, job_id, size)

    def leave(self, run: str, days_ago: float, job_id: str = "backup", size: int = 10) -> None:
        log = self.logs.directory / job_id / f"{run}.log"
        artifact = self.artifacts.directory / job_id / run / "deep" / "report"
        for path in (log, artifact):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * size)
        moment = (NOW - days_ago * DAY).timestamp()
        for path in (log, artifact.parent, artifact.parent.parent):
            os.utime(path, (moment, moment))

    def sweep(self, keeps: Mapping[str, Keep | None] | None = None, **settings: object) -> Swept:
        retention = Retention(**{"days": None, "bytes": None, **settings})  # type: ignore[arg-type] # as a file has it
        sweep = Sweep(self.past(), retention, lambda: None)
        sweep.whole(keeps or {}, NOW)
        return sweep.swept

    def past(self) -> Past:
        return Past(
            self.history,
            (self.logs, self.artifacts),
            lambda: self.forgotten,
            lambda: self.open,
            lambda _: self.free[0] if len(self.free) == 1 else self.free.pop(0),
        )

    def numbers(self, job_id: str | None = None) -> list[int]:
        return [row.number for row in self.history.select(RunQuery(job_id=job_id, limit=10_000))]

    def outputs(self) -> list[int]:
        """Numbers of the runs that have any, each of both kinds."""
        logs = sorted(int(path.stem[-8:]) for path in self.logs.directory.glob("*/*.log"))
        assert logs == sorted(int(path.name[-8:]) for path in self.artifacts.directory.glob("*/*"))
        return logs

    def outputs_of_nobody(self) -> list[str]:
        """Runs that have any, and no number."""
        names = (path.stem for path in self.logs.directory.glob("*/*.log"))
        return [name for name in names if not name[-8:].isdigit()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def consistent(home: Home) -> bool:
    """The file of all jobs has none that no other has, and is in order."""
    recent = [row.number for row in newest_first(home.history.recent)]
    return recent == sorted(recent, reverse=True) and set(recent) <= set(home.numbers())


def test_by_age_all_goes_but_the_newest_of_each_job(home: Home) -> None:
    for number, days_ago in enumerate((500, 450, 401, 399, 100, 1), 1):
        home.end(number, days_ago)
    home.end(7, 900, "gone")
    home.end(8, 800, "gone")
    swept = home.sweep(days=400)
    assert home.numbers("backup") == [6, 5, 4]
    assert home.numbers("gone") == [8]
    assert home.numbers() == [6, 5, 4, 8]
    assert home.outputs() == [4, 5, 6, 8]
    assert consistent(home)
    assert (swept.rows, swept.outputs, swept.refusals) == (4, 8, 0)


def test_what_a_job_wants_counts_before_the_settings(home: Home) -> None:
    for number in range(1, 10):
        home.end(number, 40 - number, ("backup", "mail", "tick")[number % 3])
    home.sweep({"backup": Keep(runs=2), "mail": Keep(days=400), "tick": None}, days=1)
    assert (home.numbers("backup"), home.numbers("mail"), home.numbers("tick")) == ([9], [7, 4, 1], [8, 5, 2])


def test_a_job_keeps_its_newest_by_number_also_after_a_wrong_clock(home: Home) -> None:
    for number, days_ago in enumerate((9, -900, -900, 8, 7, 6), 1):
        home.end(number, days_ago)
    home.sweep({"backup": Keep(runs=3)})
    assert home.numbers("backup") == [6, 5, 4]
    assert home.numbers() == [6, 5, 4]


def test_of_all_rows_only_so_many_stay_if_that_can_be(home: Home) -> None:
    for number in range(1, 41):
        home.end(number, 100 - number, ("backup", "mail")[number % 2], size=None)
    home.end(41, 300, "rare")
    home.end(42, 10, "noisy")
    home.end(43, 9, "noisy")
    keeps = {"noisy": Keep(runs=1), "mail": None}
    home.sweep(keeps, runs=30)
    assert sorted(home.numbers()) == [*range(1, 26, 2), *range(26, 42), 43]
    assert len(home.numbers("mail")) == 20
    home.sweep(runs=1)
    assert sorted(home.numbers()) == [39, 40, 41, 43]
    assert consistent(home)
    assert home.sweep(runs=1).rows == 0


def test_the_last_row_of_a_file_stays_while_the_journal_may_give_the_others_again(home: Home) -> None:
    for number, days_ago in enumerate((65, 64, 63, 3, 2, 1), 1):
        home.end(number, days_ago)
    home.forgotten = 2
    home.sweep({"backup": Keep(runs=2)})
    assert home.numbers("backup") == [6, 5, 3]
    again = RunHistory(home.path / "history")
    for number, days_ago in enumerate((63, 3, 2, 1), 3):
        finished = NOW - days_ago * DAY
        run = Run(run_id=run_id(number, days_ago), job_id="backup", cause="manual", finished=finished)
        again.add(Numbered(number, RunFinished(at=finished, run=run)))
    assert [row.number for row in again.select(RunQuery(job_id="backup"))] == [6, 5, 3]
    assert [row.number for row in again.select(RunQuery())] == [6, 5, 3]
    home.forgotten = 6
    home.sweep({"backup": Keep(runs=2)})
    assert home.numbers("backup") == [6, 5]
    assert home.outputs() == [5, 6]


def test_damaged_lines_stay_where_they_are(home: Home) -> None:
    for number in range(1, 7):
        home.end(number, 20 - number)
    path = home.path / "history" / "backup" / "2026-11.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = b"\0" * 40 + b"\n"
    path.write_bytes(b"".join([lines[0], damaged, *lines[2:]]))
    home.sweep({"backup": Keep(runs=2)})
    assert path.read_bytes() == b"".join([damaged, *lines[4:]])


def test_output_without_a_run_goes_after_a_day(home: Home) -> None:
    home.end(1, 30)
    for number, days_ago in ((2, 2), (3, 0.5), (4, 2)):
        home.leave(run_id(number, days_ago), days_ago)
    home.leave(run_id(5, 3), 3, "removed")
    home.open = [run_id(4, 2)]
    notes = home.logs.directory / "backup" / "notes.log"
    notes.write_text("mine")
    os.utime(notes, (0, 0))
    home.sweep()
    notes.unlink()
    assert home.outputs() == [1, 3, 4]


def test_the_oldest_output_goes_where_all_takes_too_much_and_its_rows_stay(home: Home) -> None:
    for number in range(1, 9):
        home.end(number, 20 - number // 3, ("backup", "mail")[number % 2], size=600_000)
    home.open = [run_id(2, 20)]
    home.sweep(bytes=Size(8_000_000))
    assert home.outputs() == [2, 4, 5, 6, 7, 8]
    home.sweep(bytes=Size(1 << 20))
    assert home.outputs() == [2, 7, 8], "the newest of each job, and what is under way"
    assert home.numbers("mail") == [7, 5, 3, 1]


def test_so_it_does_on_a_disk_that_has_too_little_room(home: Home) -> None:
    for number in range(1, 6):
        home.end(number, 20 - number, size=600_000)
    home.free = [100, 2_000_000]
    swept = home.sweep(free_disk=Size(2_000_000))
    assert home.outputs() == [3, 4, 5]
    assert swept.short is None
    home.free = [0]
    assert home.sweep(free_disk=Size(1 << 40)).short is None
    assert home.outputs() == [5]
    assert home.sweep(free_disk=Size(1 << 40)).short is not None
    assert home.outputs() == [5]
    assert home.sweep(free_disk=Size(0)).short is None


def test_no_link_is_followed_and_what_is_write_protected_goes_too(home: Home) -> None:
    home.end(1, 20)
    home.end(2, 10)
    elsewhere = home.path / "mine"
    elsewhere.mkdir()
    (elsewhere / "photo").touch()
    run = home.artifacts.directory / "backup" / run_id(1, 20)
    (run / "directory").symlink_to(elsewhere)
    (run / "file").symlink_to(elsewhere / "photo")
    (run / "deep").chmod(0o500)
    (home.logs.directory / "linked").symlink_to(elsewhere)
    shutil.move(elsewhere / "photo", elsewhere / f"{run_id(9, 20)}.log")
    os.utime(elsewhere / f"{run_id(9, 20)}.log", (0, 0))
    assert home.sweep({"backup": Keep(runs=1)}).refusals == 0
    (home.logs.directory / "linked").unlink()
    assert home.outputs() == [2]
    assert len(list(elsewhere.iterdir())) == 1


def test_what_cannot_go_holds_up_nothing_else(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 7):
        home.end(number, 20 - number, ("backup", "mail")[number % 2])
    (home.path / "history" / "broken").symlink_to("broken")
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.parent.name == "mail":
            raise OSError(30, "Read-only file system", str(path))
        return replace(path, target)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", refuse)
        swept = home.sweep({"backup": Keep(runs=1), "mail": Keep(runs=1)})
    (home.path / "history" / "broken").unlink()
    assert swept.refusals == 2
    assert (home.numbers("backup"), home.numbers("mail")) == ([6], [5, 3, 1])
    assert home.numbers() == [6, 5, 3, 1]
    assert not list(home.path.rglob(".*.tmp"))
    home.sweep({"backup": Keep(runs=1), "mail": Keep(runs=1)})
    assert home.numbers() == [6, 5]


@pytest.mark.parametrize("error", [PermissionError(1, "Operation not permitted"), RecursionError()])
def test_one_artifact_that_cannot_go_is_told_and_the_others_go(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for number in range(1, 5):
        home.end(number, 20 - number)
    remove = outputs._remove_tree

    def refuse(place: outputs.Place, name: str, breathe: Breathe) -> None:
        if name == run_id(2, 18):
            raise error
        remove(place, name, breathe)

    monkeypatch.setattr(outputs, "_remove_tree", refuse)
    swept = home.sweep({"backup": Keep(runs=1)})
    assert swept.refusals == 1
    assert isinstance(swept.refusal, OSError)
    assert swept.refusal.filename == str(home.artifacts.directory / "backup" / run_id(2, 18))
    assert home.numbers() == [4]
    left = {path.name for path in home.artifacts.directory.glob("*/*")}
    assert left == {run_id(2, 18), run_id(4, 16)}


def test_a_file_that_cannot_be_looked_at_keeps_all_that_belongs_to_its_job(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 9):
        home.end(number, 20 - number, ("backup", "mail")[number % 2])

    def refuse(going: Going, job_id: str, forgotten: int) -> None:
        if job_id == "mail":
            raise OSError(5, "Input/output error")
        assert (going.files, forgotten) != ({}, 0)

    monkeypatch.setattr(Going, "spare", refuse)
    assert home.sweep({"backup": Keep(runs=1), "mail": Keep(runs=1)}).refusals == 1
    assert (home.numbers("backup"), home.numbers("mail")) == ([8], [7, 5, 3, 1])
    assert home.outputs() == [1, 3, 5, 7, 8]


@needs_mount
@pytest.mark.system
def test_on_a_full_disk_output_goes_first_so_that_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        home = Home(disk.path)
        for number in range(1, 60):
            home.end(number, 70 - number)
        disk.fill()
        swept = home.sweep({"backup": Keep(runs=30)})
        assert swept.refusals == 0
        assert (len(home.numbers()), len(home.outputs())) == (30, 30)


@needs_mount
@pytest.mark.system
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_disk_that_takes_nothing_keeps_what_it_has(tmp_path: Path, how: str) -> None:
    with small_disk(tmp_path) as disk:
        home = Home(disk.path)
        for number in range(1, 60):
            home.end(number, 1, size=None)
        if how == "full":
            disk.fill()
        else:
            disk.remount("ro")
        assert home.sweep({"backup": Keep(runs=30)}).refusals > 0
        assert home.numbers() == list(range(59, 0, -1))
        assert not list(tmp_path.rglob(".*.tmp*"))
        if how == "full":
            disk.free()
        else:
            disk.remount("rw")
        assert home.sweep({"backup": Keep(runs=30)}).refusals == 0
        assert home.numbers() == list(range(59, 29, -1))


@pytest.mark.parametrize("gone", ["history/backup", "history", "logs", "artifacts", "logs/backup"])
def test_a_directory_that_vanished_is_no_trouble(home: Home, gone: str) -> None:
    home.end(1, 20)
    home.end(2, 10, "mail")
    shutil.rmtree(home.path / gone)
    home.sweep(bytes=Size(1), free_disk=Size(1))


def test_while_rows_wait_nothing_of_the_history_goes(home: Home) -> None:
    home.end(1, 20)
    (home.path / "history" / "mail").write_text("a file where a directory belongs")
    home.end(2, 10, "mail")
    home.end(3, 10)
    assert home.history.is_behind
    home.sweep({"backup": Keep(runs=1)}, days=1)
    assert home.outputs() == [1, 2, 3]
    (home.path / "history" / "mail").unlink()
    home.end(4, 9)
    home.sweep({"backup": Keep(runs=1)}, days=1)
    assert home.numbers() == [4, 2]


def test_what_a_kill_left_half_done_is_finished_the_next_time(home: Home) -> None:
    for number in range(1, 7):
        home.end(number, 100 - 10 * number)
    recent = home.history.recent.read_bytes()
    home.sweep(runs=2)
    home.history.recent.write_bytes(recent)
    (home.path / "history" / "backup" / ".2026-11.jsonl.tmp").write_bytes(b"half")
    home.sweep(runs=2)
    assert home.numbers() == [6, 5]
    assert consistent(home)
    assert not list(home.path.rglob(".*.tmp"))


def months(home: Home) -> Sequence[str]:
    return sorted(path.name for path in (home.path / "history" / "backup").iterdir())


def test_rows_that_come_while_a_file_is_written_anew_are_in_it(home: Home) -> None:
    for number in range(1, 200):
        home.end(number, 1, size=None)
    number = 200

    def add() -> None:
        nonlocal number
        home.end(number, 1, size=None)
        number += 1

    path = home.history.files("backup")[0]
    assert home.history.leave_out(path, lambda row: row.number < 150, add) == 149
    assert number > 200
    assert home.numbers("backup") == list(range(number - 1, 149, -1))


def test_a_file_that_is_mended_meanwhile_is_left_as_it_is(home: Home) -> None:
    for number in range(1, 20):
        home.end(number, 1, size=None)
    again = RunHistory(home.path / "history")
    home.history = again
    path = again.files("backup")[0]
    with path.open("ab") as file:
        file.write(b'{"crc":"torn')

    def add() -> None:
        if home.numbers("backup")[0] == 19:
            home.end(20, 1, size=None)

    assert again.leave_out(path, lambda row: row.number < 15, add) == 0
    assert home.numbers("backup") == list(range(20, 0, -1))
    assert again.leave_out(path, lambda row: row.number < 15, lambda: None) == 14
    assert home.numbers("backup") == list(range(20, 14, -1))


def test_a_month_that_is_over_leaves_no_file(home: Home) -> None:
    for number, days_ago in enumerate((65, 64, 3, 2), 1):
        home.end(number, days_ago)
    home.sweep({"backup": Keep(runs=2)})
    assert months(home) == ["2026-11.jsonl"]
    home.end(5, 1)
    assert home.numbers() == [5, 4, 3]


@pytest.mark.parametrize("moment", [datetime(2026, 11, 21, tzinfo=NOW.tzinfo)])
def test_the_file_of_all_jobs_counts_what_it_has(
    home: Home, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybell.store.history.KEPT", 5)
    for number in range(1, 9):
        home.end(number, (NOW - moment).days + 1)
    home.sweep({"backup": Keep(runs=2)})
    for number in range(9, 16):
        home.end(number, 1)
    assert home.numbers()[:9] == list(range(15, 6, -1))
    home.end(16, 1)
    assert len(list(newest_first(home.history.recent))) == 5


KEEPS = st.builds(
    Keep,
    runs=st.none() | st.integers(1, 5),
    days=st.none() | st.integers(1, 40),
    output=st.just(Size(1 << 20)),
)
RETENTIONS = st.builds(
    Retention, days=st.none() | st.integers(1, 40), runs=st.none() | st.integers(1, 20), bytes=st.none()
)


def stay(
    rows: Sequence[Row], keeps: Mapping[str, Keep | None], retention: Retention, now: datetime
) -> set[int]:
    """Numbers of the rows that stay: the plainest way to tell."""
    found, newest = set[int](), set[int]()
    loose: list[Row] = []
    for job_id in {row.run.job_id for row in rows}:
        of_job = [row for row in rows if row.run.job_id == job_id]
        keep = keeps.get(job_id, Keep())
        if keep is None:
            found |= {row.number for row in of_job}
            continue
        newest.add(of_job[-1].number)
        days = keep.days or retention.days
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        loose += [
            row
            for row in of_job[-keep.runs if keep.runs else 0 : -1]
            if days is None or row.run.finished is None or row.run.finished >= midnight - days * DAY
        ]
    loose.sort(key=lambda row: row.place)
    if retention.runs is not None:
        room = max(0, retention.runs - len(found) - len(newest))
        loose = loose[len(loose) - room :] if room < len(loose) else loose
    return found | newest | {row.number for row in loose}


@settings(deadline=None, max_examples=60)
@given(
    rows=pasts(40),
    keeps=st.dictionaries(st.sampled_from(JOBS), st.none() | KEEPS, max_size=3),
    retention=RETENTIONS,
    after=moments(),
)
def test_whatever_the_past_is_exactly_what_should_stays(
    rows: list[Row],
    keeps: Mapping[str, Keep | None],
    retention: Retention,
    after: timedelta,
) -> None:
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as directory:
        history = RunHistory(Path(directory))
        for row in rows:
            history.add(numbered(row))
        now = FIRST + timedelta(days=20) + after
        past = Past(history, (), lambda: EVERYTHING, tuple, lambda _: PLENTY)
        expected = stay(rows, keeps, retention, now)
        for _ in range(2):
            sweep = Sweep(past, retention, lambda: None)
            sweep.whole(keeps, now)
            assert sweep.swept.refusals == 0
        assert {row.number for row in history.select(RunQuery(limit=99))} == expected
        again = RunHistory(Path(directory))
        assert {row.number for row in again.select(RunQuery(limit=99))} == expected


@settings(deadline=None, max_examples=60)
@given(
    rows=pasts(40),
    keeps=st.dictionaries(st.sampled_from(JOBS), KEEPS, max_size=3),
    forgotten=st.integers(0, 80),
)
def test_what_the_journal_gives_again_changes_nothing(
    rows: list[Row], keeps: Mapping[str, Keep | None], forgotten: int
) -> None:
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as directory:
        history = RunHistory(Path(directory))
        for row in rows:
            history.add(numbered(row))
        past = Past(history, (), lambda: forgotten, tuple, lambda _: PLENTY)
        Sweep(past, Retention(days=None, bytes=None), lambda: None).whole(keeps, FIRST)
        left = history.select(RunQuery(limit=99))
        again = RunHistory(Path(directory))
        for row in rows:
            if row.number > forgotten:
                again.add(numbered(row))
        assert again.select(RunQuery(limit=99)) == left
        for job_id in JOBS:
            assert [*again.select(RunQuery(job_id=job_id, limit=99))] == [
                row for row in left if row.run.job_id == job_id
            ]
