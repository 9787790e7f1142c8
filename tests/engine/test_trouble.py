"""Bad input and bad luck: the job concerned shows it, nothing else stops, and nothing spins."""

import shutil
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.clocks import Slept
from daybell.engine.messages import (
    AlarmRang,
    AttemptEnded,
    AttemptStarted,
    CancelRuns,
    ClockMoved,
    DeadlineReached,
    LateTurnOver,
    Message,
    NotStarted,
    Pause,
    Resume,
    RunNow,
    StillRunning,
)
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.errors import JobNotFound
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job, Retry, StartupTrigger
from daybell.model.run import ProcessIdentity
from simulations import DAY, HOUR, MINUTE, SECOND, START, Commands, failing, hourly, since_start, told

HERE = "Somewhere/Here"
"""A zone of which there is but one file."""
BEYOND = once(datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-5 * HOUR)))
"""It is later than the calendar's end, in UTC: whoever asks for it gets an OverflowError."""
NEVER = "cannot be planned, so it is not due until its file is read again: "


@pytest.fixture
def zone_file(tmp_path: Path) -> Iterator[Path]:
    """The file of that zone, which may vanish."""
    path = tmp_path / HERE
    path.parent.mkdir()
    source = next(Path(place) / "Asia/Tokyo" for place in zoneinfo.TZPATH if Path(place).is_dir())
    shutil.copy(source, path)
    zoneinfo.reset_tzpath([*zoneinfo.TZPATH, str(tmp_path)])
    yield path
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def vanish(path: Path) -> None:
    path.unlink()
    ZoneInfo.clear_cache()


def problems(simulation: Commands) -> dict[str, str]:
    return {problem.file: problem.message for problem in simulation.registry.problems}


def counted(simulation: Commands) -> list[int]:
    """The number of messages of each batch that the engine takes from now on."""
    batches: list[int] = []
    step = simulation.engine.step

    def counting(messages: Sequence[Message]) -> None:
        batches.append(len(messages))
        step(messages)

    simulation.engine.step = counting  # type: ignore[method-assign]  # the same, and counted
    return batches


# A schedule that cannot be computed


def test_a_trigger_that_raises_concerns_its_job_alone(caplog: pytest.LogCaptureFixture) -> None:
    simulation = Commands(hourly(), a_job(id="broken", triggers=(BEYOND,)))
    assert problems(simulation) == {"broken.json": f"{NEVER}date value out of range"}
    simulation.run_for(2 * HOUR + MINUTE)
    assert since_start(simulation.starts()) == [HOUR, 2 * HOUR]
    assert simulation.status("broken").next_run is None
    assert caplog.text.count("a job cannot be planned") == 1
    assert simulation.registry.whole is not None
    assert simulation.registry.whole.stats.errors == 1


def test_it_still_runs_by_hand(caplog: pytest.LogCaptureFixture) -> None:
    simulation = Commands(a_job(id="broken", triggers=(BEYOND,)))
    simulation.ask(RunNow("broken"))
    simulation.run_for(MINUTE)
    assert told(simulation.rows()) == [("manual", "succeeded", None)]


