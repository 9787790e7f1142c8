"""What comes next, and why there is nothing at some other time."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, a_run, at, cron
from daybell.core.account import Account
from daybell.core.circumstances import Circumstances
from daybell.core.schedule import Calendar
from daybell.core.why_not_due import Ahead, coming, is_meant, nothing_due, nothing_kept, passed_over
from daybell.model.chronicle import Entry, EntryKind
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import Conditions, Job
from daybell.model.run import Run
from daybell.model.status import JobStatus

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)
JOB = a_job(triggers=(cron("0 * * * *"),))
STATUS = JobStatus(id="backup", name="backup", state="idle", schedule="at startup")
CALENDAR = Calendar(BERLIN, NOON - 9 * HOUR)
AHEAD = Ahead(status=STATUS, calendar=CALENDAR, due=NOON + HOUR, start=NOON + HOUR)
HELD = replace(AHEAD, status=replace(STATUS, is_paused=True), due=None, start=None)
RUN = a_run(run_id="x", outcome=None)


def when(instant: datetime) -> str:
    return f"{instant:%H:%M}"


def told(kind: EntryKind, hours: float, **changes: object) -> Entry:
    return replace(Entry(kind=kind, at=NOON + HOUR * hours, job_id="backup"), **changes)


def account(*entries: Entry, job: Job | None = JOB, facts: Facts = Facts()) -> Account:  # noqa: B008 - immutable
    past = Circumstances([replace(one, number=number) for number, one in enumerate(entries, 1)], "backup")
    return Account(job=job, runs=[], past=past, facts=facts, now=NOON, when=when)


DUE = "Due at 13:00"
WAITS = f"{DUE}; as things are now, it will wait for"
FREE = "Due at 13:00; nothing is known that would be in its way."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, FREE),
        (
            {"start": NOON + 1.5 * HOUR},
            "Due at 13:00, and starts at 13:30; nothing is known that would be in its way.",
        ),
        ({"start": None}, FREE),
        (
            {"is_off": True, "is_still": True},
            f"{DUE}; but Daybell is not running, and nothing starts until it does.",
        ),
        ({"lacking": ("db", "mail")}, f"{WAITS} db to succeed and mail to succeed, for 12 h at most."),
        ({"open_run": RUN}, "Due at 13:00; it will be skipped if run x has not ended by then."),
        ({"status": None}, FREE),
    ],
)
def test_what_comes(changes: dict[str, object], sentence: str) -> None:
    ahead = replace(AHEAD, **changes)
    if ahead.status is None:
        assert coming(account(), ahead).verdict == "not_due"
        return
    one = coming(account(), ahead)
    assert (one.verdict, one.sentence, one.due) == ("comes", sentence, NOON + HOUR)


def test_where_daybell_does_not_run_it_says_since_when() -> None:
    stopped = (told("started", -4, job_id=None), told("stopped", -2, job_id=None))
    still = replace(AHEAD, is_off=True, is_still=True)
    assert coming(account(*stopped), still).sentence == (
        f"{DUE}; but Daybell is not running since 10:00, and nothing starts until it does."
    )
    undecided = "Daybell is not running since 10:00, and decides about that time when it starts"
    assert undecided in nothing_due(account(*stopped), NOON - HOUR, None, None).sentence
    assert "Daybell" not in nothing_due(account(*stopped), NOON - 3 * HOUR, None, None).sentence
    again = (*stopped, told("started", -1.5, job_id=None))
    assert "Daybell" not in nothing_due(account(*again), NOON - HOUR, None, None).sentence


KEPT = "nothing is kept of what became of it"
UNDECIDED = "Daybell is not running, and decides about it when it starts"


@pytest.mark.parametrize(
    ("hour", "entries", "changes", "runs", "why"),
    [
        (-2, (), {}, (), KEPT),
        (-2, (told("scheduled", -3),), {}, (), KEPT),
        (-2, (told("scheduled", -3, rests="disabled"),), {}, (), None),
        (-2, (told("zone", -1, job_id=None),), {}, (), None),
        (-2, (told("stopped", -3, job_id=None),), {}, (), None),
        (-2, (told("stopped", -1, job_id=None),), {}, (), KEPT),
        (-2.5, (), {}, (), None),
        (-8, (), {}, (), KEPT),
        (-9, (), {}, (), None),
        (-10, (), {}, (), None),
        (2, (), {}, (), None),
        (-2, (), {"calendar": None}, (), None),
        (-2, (), {"is_still": True}, (), UNDECIDED),
        (-2, (), {"is_still": True}, (replace(RUN, due=None), replace(RUN, due=NOON - 3 * HOUR)), UNDECIDED),
        (-2, (), {"is_still": True}, (replace(RUN, due=NOON - HOUR),), KEPT),
    ],
)
def test_an_instant_without_a_row(
    hour: float,
    entries: tuple[Entry, ...],
    changes: dict[str, object],
    runs: tuple[Run, ...],
    why: str | None,
) -> None:
    known = replace(account(*entries), runs=runs)
    one = nothing_kept(known, replace(AHEAD, **changes), NOON + HOUR * hour)
    due = f"{when(NOON + HOUR * hour)}"
    assert (one.sentence if one else None) == (why and f"It was due at {due}, but {why}.")
    assert nothing_kept(account(job=None), AHEAD, NOON - 2 * HOUR) is None
    assert nothing_kept(account(job=a_job()), AHEAD, NOON - 2 * HOUR) is None


def test_another_overlap_lets_it_run() -> None:
    queueing = replace(JOB, overlap="queue")
    assert coming(account(job=queueing), replace(AHEAD, open_run=RUN)).sentence == FREE


def test_conditions_that_do_not_hold_now() -> None:
    job = replace(JOB, conditions=Conditions(power="ac", max_wait=Duration(hours=2)))
    one = coming(account(job=job, facts=Facts(on_mains=False)), AHEAD)
    assert one.sentence == f"{WAITS} mains power, for 2 h at most."
    assert coming(account(job=job, facts=Facts(on_mains=True)), AHEAD).sentence == FREE


@pytest.mark.parametrize(
    ("until", "entries", "sentence"),
    [
        (None, True, "Due at 13:00, and will be skipped: paused since 11:30."),
        (2, True, "Due at 13:00, and will be skipped: paused since 11:30 until 14:00."),
        (0.5, True, FREE),
        (None, False, "Due at 13:00, and will be skipped: it is paused."),
    ],
)
def test_what_comes_in_a_pause(until: float | None, entries: bool, sentence: str) -> None:  # noqa: FBT001 - parametrized
    end = None if until is None else NOON + HOUR * until
    past = (told("paused", -0.5, until=end),) if entries else ()
    assert coming(account(*past), HELD).sentence == sentence


@pytest.mark.parametrize(
    ("entries", "job", "changes", "why"),
    [
        ((), None, {"status": None}, "its file was removed"),
        ((told("removed", -1),), None, {"status": None}, "its file was removed at 11:00"),
        ((told("scheduled", -1),), None, {"status": None}, "its file was removed"),
        ((), None, {}, "its file is not valid: see `daybell check`"),
        ((), JOB, {"status": replace(STATUS, state="invalid")}, "its file is not valid: see `daybell check`"),
        ((), JOB, {"is_off": True}, "the scheduler is switched off in the settings"),
        ((), replace(JOB, enabled=False), {}, "it is disabled in its file"),
        ((), a_job(), {}, "it runs by hand only"),
        ((), JOB, {"status": replace(STATUS, state="completed")}, "its schedule is over"),
    ],
)
def test_what_never_comes(
    entries: tuple[Entry, ...], job: Job | None, changes: dict[str, object], why: str
) -> None:
    one = coming(account(*entries, job=job), replace(AHEAD, **changes))
    assert (one.verdict, one.sentence, one.due) == ("not_due", f"Nothing comes: {why}.", None)


def test_what_has_no_instants() -> None:
    one = coming(account(), replace(AHEAD, due=None))
    assert one.sentence == "Nothing comes by the clock: at startup."
    assert coming(account(), replace(HELD, calendar=None)).due is None


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (-0.5, (NOON, None, 1)),
        (-2.5, (NOON - 2 * HOUR, NOON, 3)),
    ],
)
def test_what_a_pause_has_skipped_so_far(
    since: float, expected: tuple[datetime, datetime | None, int]
) -> None:
    one = passed_over(account(told("paused", since, words="travelling")), HELD)
    assert one is not None
    assert (one.due, one.due_to, one.count) == expected
    assert one.sentence.startswith("Skipped so far: paused since")


@pytest.mark.parametrize(
    ("entries", "job", "ahead"),
    [
        ((told("paused", -2),), JOB, AHEAD),
        ((told("paused", -2),), JOB, replace(HELD, status=None)),
        ((told("paused", -2),), JOB, replace(HELD, calendar=None)),
        ((told("paused", -2),), None, HELD),
        ((), JOB, HELD),
        ((told("paused", -2),), a_job(), HELD),
        ((told("paused", -0.5),), replace(JOB, end=NOON - HOUR), HELD),
        ((told("paused", -0.5),), replace(JOB, triggers=(cron("30 * * * *"),)), HELD),
    ],
)
def test_a_pause_may_have_skipped_nothing(entries: tuple[Entry, ...], job: Job | None, ahead: Ahead) -> None:
    assert passed_over(account(*entries, job=job), ahead) is None


@pytest.mark.parametrize(
    ("entries", "hour", "reason"),
    [
        ((), -3, ""),
        (
            (told("started", -9, job_id=None), told("scheduled", -1)),
            -3,
            ": Daybell first saw this job at 11:00",
        ),
        ((told("scheduled", -1),), -3, ""),
        ((told("removed", -4),), -3, ": its file was removed at 08:00"),
        ((told("scheduled", -4, rests="disabled"),), -3, ": it was disabled since 08:00"),
        ((told("scheduled", -4, rests="switched_off"),), -3, ": the scheduler was switched off since 08:00"),
        ((told("scheduled", -4), told("scheduled", -2)), -3, " by the schedule that it had until 10:00"),
        ((told("scheduled", -4), told("removed", -2)), -3, " by the schedule that it has had since 08:00"),
        ((told("scheduled", -4),), -3, " by the schedule that it has had since 08:00"),
    ],
)
def test_why_nothing_was_due(entries: tuple[Entry, ...], hour: float, reason: str) -> None:
    one = nothing_due(account(*entries), NOON + HOUR * hour, None, None)
    tail = "Nothing is known of any time at which it was due."
    assert (one.verdict, one.sentence) == ("not_due", f"Nothing was due at 09:00{reason}. {tail}")


@pytest.mark.parametrize(
    ("hour", "before", "after", "sentence"),
    [
        (-3, -4, -2, "Nothing was due at 09:00. The last time before was 08:00, the next was 10:00."),
        (-3, -4, 2, "Nothing was due at 09:00. The last time before was 08:00, the next is 14:00."),
        (-3, None, -2, "Nothing was due at 09:00. The next was 10:00."),
        (3, -4, None, "Nothing is due at 15:00. The last time before was 08:00."),
        (3, 2, 4, "Nothing is due at 15:00. The last time before is 14:00, the next is 16:00."),
    ],
)
def test_the_instants_on_both_sides_are_named(
    hour: float, before: float | None, after: float | None, sentence: str
) -> None:
    ends = [None if end is None else NOON + HOUR * end for end in (before, after)]
    assert nothing_due(account(), NOON + HOUR * hour, *ends).sentence == sentence


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("due", "due_to", "named", "expected"),
    [
        (0.0, None, 0.0, True),
        (0.5, None, 0.0, True),
        (1.0, None, 0.0, False),
        (0.0, None, 0.5, False),
        (0.5, None, 0.5, True),
        (0.6, None, 0.5, False),
        (0.0, 9.0, 5.0, True),
        (0.0, 9.0, 9.5, False),
    ],
)
def test_a_time_to_the_minute_is_all_of_it(
    due: float,
    due_to: float | None,
    named: float,
    expected: bool,  # noqa: FBT001 - parametrized
) -> None:
    last = None if due_to is None else NOON + MINUTE * due_to
    assert is_meant(NOON + MINUTE * due, last, NOON + MINUTE * named) is expected
