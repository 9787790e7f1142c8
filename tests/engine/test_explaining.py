"""Why a job ran or not, asked of a simulated home: at any time, and never with more work than that takes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, at, cron, every
from daybell.engine.memory import MemoryHistory
from daybell.engine.messages import Pause, RunNow
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import JobNotFound
from daybell.model.facts import Facts
from daybell.model.job import Conditions, JobTrigger, StartupTrigger
from daybell.model.query import Row, RunQuery
from daybell.model.why import Explanation
from simulations import DAY, HOUR, MINUTE, START, Commands, hourly
from week import explaining


class CountingHistory(MemoryHistory):
    """Knows how much was read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []

    def select(self, query: RunQuery) -> Sequence[Row]:
        rows = super().select(query)
        self.read.append(len(rows))
        return rows


def stories(home: Simulation, at: datetime | None = None, job_id: str = "backup") -> list[tuple[str, str]]:
    return [(one.verdict, one.sentence) for one in explaining(home).why(job_id, at).explanations]


def dues(told: Sequence[Explanation]) -> list[float | None]:
    """In hours after the start."""
    return [None if one.due is None else (one.due - START) / HOUR for one in told]


def test_the_newest_rows_come_first_and_before_them_what_comes() -> None:
    home = Commands(hourly())
    home.run_for(20 * HOUR + MINUTE)
    found = explaining(home).why("backup")
    assert dues(found.explanations) == [21, *range(20, 10, -1)]
    assert (found.schedule, found.at, found.now) == ("every hour", None, home.clock.now())
    assert {one.verdict for one in found.explanations[1:]} == {"ran"}


def test_runs_by_hand_are_not_asked_about() -> None:
    home = Commands(hourly())
    home.ask(RunNow("backup"))
    home.run_for(HOUR + MINUTE)
    assert [verdict for verdict, _ in stories(home)] == ["comes", "ran"]


def test_a_job_that_nobody_knows() -> None:
    with pytest.raises(JobNotFound):
        explaining(Commands(hourly())).why("mail")


def test_a_job_that_is_gone_still_has_its_past() -> None:
    home = Commands(hourly())
    home.run_for(HOUR + MINUTE)
    del home.files.jobs["backup"]
    home.reload()
    assert stories(home) == [
        ("not_due", "Nothing comes: its file was removed at 13:01."),
        ("ran", "Ran at 13:00, on time. It took 1 s."),
    ]
    assert explaining(home).why("backup").schedule == ""
    home.run_for(HOUR)
    assert stories(home, START + 1.5 * HOUR)[0] == (
        "not_due",
        "Nothing was due at 13:30: its file was removed at 13:01. The last time before was 13:00.",
    )
    assert stories(home, START + 4 * HOUR)[0][1] == "Nothing comes: its file was removed at 13:01."


def test_what_begins_at_a_start_or_after_another_job_has_no_instant() -> None:
    first = a_job(id="first", triggers=(StartupTrigger(),))
    second = a_job(id="second", triggers=(JobTrigger(job="first"),))
    home = Commands(first, second)
    home.run_for(HOUR)
    run_id = home.rows("first")[0].run_id
    assert stories(home, job_id="first") == [
        ("not_due", "Nothing comes by the clock: at startup."),
        ("ran", "Ran at 12:00, when Daybell started. It took 1 s."),
    ]
    assert stories(home, job_id="second")[1] == ("ran", f"Ran at 12:00, after run {run_id}. It took 1 s.")
    assert stories(home, START, "first")[0][1].startswith("Nothing was due at 12:00")


AHEAD = START + 5 * HOUR


@pytest.mark.parametrize(
    ("moment", "verdict", "sentence"),
    [
        (START + 3 * HOUR, "comes", "Due at 15:00; nothing is known that would be in its way."),
        (AHEAD, "comes", "Due at 17:00; nothing is known that would be in its way."),
        (
            AHEAD + 20 * MINUTE,
            "not_due",
            "Nothing is due at 17:20. The last time before is 17:00, the next is 18:00.",
        ),
        (START + 2.5 * HOUR, "not_due", "Nothing is due at 14:30. The next is 15:00."),
    ],
)
def test_a_time_that_lies_ahead(moment: datetime, verdict: str, sentence: str) -> None:
    home = Commands(hourly())
    home.run_for(2 * HOUR + MINUTE)
    assert stories(home, moment) == [(verdict, sentence)]


def test_a_time_ahead_in_a_pause() -> None:
    home = Commands(hourly())
    home.ask(Pause("backup", None, "the disk is away"))
    home.run_for(2 * HOUR + MINUTE)
    assert stories(home, AHEAD) == [
        ("comes", "Due at 17:00, and will be skipped: paused since 12:00 (the disk is away).")
    ]
    so_far = ("skipped", "Skipped so far: paused since 12:00 (the disk is away).")
    assert stories(home)[1] == so_far
    assert stories(home, START + HOUR) == [so_far]
    assert explaining(home).why("backup").explanations[1].count == 2


