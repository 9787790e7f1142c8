"""The past is swept at its times, gently, and what cannot be done is said once."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from builders import BERLIN, a_job
from daybell.engine.ports import DefinitionsRead
from daybell.engine.registry import JobRegistry
from daybell.machine.clock import SystemClock
from daybell.model.job import Keep
from daybell.model.settings import Retention
from daybell.model.sizes import Size
from daybell.model.status import Problem
from daybell.store import sweeper as module
from daybell.store.history import RunHistory
from daybell.store.jobs import JobFolder
from daybell.store.ledger import FileLedger
from daybell.store.settings import read_settings
from daybell.store.sweeper import Home, Stopping, Sweeper, keeps_of, start_sweeper
from store.homes import home_at
from store.test_retention import NOW
from store.test_retention import Home as Kept
from waiting import until

NOTHING = DefinitionsRead(jobs={}, invalid=frozenset(), problems=())
ALL_OF_IT = Retention(days=None, bytes=None, free_disk=Size(0))


class AtNow(SystemClock):
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def home(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def sweeper_of(home: Kept, retention: Retention, read: DefinitionsRead = NOTHING) -> Sweeper:
    return Sweeper(home.past(), retention, lambda: read, AtNow())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "EVERY", "LOOK"):
        monkeypatch.setattr(module, name, timedelta(milliseconds=5))


@pytest.mark.usefixtures("quick")
def test_it_sweeps_again_and_again_and_tells_what_went(home: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    home.end(1, 20)
    home.end(2, 10)
    sweeper = sweeper_of(home, Retention(days=15))
    sweeper.start()
    until(lambda: home.numbers() == [2] and "retention" in str([vars(one) for one in caplog.records]))
    home.end(3, 5)
    home.leave("20200101-000000-x", 9)
    until(lambda: home.outputs_of_nobody() == [])
    sweeper.stop()
    told = next(one for one in caplog.records if vars(one).get("event") == "retention")
    assert (vars(told)["rows"], vars(told)["outputs"]) == (1, 2)
    assert vars(told)["bytes"] > 0


@pytest.mark.usefixtures("quick")
def test_a_fault_is_logged_and_the_next_sweep_comes(home: Kept, caplog: pytest.LogCaptureFixture) -> None:
    reads: Iterator[DefinitionsRead] = iter([NOTHING])
    sweeper = Sweeper(home.past(), ALL_OF_IT, lambda: next(reads), AtNow())
    sweeper.start()
    until(lambda: len(caplog.records) > 1)
    sweeper.stop()
    assert caplog.records[0].message == "the past could not be swept"


@pytest.mark.usefixtures("quick")
def test_it_stops_in_the_middle_of_its_work(home: Kept) -> None:
    for number in range(1, 50):
        home.end(number, 50 - number)
    at_work = threading.Event()

    def forgotten() -> int:
        at_work.set()
        return 0

    sweeper = Sweeper(home.past()._replace(forgotten=forgotten), ALL_OF_IT, lambda: NOTHING, AtNow())
    sweeper.start()
    assert at_work.wait(5)
    sweeper.stop()
    assert not sweeper._thread.is_alive()
    with pytest.raises(Stopping):
        sweeper.sweep()
    assert len(home.numbers()) == 49


def test_a_sweeper_that_was_never_started_stops(home: Kept) -> None:
    sweeper_of(home, ALL_OF_IT).stop()


def test_while_the_job_files_cannot_be_read_only_room_is_made(home: Kept) -> None:
    for number in range(1, 4):
        home.end(number, 30 - number, size=600_000)
    unreadable = DefinitionsRead(jobs={}, invalid=frozenset(), problems=(), is_complete=False)
    sweeper_of(home, Retention(days=1, bytes=Size(3_000_000)), unreadable).sweep()
    assert (home.numbers(), home.outputs()) == ([3, 2, 1], [2, 3])


def test_of_a_job_that_is_not_valid_now_nobody_knows_what_it_keeps() -> None:
    read = DefinitionsRead(
        jobs={"backup": a_job(keep=Keep(runs=3))},
        invalid=frozenset({"mail"}),
        problems=(),
        vanished=frozenset({"tick"}),
    )
    assert keeps_of(read) == {"backup": Keep(runs=3), "mail": None, "tick": None}


def test_a_full_disk_is_looked_after_between_sweeps_and_told_once(
    home: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1, 4):
        home.end(number, 30 - number)
    sweeper = sweeper_of(home, Retention(free_disk=Size(1 << 20)))
    sweeper.look()
    assert home.outputs() == [1, 2, 3]
    home.free = [0]
    sweeper.look()
    assert home.outputs() == [3]
    assert not home.history.problems
    for _ in range(3):
        sweeper.look()
    problem, *others = home.history.problems
    assert others == []
    assert (problem.file, problem.field) == ("settings.json", "retention.free_disk")
    assert problem.message == (
        f"the disk of {home.path}/logs has less room than 1M, and of older runs no output is left to remove: "
        "make room on it, or ask for less"
    )
    assert [one.message for one in caplog.records] == [problem.message]
    home.free = [1 << 30]
    sweeper.look()
    sweeper.sweep()
    assert home.history.problems == ()


def test_what_the_disk_does_not_let_go_is_a_problem_of_the_status(tmp_path: Path) -> None:
    home = home_at(tmp_path)
    history = RunHistory(home.history)
    ledger = FileLedger(home.journal, home.checkpoint, history, NOW)
    files = JobFolder(home.jobs, BERLIN, lambda _job, _file: [], AtNow())
    swept = Home(home, history, ledger, files, JobRegistry())
    sweeper = start_sweeper(swept, read_settings(home.settings_file, BERLIN).retention, AtNow())
    (home.history / "backup").symlink_to("backup")
    (home.history / "mail").symlink_to("mail")
    sweeper.sweep()
    sweeper.stop()
    message = f"{home.history}/backup: what is old cannot be removed: Too many levels of symbolic links"
    expected = Problem("history", "", f"{message} (and 1 more)")
    other = Problem("history", "", expected.message.replace("/backup:", "/mail:"))
    assert ledger.problems in ((expected,), (other,))
    ledger.close()


def test_the_ledger_knows_what_never_comes_again(tmp_path: Path) -> None:
    home = home_at(tmp_path)
    ledger = FileLedger(home.journal, home.checkpoint, RunHistory(home.history), NOW)
    assert ledger.forgotten() == 0
    ledger.close()
