"""Which sentence each row of the history gets."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, a_run, at
from daybell.core.account import Account
from daybell.core.circumstances import Circumstances
from daybell.core.why import explain
from daybell.model.chronicle import Entry, EntryKind
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job
from daybell.model.run import Run
from daybell.model.why import Explanation

DUE = at("2026-03-02 02:30")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
JOB = a_job()
RAN = a_run(run_id="r", due=DUE, started=DUE, finished=DUE + 3 * MINUTE)
LATE = replace(RAN, cause="catch_up", started=DUE + 5 * HOUR, finished=DUE + 5 * HOUR + 3 * MINUTE)
OPEN = replace(RAN, started=None, finished=None, outcome=None, exit_code=None, attempts=0)
SKIPPED = replace(OPEN, outcome="skipped", finished=DUE + 5 * HOUR)
MISSED = replace(SKIPPED, outcome="missed")
NOW = DUE + 9 * HOUR


def when(instant: datetime) -> str:
    return f"{instant:%H:%M}"


def told(kind: EntryKind, hours: float, since: float | None = None, **changes: object) -> Entry:
    """So many hours after it was due."""
    entry = Entry(kind=kind, at=DUE + HOUR * hours, since=None if since is None else DUE + HOUR * since)
    return replace(entry, **changes)


SLEPT = told("slept", 4.9, since=-4)
ASLEEP = "the computer slept from 22:30 to 07:24"
CAME = "Daybell came to it only at 07:30"
SETTLING = "it waited 3 min for the machine to settle"
LISBON = "Europe/Lisbon"
SETTLED = told("waited", 4.9, run_id="r", words="the machine to settle after its sleep")


def explained(
    run: Run,
    *entries: Entry,
    job: Job | None = JOB,
    others: Sequence[Run] = (),
    waiting: tuple[str, float | None] | None = None,
    facts: Facts = Facts(),  # noqa: B008 - an immutable value
) -> Explanation:
    numbered = [replace(one, number=number) for number, one in enumerate(entries, 1)]
    account = Account(
        job=job,
        runs=[run, *others],
        past=Circumstances(numbered, "backup"),
        facts=facts,
        now=NOW,
        when=when,
        waiting_for=waiting[0] if waiting else None,
        waiting_until=DUE + HOUR * waiting[1] if waiting and waiting[1] else None,
    )
    (one,) = explain(account, [run])
    assert (one.due, one.due_to, one.count, one.run_id) == (run.due, run.due_to, run.count, run.run_id)
    return one


@pytest.mark.parametrize(
    ("changes", "verdict", "sentence"),
    [
        ({}, "ran", "Ran at 02:30, on time. It took 3 min."),
        ({"finished": DUE}, "ran", "Ran at 02:30, on time."),
        ({"finished": None}, "ran", "Ran at 02:30, on time."),
        ({"attempts": 3}, "ran", "Ran at 02:30, on time. It succeeded after 3 attempts."),
        (
            {"outcome": "failed", "exit_code": 3, "error": "Disk full"},
            "failed",
            "Ran at 02:30, on time. It failed: exit code 3: Disk full.",
        ),
        (
            {"outcome": "failed", "exit_code": 3, "attempts": 2},
            "failed",
            "Ran at 02:30, on time. It failed after 2 attempts: exit code 3.",
        ),
        (
            {"outcome": "timed_out", "error": "timed out after 3m"},
            "failed",
            "Ran at 02:30, on time. It was ended at 02:33, because it took too long.",
        ),
        (
            {"outcome": "cancelled", "reason": "cancelled by hand"},
            "cut_short",
            "Ran at 02:30, on time. It was cancelled by hand at 02:33.",
        ),
        ({"outcome": "cancelled", "finished": None}, "cut_short", "Ran at 02:30, on time. It was cancelled."),
        (
            {"outcome": "replaced", "reason": "replaced by run x"},
            "cut_short",
            "Ran at 02:30, on time. It was replaced by run x at 02:33.",
        ),
        (
            {"outcome": "replaced"},
            "cut_short",
            "Ran at 02:30, on time. It was replaced by a newer run at 02:33.",
        ),
        (
            {"outcome": "interrupted", "reason": "Daybell ended while it ran"},
            "cut_short",
            "Ran at 02:30, on time. It was cut off: Daybell ended while it ran.",
        ),
        (
            {"outcome": "interrupted", "reason": None},
            "cut_short",
            "Ran at 02:30, on time. It was cut off at 02:33: nobody knows why.",
        ),
        ({"due": None}, "ran", "Ran at 02:30, when Daybell started. It took 3 min."),
        ({"due": None, "follows": "x"}, "ran", "Ran at 02:30, after run x. It took 3 min."),
        (
            {"due": None, "retry_of": "x"},
            "ran",
            "Ran at 02:30, once more after run x, which was cut off. It took 3 min.",
        ),
        (
            {"outcome": None, "finished": None},
            "runs",
            "Runs since 02:30, on time.",
        ),
    ],
)
def test_a_run_that_started_on_time(changes: dict[str, object], verdict: str, sentence: str) -> None:
    one = explained(replace(RAN, **changes))
    assert (one.verdict, one.sentence, one.background, one.blocked_by) == (verdict, sentence, (), None)


@pytest.mark.parametrize(
    ("run", "entries", "because"),
    [
        (LATE, (SLEPT, SETTLED), f"{ASLEEP}, and then it waited 6 min for the machine to settle"),
        (
            LATE,
            (SLEPT, replace(SETTLED, until=DUE + 4.95 * HOUR)),
            f"{ASLEEP}, then {SETTLING}, and then it waited 3 min for its turn",
        ),
        (LATE, (SLEPT, replace(SETTLED, at=DUE + 5 * HOUR)), ASLEEP),
        (
            replace(LATE, hastened=True),
            (told("waited", 0, run_id="r", words="mains power", until=DUE + 8 * HOUR),),
            "it waited 5 h for mains power, until somebody let it start at once",
        ),
        (LATE, (), "as many runs as may at once were under way"),
    ],
)
def test_a_run_that_started_late(run: Run, entries: tuple[Entry, ...], because: str) -> None:
    one = explained(run, *entries)
    assert one.verdict == "ran_late"
    assert one.sentence == f"Ran at 07:30, 5 h after it was due: {because}. It took 3 min."
    assert (one.background, one.blocked_by) == ((), None)


@pytest.mark.parametrize(
    ("outcome", "verdict"), [("failed", "failed"), ("cancelled", "cut_short"), (None, "runs")]
)
def test_a_late_run_may_end_badly_as_well(outcome: str | None, verdict: str) -> None:
    one = explained(replace(LATE, outcome=outcome), SLEPT)
    assert one.verdict == verdict
    assert "5 h after it was due: the computer slept" in one.sentence


def test_a_run_without_an_instant_may_have_waited() -> None:
    wait = told("waited", -1, run_id="r", words="a network")
    one = explained(replace(RAN, due=None), wait)
    assert one.sentence == "Ran at 02:30, when Daybell started: it waited 1 h for a network. It took 3 min."


@pytest.mark.parametrize(
    ("others", "blocked_by"),
    [
        ([replace(RAN, run_id="x", started=DUE - HOUR, finished=DUE + HOUR)], "x"),
        ([replace(RAN, run_id="x", started=DUE - HOUR, finished=None)], "x"),
        ([replace(RAN, run_id="x", started=DUE - HOUR, finished=DUE - MINUTE)], None),
        ([replace(RAN, run_id="x", started=DUE + 6 * HOUR)], None),
        ([OPEN], None),
    ],
)
def test_a_run_may_have_waited_for_another_one(others: list[Run], blocked_by: str | None) -> None:
    one = explained(LATE, others=others)
    assert one.blocked_by == blocked_by
    assert ("it waited for run x to end" in one.sentence) == (blocked_by is not None)


def test_what_starts_within_its_jitter_is_not_late() -> None:
    spread = a_job(jitter=Duration(minutes=10))
    run = replace(RAN, started=DUE + 9 * MINUTE, finished=DUE + 9 * MINUTE)
    one = explained(run, job=spread)
    assert (one.verdict, one.sentence) == (
        "ran",
        "Ran at 02:39: it may start up to 10 min after it is due.",
    )
    assert explained(run, told("slept", 0.1, since=0), job=spread).verdict == "ran_late"
    assert explained(run, job=None).verdict == "ran_late"


@pytest.mark.parametrize(
    ("run", "waiting", "entries", "sentence"),
    [
        (OPEN, None, (), "Waits for its turn."),
        (OPEN, ("mains power", 12), (), "Waits for mains power, at most until 14:30."),
        (OPEN, ("mains power", None), (), "Waits for mains power."),
        (
            OPEN,
            ("mains power", 12),
            (SLEPT, told("waited", 4.9, run_id="r", words="mains power")),
            f"Waits for mains power, at most until 14:30. Before that, {ASLEEP}.",
        ),
        (
            replace(OPEN, started=DUE, attempts=1, earlier=("one",)),
            ("attempt 2 of 3", 12),
            (),
            "Began at 02:30, on time. It waits for attempt 2 of 3.",
        ),
    ],
)
def test_a_run_that_waits(
    run: Run, waiting: tuple[str, float | None] | None, entries: tuple[Entry, ...], sentence: str
) -> None:
    one = explained(run, *entries, waiting=waiting)
    assert (one.verdict, one.sentence) == ("waits", sentence)


def test_a_run_that_runs_while_another_one_waits() -> None:
    run = replace(OPEN, started=DUE)
    assert explained(run, waiting=("mains power", 12)).verdict == "runs"


@pytest.mark.parametrize(
    ("changes", "verdict", "sentence"),
    [
        (
            {"outcome": "failed", "error": "no such file"},
            "failed",
            "Failed before it could start: no such file.",
        ),
        (
            {"outcome": "cancelled", "reason": "cancelled by hand"},
            "cut_short",
            f"Cancelled by hand at 07:30, before it started. Before that, {ASLEEP}.",
        ),
        (
            {"outcome": "interrupted", "reason": "Daybell ended while it was starting"},
            "cut_short",
            f"Cut off before it started: Daybell ended while it was starting. Before that, {ASLEEP}.",
        ),
    ],
)
def test_a_run_that_never_started(changes: dict[str, object], verdict: str, sentence: str) -> None:
    one = explained(replace(SKIPPED, **changes), SLEPT)
    assert (one.verdict, one.sentence) == (verdict, sentence)


def test_it_may_have_been_over_at_once() -> None:
    run = replace(SKIPPED, outcome="cancelled", reason="cancelled by hand", finished=None)
    assert explained(run).sentence == "Cancelled by hand, before it started."
    assert explained(replace(run, reason=None)).sentence == "Cut off before it started: nobody knows why."


@pytest.mark.parametrize(
    ("changes", "entries", "sentence"),
    [
        (
            {"reason": "not caught up"},
            (SLEPT,),
            "Missed: the computer slept from 22:30 to 07:24; this job makes up for nothing that it missed.",
        ),
        (
            {"reason": "too many", "due_to": DUE + HOUR, "count": 2},
            (),
            f"Missed 2 times: {CAME}; no more than the newest 100 are made up for.",
        ),
        (
            {"reason": "too late", "due_to": DUE + HOUR, "count": None},
            (),
            f"Missed each time: {CAME}; the time of 1 day in which it may be made up for was over by then.",
        ),
        (
            {"reason": None, "finished": None},
            (),
            "Missed: Daybell came to it only at 11:30; nobody knows why.",
        ),
        ({"reason": "new"}, (), "Missed: Daybell came to it only at 07:30; new."),
        (
            {"reason": "caught up by the newest"},
            (SLEPT,),
            "Missed: the computer slept from 22:30 to 07:24; the newest instant after it was made up for.",
        ),
    ],
)
def test_what_was_missed(changes: dict[str, object], entries: tuple[Entry, ...], sentence: str) -> None:
    one = explained(replace(MISSED, **changes), *entries)
    assert (one.verdict, one.sentence, one.background) == ("missed", sentence, ())


def test_how_long_it_may_be_made_up_for_is_told_where_it_is_known() -> None:
    late = replace(MISSED, reason="too late")
    short = a_job(catch_up=CatchUp(window=Duration(hours=2)))
    assert "the time of 2 h in which" in explained(late, job=short).sentence
    assert "the time in which" in explained(late, job=None).sentence


def test_the_run_that_made_up_for_the_others_is_named() -> None:
    run = replace(MISSED, reason="caught up by the newest", due_to=DUE + HOUR, count=2)
    newer = [replace(LATE, run_id=f"n{hour}", due=DUE + HOUR * hour) for hour in (9, 2)]
    one = explained(run, others=[RAN, replace(LATE, due=None), *newer])
    assert one.sentence.endswith("; the newest instant after them was made up for (run n2).")


PAUSED = told("paused", -1, words="travelling")


@pytest.mark.parametrize(
    ("changes", "entries", "sentence"),
    [
        (
            {"reason": "paused", "due_to": DUE + HOUR, "count": 2},
            (PAUSED,),
            "Skipped 2 times: all jobs were paused since 01:30 (travelling).",
        ),
        ({"reason": "paused", "finished": None}, (), "Skipped: it was paused."),
        (
            {"reason": "cannot record"},
            (),
            "Skipped: Daybell could not record anything, and starts nothing unrecorded.",
        ),
        (
            {"reason": "its schedule was edited"},
            (told("scheduled", 1, job_id="backup"),),
            "Skipped: its schedule was edited at 03:30, and what was due before is not owed.",
        ),
        (
            {"reason": "its schedule was edited"},
            (told("scheduled", 1, job_id="backup", rests="disabled"),),
            "Skipped: it was disabled at 03:30, and what was due before is not owed.",
        ),
        (
            {"reason": "its schedule was edited"},
            (),
            "Skipped: its schedule was edited, and what was due before is not owed.",
        ),
        ({"reason": "zone changed"}, (), "Skipped: the time zone was changed."),
        (
            {"reason": "zone changed"},
            (told("zone", 1, words=LISBON),),
            f"Skipped: this time in {LISBON}, the time zone only since 03:30, was over by then.",
        ),
        (
            {"reason": "zone changed"},
            (told("zone", -1, words=LISBON),),
            f"Skipped: the clock had shown this time already before the time zone became {LISBON}, at 01:30.",
        ),
        (
            {"reason": "conditions: waited for mains power for 5h"},
            (),
            "Skipped: it waited for mains power until 07:30, the longest that it may.",
        ),
        (
            {"reason": "superseded by a newer instant"},
            (told("waited", 0, run_id="r", words="mains power"),),
            "Skipped: it waited 5 h for mains power; at 07:30 a newer instant took its place.",
        ),
        (
            {"reason": "superseded by a newer instant"},
            (),
            "Skipped: it waited; at 07:30 a newer instant took its place.",
        ),
        (
            {"reason": "its job was removed"},
            (told("waited", 0, run_id="r", words="mains power"),),
            "Skipped at 07:30: its job was removed. Before that, it waited 5 h for mains power.",
        ),
        ({"reason": None}, (), "Skipped at 07:30: nobody knows why."),
    ],
)
def test_what_was_skipped(changes: dict[str, object], entries: tuple[Entry, ...], sentence: str) -> None:
    one = explained(replace(SKIPPED, **changes), *entries)
    assert (one.verdict, one.sentence, one.blocked_by) == ("skipped", sentence, None)


BEFORE = replace(RAN, run_id="x", started=DUE - HOUR, finished=DUE + HOUR)


@pytest.mark.parametrize(
    ("reason", "others", "sentence"),
    [
        ("overlap: run x has not ended", [], "Skipped: run x had not ended."),
        (
            "overlap: run x has not ended",
            [BEFORE],
            "Skipped: run x had not ended; it ran from 01:30 to 03:30.",
        ),
        (
            "overlap: run x has not ended",
            [replace(BEFORE, finished=None)],
            "Skipped: run x had not ended; it ran from 01:30 on, and still does.",
        ),
        (
            "overlap: run x has not ended",
            [replace(BEFORE, started=DUE + HOUR)],
            "Skipped: run x had not ended.",
        ),
        ("overlap: run x has not ended", [replace(BEFORE, started=None)], "Skipped: run x had not ended."),
        (
            "overlap: 3 runs have not ended, the oldest is x",
            [],
            "Skipped: 3 runs had not ended, the oldest was x.",
        ),
        ("queue full: run x waits already", [], "Skipped: run x waited already."),
    ],
)
def test_what_another_run_was_in_the_way_of(reason: str, others: list[Run], sentence: str) -> None:
    one = explained(replace(SKIPPED, reason=reason), others=others)
    assert (one.sentence, one.blocked_by) == (sentence, "x")


ASKING = a_job(conditions=Conditions(power="ac"))
FAILED = replace(RAN, outcome="failed", exit_code=1)
UNPLUGGED = (
    told("surroundings", -2, facts=Facts(on_mains=True)),
    told("surroundings", -1, facts=Facts(on_mains=False)),
)


@pytest.mark.parametrize(
    ("run", "entries", "background"),
    [
        (RAN, UNPLUGGED, ()),
        (FAILED, UNPLUGGED, ("The computer was on its battery since 01:30.",)),
        (OPEN, UNPLUGGED, ("The computer is on mains power since 01:30.",)),
        (FAILED, (*UNPLUGGED, told("started", -0.5), told("started", 8)), ()),
        (
            FAILED,
            (told("slept", 0.001, since=-4),),
            ("The computer slept from 22:30 to 02:30.", "The computer was on mains power."),
        ),
        (
            replace(SKIPPED, reason="paused"),
            (SLEPT, told("clock_set", 1, seconds=-60.0), told("zone", 2, words="UTC")),
            (
                "The computer slept from 22:30 to 07:24.",
                "The clock was set back by 1 min at 03:30.",
                "The time zone became UTC at 04:30.",
                "The computer was on mains power.",
            ),
        ),
        (
            replace(SKIPPED, reason="zone changed"),
            (told("zone", 2, words="UTC"),),
            ("The computer was on mains power.",),
        ),
        (
            replace(FAILED, outcome="interrupted", finished=DUE + 5 * HOUR, reason="Daybell ended"),
            (told("crashed", 5, since=2),),
            (
                "Daybell ended unexpectedly at about 04:30 and ran again from 07:30 on.",
                "The computer was on mains power.",
            ),
        ),
    ],
)
def test_what_else_was_about_the_machine(
    run: Run, entries: tuple[Entry, ...], background: tuple[str, ...]
) -> None:
    one = explained(run, *entries, job=ASKING, facts=Facts(on_mains=True))
    assert one.background == background


def test_there_is_never_too_much_in_the_background() -> None:
    zones = [told("zone", hour / 10, words="UTC") for hour in range(9)]
    assert len(explained(replace(SKIPPED, reason="paused"), *zones).background) == 5