def test_what_a_job_needs_is_looked_at() -> None:
    home = Commands(hourly(), hourly(id="mail", needs=("backup",)), hourly(id="odd", needs=("gone",)))
    assert "wait for backup to succeed" in stories(home, job_id="mail")[0][1]
    home.run_for(HOUR + MINUTE)
    assert "nothing is known" in stories(home, job_id="mail")[0][1]
    assert "wait for gone to succeed" in stories(home, job_id="odd")[0][1]
    home.does = [Behaviour(takes=DAY)]
    home.run_for(HOUR)
    assert "wait for backup to succeed" in stories(home, job_id="mail")[0][1]


def test_what_waits_now_is_told_with_what_surrounds_it() -> None:
    home = Commands(hourly(conditions=Conditions(power="ac")))
    home.surround(Facts(on_mains=False))
    home.run_for(HOUR + MINUTE)
    found = explaining(home).why("backup")
    waits = found.explanations[1]
    assert (waits.verdict, waits.sentence) == ("waits", "Waits for mains power, at most until Tue 01:00.")
    assert waits.background == ("The computer is on its battery.",)
    assert found.facts == Facts(on_mains=False)
    assert stories(home, START + HOUR) == [(waits.verdict, waits.sentence)]


def test_where_daybell_does_not_run_it_says_so() -> None:
    home = Commands(hourly())
    found = explaining(home, is_still=True).why("backup")
    assert found.explanations[0].sentence == (
        "Due at 13:00; but Daybell is not running, and nothing starts until it does."
    )


def test_before_anything_is_published_nothing_is_known_of_the_surroundings() -> None:
    home = Commands(hourly())
    home.registry = type(home.registry)()
    with pytest.raises(JobNotFound):
        explaining(home).why("backup")


@pytest.fixture(scope="module")
def busy() -> Simulation:
    """Two days of every minute, in which the machine slept for a night."""
    home = Commands(a_job(triggers=(every("1m"),)))
    home.history = CountingHistory()
    home.restart()
    home.run_for(DAY / 2)
    home.suspend(DAY / 3)
    home.run_for(DAY + MINUTE / 2)
    return home


@pytest.mark.parametrize("hours", [0.5, 11.9, 12.5, 19.9, 20.1, 30, 43])
def test_little_is_read_of_much(busy: Simulation, hours: float) -> None:
    history = busy.history
    assert isinstance(history, CountingHistory)
    history.read.clear()
    (one,) = explaining(busy).why("backup", START + HOUR * hours).explanations
    assert one.due is not None
    assert one.due <= START + HOUR * hours + MINUTE
    assert (one.due_to or one.due) >= START + HOUR * hours
    assert max(history.read) <= 201
    assert len(history.read) <= 40


def test_the_newest_are_read_alone(busy: Simulation) -> None:
    history = busy.history
    assert isinstance(history, CountingHistory)
    history.read.clear()
    assert len(explaining(busy).why("backup").explanations) == 11
    assert sum(history.read) <= 31


def test_a_run_that_started_long_after_it_was_due_is_found_by_when_it_was_due() -> None:
    home = Commands(a_job(triggers=(cron("0 13 * * *"),)))
    home.run_for(HOUR / 2)
    home.suspend(20 * HOUR)
    home.run_for(2 * HOUR)
    (one,) = explaining(home).why("backup", at("2026-03-02 13:00")).explanations
    assert (one.verdict, one.due) == ("ran_late", START + HOUR)


def test_months_in_which_nothing_ran_are_passed_over() -> None:
    home = Commands(a_job(triggers=(cron("0 13 2 * *"),)))
    home.run_for(HOUR + MINUTE)
    home.run_for(timedelta(days=100))
    told = explaining(home).why("backup", START + 45 * DAY).explanations
    assert [one.verdict for one in told] == ["not_due", "ran", "ran"]
    assert [one.due and f"{one.due:%b}" for one in told] == [None, "May", "Apr"]


def test_a_schedule_that_is_off_is_told() -> None:
    home = Commands(hourly())
    home.config = replace(home.config, is_enabled=False)
    home.restart()
    home.run_for(2 * HOUR)
    assert stories(home) == [("not_due", "Nothing comes: the scheduler is switched off in the settings.")]
    assert stories(home, START + HOUR)[0][1].startswith(
        "Nothing was due at 13:00: the scheduler was switched off since 12:00."
    )


def test_instants_of_the_same_minute_are_told_apart() -> None:
    home = Commands(a_job(triggers=(every("20s"),)))
    home.run_for(HOUR)
    home.run_for(MINUTE / 2)
    assert stories(home, START + HOUR + timedelta(seconds=10))[0][1] == (
        "Nothing was due at 13:00:10 by the schedule that it has had since 12:00:00. "
        "The last time before was 13:00:00, the next was 13:00:20."
    )
    assert stories(home)[1] == ("ran", "Ran at 13:00:20, on time. It took 1 s.")
    assert "12:30:30" in stories(Commands(hourly()), START + HOUR / 2 + timedelta(seconds=30))[0][1]
    home.suspend(370 * DAY)
    assert stories(home, START)[0][1].startswith("Ran at 2 Mar 2026 12:00:20, on time.")


def test_a_row_that_is_not_kept_any_more_is_missed() -> None:
    home = Commands(hourly())
    home.run_for(2 * HOUR + MINUTE)
    home.history = MemoryHistory()
    assert stories(home, START + HOUR) == [
        ("unknown", "It was due at 13:00, but nothing is kept of what became of it.")
    ]