def test_a_zone_file_that_vanishes_concerns_its_jobs_alone(
    zone_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    there = a_job(id="there", triggers=(cron("0 * * * *", HERE),))
    simulation = Commands(hourly(), there)
    simulation.run_for(HOUR + MINUTE)
    vanish(zone_file)
    simulation.run_for(2 * HOUR)
    assert since_start(simulation.starts()) == [HOUR, 2 * HOUR, 3 * HOUR]
    assert problems(simulation)["there.json"].startswith(f"{NEVER}expected a time zone")


def test_and_when_it_is_back_they_are_planned_with_the_next_look_at_their_files(
    zone_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    simulation = Commands(a_job(triggers=(cron("0 * * * *", HERE),), catch_up=CatchUp("all")))
    simulation.run_for(HOUR + MINUTE)
    shutil.copy(zone_file, tmp_path / "kept")
    vanish(zone_file)
    simulation.run_for(2 * HOUR)
    shutil.copy(tmp_path / "kept", zone_file)
    simulation.reload()
    simulation.run_for(MINUTE)
    assert problems(simulation) == {}
    assert simulation.rows()[-1].cause == "catch_up"
    assert since_start(run.due for run in simulation.rows()) == [HOUR, 2 * HOUR, 3 * HOUR]


def refused(simulation: Commands) -> None:
    """The ledger refuses for a moment, and a run that waits for it is not lost."""
    simulation.ledger.refusal = "No space left on device"
    simulation.reload()
    simulation.ask_later(RunNow("a"))
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)


def test_D2_a_zone_that_has_vanished_since_the_last_life_is_one_that_changed(zone_file: Path) -> None:
    simulation = Commands(hourly(), zone=ZoneInfo(HERE))
    simulation.run_for(HOUR + MINUTE)
    vanish(zone_file)
    simulation.config = replace(simulation.config, zone=BERLIN)
    simulation.down(HOUR)
    simulation.run_for(HOUR)
    assert since_start(simulation.starts()) == [HOUR, 2 * HOUR + MINUTE, 3 * HOUR]


BROKEN = a_job(id="broken", triggers=(BEYOND, cron("0 9 * * *")))


@pytest.mark.parametrize(
    "happens",
    [
        lambda simulation: (simulation.ask(Pause(None)), simulation.ask(Resume(None))),
        lambda simulation: (simulation.ask(Pause("broken")), simulation.ask(Resume("broken"))),
        lambda simulation: simulation.change_zone(ZoneInfo("Asia/Tokyo")),
        lambda simulation: simulation.suspend(MINUTE),
        lambda simulation: simulation.step_clock(-MINUTE),
        lambda simulation: simulation.edit(replace(BROKEN, triggers=(BEYOND, cron("0 8 * * *")))),
        lambda simulation: simulation.edit(replace(BROKEN, jitter=Duration(minutes=5))),
        lambda simulation: simulation.down(SECOND),
        refused,
    ],
    ids=["pause all", "pause", "flight", "sleep", "step", "edit", "jitter", "restart", "full disk"],
)
def test_a_job_that_cannot_be_planned_disturbs_nothing_that_happens_to_all(
    happens: Callable[[Commands], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Its siblings stand before and after it, as whoever goes through all jobs would meet them."""
    simulation = Commands(hourly(id="a"), BROKEN, hourly(id="z"), zone=BERLIN)
    happens(simulation)
    assert "a message failed" not in caplog.text
    simulation.run_until(START + 2 * HOUR + MINUTE)
    for job_id in ("a", "z"):
        assert since_start(simulation.starts(job_id)) == [HOUR, 2 * HOUR]
    assert list(problems(simulation)) == ["broken.json"]


# Clocks


@pytest.mark.parametrize("stop", [False, True])
def test_M9_a_clock_that_jumps_a_year_ahead_and_back_stops_no_job(
    caplog: pytest.LogCaptureFixture, *, stop: bool
) -> None:
    year = 365 * DAY
    jobs = [
        hourly(),
        a_job(id="often", triggers=(every("10m"),)),
        a_job(id="later", triggers=(once(START + DAY),)),
    ]
    simulation = Commands(*jobs)
    simulation.run_for(MINUTE)
    batches = counted(simulation)
    simulation.step_clock(year)
    simulation.run_for(MINUTE)
    if stop:
        simulation.crash()
        simulation.clock.step_to(simulation.clock.now() - year)
        simulation.restart()
    else:
        simulation.step_clock(-year)
    simulation.run_for(DAY + 5 * SECOND)
    missed = [run for run in simulation.rows() if run.outcome == "missed"]
    assert {run.reason for run in missed} == {"too late", "caught up by the newest"}
    assert [simulation.status(job_id).state for job_id in ("backup", "often")] == ["idle", "idle"]
    lately = [moment for moment in simulation.starts() if moment < START + 2 * DAY]
    assert len(lately) == 24
    assert len(batches) < 1000


def test_M9_a_clock_that_goes_to_and_fro_all_day_starts_no_instant_twice() -> None:
    simulation = Commands(hourly(), a_job(id="often", triggers=(every("7m"),)))
    for number in range(50):
        simulation.run_for(40 * MINUTE)
        simulation.step_clock((-1) ** number * (number % 5) * 30 * MINUTE)
    dues = [(run.job_id, run.due) for run in simulation.rows()]
    assert len(dues) == len(set(dues))


# Jobs that change under their runs


def test_a_job_removed_while_it_runs_runs_to_its_end_and_leaves_its_row() -> None:
    simulation = Commands(hourly(retry=Retry(max_attempts=3)), does=failing(takes=5 * MINUTE))
    simulation.run_for(HOUR + MINUTE)
    simulation.files.jobs.clear()
    simulation.reload()
    simulation.run_for(DAY)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("failed", 1)]
    with pytest.raises(JobNotFound):
        simulation.status("backup")


def test_a_job_removed_while_it_waits_for_a_slot_does_not_run() -> None:
    simulation = Commands(hourly(), a_job(id="long"), slots=1, does=Behaviour(takes=2 * HOUR))
    simulation.ask(RunNow("long"))
    simulation.run_for(HOUR + MINUTE)
    del simulation.files.jobs["backup"]
    simulation.reload()
    simulation.run_for(DAY)
    assert told(simulation.rows("backup")) == [("schedule", "skipped", "its job was removed")]


def test_a_job_edited_while_it_waits_for_a_slot_runs_as_it_is_then() -> None:
    ran: list[Job] = []

    def behave(attempt: Attempt) -> Behaviour:
        ran.append(attempt.job)
        return Behaviour(takes=HOUR)

    simulation = Commands(a_job(), a_job(id="other"), a_job(id="long"), slots=1)
    simulation.behave = behave
    for job_id in ("long", "other", "backup"):
        simulation.ask(RunNow(job_id))
    simulation.edit(a_job(priority=5, timeout=Duration(minutes=10)))
    simulation.run_for(3 * HOUR)
    assert [(job.id, job.priority) for job in ran] == [("long", 0), ("backup", 5), ("other", 0)]
    assert simulation.rows("backup")[0].outcome == "timed_out"


def test_G3_a_job_renamed_keeps_its_history_and_another_file_is_another_job() -> None:
    simulation = Commands(hourly(name="Back up"))
    simulation.run_for(HOUR + MINUTE)
    simulation.edit(hourly(name="Back up photos"))
    status = simulation.status("backup")
    assert (status.name, status.run_count, status.next_run) == ("Back up photos", 1, START + 2 * HOUR)
    simulation.files.jobs = {"photos": hourly(id="photos")}
    simulation.reload()
    assert simulation.status("photos").run_count == 0
    assert len(simulation.rows("backup")) == 1


def test_G2_a_thousand_reloads_within_a_minute_change_nothing() -> None:
    simulation = Commands(hourly(), hourly(id="paused"))
    simulation.ask(Pause("paused"))
    simulation.run_for(HOUR - 30 * SECOND)
    for number in range(1000):
        simulation.edit(hourly(description=str(number)))
        simulation.run_for(SECOND / 16)
    simulation.ask(Resume("paused"))
    assert told(simulation.rows("backup")) == [("schedule", "succeeded", None)]
    assert told(simulation.rows("paused")) == [("schedule", "skipped", "paused")]


# Much at once


def test_two_thousand_jobs_due_in_one_second_all_run() -> None:
    jobs = [a_job(id=f"job-{number}", triggers=(once(START + MINUTE),)) for number in range(2000)]
    simulation = Commands(*jobs, slots=100)
    batches = counted(simulation)
    simulation.run_for(2 * MINUTE)
    rows = simulation.rows()
    assert len(rows) == len({run.job_id for run in rows}) == 2000
    assert {run.outcome for run in rows} == {"succeeded"}
    assert len(batches) < 200


def test_a_thousand_jobs_that_were_missed_take_turns() -> None:
    dues = (once(START + number * SECOND) for number in range(1, 1001))
    jobs = [a_job(id=f"job-{number}", triggers=(due,)) for number, due in enumerate(dues)]
    simulation = Commands(*jobs)
    simulation.suspend(DAY / 2)
    simulation.run_for(MINUTE + SECOND / 2)
    starts = [(run.started, run.due) for run in simulation.rows() if run.started and run.due]
    assert len(starts) == 30
    assert all(earlier < later for earlier, later in pairwise(starts))
    assert starts[0][1] == START + SECOND, "the oldest first"


# Commands that fail in every way


@pytest.mark.parametrize(
    "error", [OSError("no"), KeyError("x"), MemoryError(), RecursionError(), ValueError("ü\0")]
)
def test_whatever_a_start_raises_is_its_run_s_failure(error: Exception) -> None:
    def refuse(attempt: Attempt) -> Behaviour:
        raise error

    simulation = Commands(a_job(), hourly(id="other"))
    simulation.behave = refuse
    simulation.ask(RunNow("backup"))
    status = simulation.status("backup")
    assert (status.state, status.last_outcome) == ("idle", "failed")
    assert status.last_error == f"it could not be started: {error}"
    simulation.behave = lambda _: Behaviour()
    simulation.run_for(HOUR + MINUTE)
    assert since_start(simulation.starts("other")) == [HOUR]


def test_what_nobody_knows_any_more_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    simulation = Commands(hourly())
    nobody = ProcessIdentity(1, 1.0, "x")
    before = len(simulation.ledger.events)
    simulation.engine.step(
        [
            AlarmRang("gone"),
            AttemptStarted("gone", nobody, START),
            AttemptEnded("gone", AttemptResult(outcome="failed"), START),
            DeadlineReached("gone"),
            NotStarted("gone"),
            StillRunning("gone"),
            LateTurnOver("gone"),
        ]
    )
    assert (caplog.text, len(simulation.ledger.events)) == ("", before)


def test_an_end_that_is_told_twice_counts_once() -> None:
    simulation = Commands(a_job(retry=Retry(max_attempts=2, jitter=False)))
    (run_id,) = simulation.ask(RunNow("backup"))
    failed = AttemptEnded(run_id, AttemptResult(outcome="failed"), START)
    simulation.engine.step([failed])
    assert simulation.status("backup").waiting_for == "attempt 2 of 2"


# Nothing spins

WAITING = Conditions(power="ac")


def nothing(_: Commands) -> None: ...


@pytest.mark.parametrize(
    ("job", "happens"),
    [
        (a_job(triggers=(BEYOND,)), nothing),
        (a_job(triggers=(BEYOND, cron("* * * * *"))), nothing),
        (a_job(triggers=(once(START + MINUTE),), conditions=WAITING), nothing),
        (
            a_job(triggers=(once(START + MINUTE),), conditions=replace(WAITING, on_expiry="run")),
            lambda simulation: simulation.ask(Pause("backup")),
        ),
        (
            a_job(triggers=(once(START + MINUTE),), conditions=WAITING),
            lambda simulation: simulation.ask(Pause(None)),
        ),
        (
            a_job(triggers=(once(START + MINUTE),), conditions=WAITING),
            lambda simulation: simulation.step_clock(-DAY),
        ),
        (
            a_job(triggers=(StartupTrigger(),), retry=Retry(max_attempts=1000, delay=Duration(hours=1))),
            nothing,
        ),
        (a_job(triggers=(StartupTrigger(),), needs=("gone",)), nothing),
        (
            a_job(triggers=(cron("* * * * *"),), max_runs=1, retry=Retry(max_attempts=2)),
            lambda simulation: simulation.ask(Pause("backup")),
        ),
        (a_job(triggers=(cron("0 * * * *"),), jitter=Duration(hours=24), jitter_mode="random"), nothing),
        (a_job(triggers=(cron("0 * * * *"),), jitter=Duration(hours=24)), nothing),
        (a_job(triggers=(cron("0 * * * *"),), end=START + MINUTE), nothing),
        (
            a_job(triggers=(cron("0 * * * *"),)),
            lambda simulation: simulation.engine.step([ClockMoved(Slept(DAY))]),
        ),
    ],
)
def test_no_trouble_makes_the_engine_spin(
    job: Job, happens: Callable[[Commands], object], caplog: pytest.LogCaptureFixture
) -> None:
    """A day in which little is due is a day of few steps."""
    simulation = Commands(job, does=failing())
    simulation.surround(Facts(on_mains=False))
    simulation.run_for(2 * MINUTE)
    batches = counted(simulation)
    happens(simulation)
    simulation.run_for(DAY)
    assert len(batches) < 200


def test_a_ledger_that_refuses_all_day_is_asked_four_times_a_minute_and_no_more() -> None:
    simulation = Commands(hourly(retry=Retry(max_attempts=2), conditions=WAITING), hourly(id="other"))
    simulation.surround(Facts(on_mains=False))
    simulation.run_for(HOUR + MINUTE)
    batches = counted(simulation)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(HOUR)
    assert len(batches) < 260


def test_cancelling_pausing_and_resuming_what_is_in_trouble_works(caplog: pytest.LogCaptureFixture) -> None:
    simulation = Commands(BROKEN)
    simulation.ask(RunNow("broken"))
    simulation.ask(CancelRuns("broken"))
    simulation.ask(Pause("broken", START + HOUR))
    simulation.run_for(2 * HOUR)
    assert told(simulation.rows()) == [("manual", "cancelled", "cancelled by hand")]
    assert at("2026-03-02 14:00") == simulation.clock.now()
