"""What the chronicle tells of a time, and in which words."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from builders import a_run, at
from daybell.core.chronicle import entry
from daybell.core.circumstance_words import aways, changed, one_after_the_other, paused, surroundings, waited
from daybell.core.circumstances import Away, Circumstances, Pause, Wait
from daybell.model.chronicle import Entry, EntryKind
from daybell.model.events import JobScheduled, Numbered, RunQueued
from daybell.model.facts import Facts
from daybell.model.job import Conditions
from daybell.model.record import Deferral

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)
MAINS, BATTERY = Facts(on_mains=True, is_online=True), Facts(on_mains=False, is_online=True)
NOWHERE = Facts()


def when(instant: datetime) -> str:
    return f"{instant:%H:%M}"


def told(kind: EntryKind, hours: float, **changes: object) -> Entry:
    """So many hours after noon; `since` and `until` as well."""
    moments = {
        name: NOON + HOUR * changes.pop(name)  # type: ignore[operator]  # numbers
        for name in ("since", "until")
        if name in changes
    }
    return replace(Entry(kind=kind), at=NOON + HOUR * hours, **moments, **changes)


def past(*entries: Entry) -> Circumstances:
    return Circumstances([replace(one, number=number) for number, one in enumerate(entries, 1)], "backup")


def hours(instant: datetime | None) -> float | None:
    return None if instant is None else (instant - NOON) / HOUR


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((told("slept", 5, since=1),), [("slept", 1, 5)]),
        ((told("held_up", 2, since=1),), [("held_up", 1, 2)]),
        ((told("clock_set", 3, seconds=7200.0),), [("clock_set", 1, 3)]),
        ((told("clock_set", 3, seconds=-7200.0),), []),
        ((told("clock_set", 3),), []),
        ((told("started", 1),), []),
        ((told("started", -5), told("stopped", 1), told("started", 3)), [("stopped", 1, 3)]),
        ((told("started", -5), told("crashed", 3, since=1), told("started", 3)), [("crashed", 1, 3)]),
        ((told("started", -5), told("machine_off", 3, since=1), told("started", 3)), [("machine_off", 1, 3)]),
        ((told("started", 1), told("started", 3)), [("lost", 1, 3)]),
        ((told("started", 1), told("slept", 2, since=1.5), told("started", 30)), [("slept", 1.5, 2)]),
        ((told("slept", -1, since=-2), told("slept", 12, since=11)), []),
    ],
)
def test_times_in_which_nothing_could_start(
    entries: tuple[Entry, ...], expected: list[tuple[str, float, float]]
) -> None:
    """Between noon and ten hours later. Of a life that was lost, nobody knows when it ended."""
    found = past(*entries).away(NOON, NOON + 10 * HOUR)
    assert [(one.kind, hours(one.since), hours(one.until)) for one in found] == expected


OWN = told("paused", 1, until=8, job_id="backup", words="travelling", by="the menu")
ALL = told("paused", 2, by="the browser")


@pytest.mark.parametrize(
    ("entries", "hour", "expected"),
    [
        ((), 3, None),
        ((OWN,), 1, None),
        ((OWN,), 8, "paused by the menu since 13:00 until 20:00 (travelling)"),
        ((OWN,), 8.1, None),
        ((OWN, told("resumed", 3, job_id="backup")), 4, None),
        (
            (OWN, told("resumed", 3, job_id="backup"), told("resumed", 4, job_id="backup")),
            2,
            "paused by the menu since 13:00 until 15:00 (travelling)",
        ),
        ((ALL, told("resumed", 3)), 3, "all jobs were paused by the browser since 14:00 until 15:00"),
        ((OWN, told("resumed", 3)), 4, "paused by the menu since 13:00 until 20:00 (travelling)"),
        ((ALL,), 30, "all jobs were paused by the browser since 14:00"),
        ((OWN, ALL), 4, "all jobs were paused by the browser since 14:00"),
        ((OWN, ALL, told("resumed", 3)), 4, "paused by the menu since 13:00 until 20:00 (travelling)"),
        ((told("paused", 1, job_id="mail"),), 4, None),
        ((told("resumed", 9), told("paused", 1, job_id="backup")), 4, "paused since 13:00"),
    ],
)
def test_which_pause_held(entries: tuple[Entry, ...], hour: float, expected: str | None) -> None:
    found = past(*entries).pause_at(NOON + HOUR * hour)
    assert (paused(found, when) if found else None) == expected


def test_what_a_run_waited_for_is_told_once() -> None:
    entries = (
        told("waited", 1, run_id="r", words="mains power", until=9),
        told("waited", 2, run_id="r", words="mains power", until=9),
        told("waited", 2, run_id="other", words="a network"),
        told("waited", 3, run_id="r", words=None),
    )
    found = past(*entries).waits("r")
    assert [(one.words, hours(one.since), hours(one.limit), hours(one.until)) for one in found] == [
        ("mains power", 1, 9, 3),
        ("", 3, None, None),
    ]
    assert past(*entries).waits("none") == []


@pytest.mark.parametrize(
    ("limit", "until", "latest", "expected"),
    [(4, None, 9, 4), (4, 3, 9, 3), (None, None, 9, 9), (4, 3, 2, 2)],
)
def test_when_a_wait_was_over(limit: int | None, until: int | None, latest: int, expected: int) -> None:
    ends = [None if end is None else NOON + HOUR * end for end in (limit, until)]
    assert hours(Wait("mains power", NOON, *ends).end(NOON + HOUR * latest)) == expected


def test_which_schedule_counted() -> None:
    entries = past(
        told("scheduled", 1, job_id="backup"), told("scheduled", 3, job_id="backup", rests="disabled")
    )
    assert entries.schedule_at(NOON) is None
    assert hours(getattr(entries.schedule_at(NOON + 2 * HOUR), "at", None)) == 1
    assert getattr(entries.schedule_at(NOON + 3 * HOUR), "rests", None) == "disabled"
    assert hours(getattr(entries.schedule_after(NOON), "at", None)) == 1
    assert entries.schedule_after(NOON + 3 * HOUR) is None


def test_how_far_back_it_reaches() -> None:
    assert past(told("started", 1)).reaches(NOON + HOUR)
    assert not past(told("started", 1)).reaches(NOON)
    assert not past().reaches(NOON)


def test_changes_of_the_clock_on_the_wall() -> None:
    entries = past(
        told("zone", -1, words="Europe/Berlin"),
        told("clock_set", 1, seconds=-7200.0),
        told("clock_set", 2, seconds=7200.0),
        told("clock_set", 2.5),
        told("zone", 3, words="Europe/Lisbon"),
    )
    found = entries.changes(NOON, NOON + 9 * HOUR)
    assert [changed(one, when) for one in found] == [
        "the clock was set back by 2 h at 13:00",
        "the time zone became Europe/Lisbon at 15:00",
    ]
    assert getattr(entries.zone_change(NOON), "words", None) == "Europe/Berlin"
    assert past().zone_change(NOON) is None
    assert changed(told("clock_set", 1), when) == "the clock was set back by a moment at 13:00"


LIFE = (
    told("started", 1),
    told("surroundings", 2, facts=MAINS),
    told("surroundings", 3, facts=BATTERY),
    told("surroundings", 4, facts=replace(BATTERY, is_online=False)),
    told("surroundings", 4.5),
)


@pytest.mark.parametrize(
    ("entries", "hour", "expected", "since"),
    [
        ((), 1, NOWHERE, None),
        ((told("started", 1),), 5, NOWHERE, None),
        (LIFE, 1.5, None, None),
        (LIFE, 2.5, MAINS, None),
        (LIFE, 3.5, BATTERY, 3),
        (LIFE, 4.2, replace(BATTERY, is_online=False), 3),
        ((*LIFE, told("started", 6)), 3.5, BATTERY, 3),
        ((*LIFE, told("started", 6)), 7, NOWHERE, None),
        ((*LIFE, told("started", 6), told("started", 8)), 7, None, None),
    ],
)
def test_what_surrounded_the_machine(
    entries: tuple[Entry, ...], hour: float, expected: Facts | None, since: float | None
) -> None:
    """What holds now held before, as far back as nothing is known to have changed."""
    instant = NOON + HOUR * hour
    assert past(*entries).facts_at(instant, NOWHERE) == expected
    assert hours(past(*entries).fact_since("on_mains", instant)) == since


def test_times_away_are_told_one_after_the_other() -> None:
    sleeps = [Away("slept", NOON + HOUR * hour, NOON + HOUR * (hour + 0.5)) for hour in range(5)]
    first = "the computer slept from 12:00 to 12:30"
    assert one_after_the_other(aways(sleeps[:1], when)) == first
    assert one_after_the_other(aways(sleeps[:2], when)) == (
        f"{first}, and then the computer slept from 13:00 to 13:30"
    )
    assert one_after_the_other(aways(sleeps[:4], when)).endswith(
        "then the computer slept from 14:00 to 14:30, and then there was one more such time"
    )
    assert aways(sleeps, when)[-1] == "there were 2 more such times"
    assert one_after_the_other([]) == ""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("held_up", "Daybell was held up from 12:00 to 13:00"),
        ("clock_set", "the clock was set forward from 12:00 to 13:00"),
        ("stopped", "Daybell was not running from 12:00 to 13:00"),
        ("crashed", "Daybell ended unexpectedly at about 12:00 and ran again from 13:00 on"),
        ("machine_off", "the computer was off from about 12:00 to 13:00"),
        ("lost", "Daybell had ended some time after 12:00 and ran again from 13:00 on"),
    ],
)
def test_each_kind_has_its_words(kind: str, expected: str) -> None:
    assert aways([Away(kind, NOON, NOON + HOUR)], when) == [expected]  # type: ignore[arg-type]  # parametrized


def test_a_wait_is_told_with_its_length() -> None:
    wait = Wait("the machine to settle after its sleep", NOON, NOON + timedelta(seconds=30), None)
    assert waited(wait, NOON + HOUR) == "it waited 30 s for the machine to settle"


def test_a_reason_has_no_second_line() -> None:
    pause = Pause(NOON, None, "one\ntwo", None, is_of_all=False)
    assert paused(pause, when) == "paused since 12:00 (one two)"


ALL_ASKED = Conditions(power="ac", network="unmetered", wifi=("home",), idle=None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            Facts(),
            [
                "nobody here can tell whether the computer was on mains power: it counts as if it were",
                "nobody here can tell whether there was a network: it counts as if there were",
                "nobody here can tell which Wi-Fi the computer was on: it counts as another one",
            ],
        ),
        (
            Facts(on_mains=True, is_online=True, wifi="café"),
            ["the computer was on mains power", "there was a network", "the computer was on the Wi-Fi café"],
        ),
        (
            Facts(on_mains=False, is_online=False, wifi=""),
            ["the computer was on its battery", "there was no network", "the computer was on no Wi-Fi"],
        ),
        (
            Facts(on_mains=False, is_online=True, is_metered=True, wifi="café", is_wired=True),
            ["the computer was on its battery", "the network was metered", "the computer was on a cable"],
        ),
    ],
)
def test_surroundings_that_a_job_asks_for(facts: Facts, expected: list[str]) -> None:
    found = surroundings(facts, ALL_ASKED, lambda _: "", is_now=False)
    assert list(found) == expected


def test_surroundings_of_now_are_in_the_present() -> None:
    told = surroundings(BATTERY, Conditions(power="ac", network="online"), lambda _: " since 9", is_now=True)
    assert list(told) == ["the computer is on its battery since 9", "there is a network since 9"]
    assert list(surroundings(BATTERY, Conditions(), lambda _: "", is_now=True)) == []
    cable = Facts(is_wired=True, wifi="café")
    strict = Conditions(wifi=("home",), or_wired=False)
    assert list(surroundings(cable, strict, lambda _: "", is_now=True)) == [
        "the computer is on the Wi-Fi café"
    ]


def test_a_schedule_that_rests_is_remembered_as_such() -> None:
    event = JobScheduled(at=NOON, job_id="backup", digest="x", rests="switched_off")
    found = entry(Numbered(7, event))
    assert found is not None
    assert (found.kind, found.rests) == ("scheduled", "switched_off")


@pytest.mark.parametrize(
    ("late", "attempts", "deferral", "expected"),
    [
        (HOUR, 0, None, "its turn"),
        (timedelta(seconds=9), 0, None, None),
        (HOUR, 1, None, None),
        (
            HOUR,
            0,
            Deferral(kind="backoff", since=NOON, until=NOON, reason="attempt 2 of 3"),
            None,
        ),
    ],
)
def test_a_late_run_that_waits_for_its_turn_is_remembered(
    late: timedelta, attempts: int, deferral: Deferral | None, expected: str | None
) -> None:
    run = a_run(due=NOON - late, attempts=attempts)
    found = entry(Numbered(7, RunQueued(at=NOON, run=run, deferral=deferral)))
    assert (found.words if found else None) == expected
    assert entry(Numbered(8, RunQueued(at=NOON, run=replace(run, due=None, attempts=0)))) is None
