"""Which events are remembered beside the runs."""

from datetime import timedelta
from typing import Literal

import pytest

from builders import a_run, at
from daybell.core.chronicle import entry
from daybell.model.absence import LastEnd
from daybell.model.chronicle import Entry
from daybell.model.events import (
    AllPaused,
    AllResumed,
    AnyEvent,
    AppHeldUp,
    ClockSet,
    JobPaused,
    JobRemoved,
    JobResumed,
    JobScheduled,
    LifeLost,
    MachineSlept,
    Numbered,
    RunFinished,
    RunQueued,
    SchedulerStarted,
    SchedulerStopped,
    SurroundingsChanged,
    ZoneChanged,
)
from daybell.model.facts import Facts
from daybell.model.record import Deferral

NOON = at("2026-03-02 12:00")
SINCE, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
BATTERY = Facts(on_mains=False)


def waiting(kind: Literal["backoff", "settle", "needs", "conditions"]) -> RunQueued:
    deferral = Deferral(kind=kind, since=SINCE, until=LATER, reason="mains power")
    return RunQueued(at=NOON, run=a_run(), deferral=deferral)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (SchedulerStarted(at=NOON, jobs=1, version="1.2"), Entry(kind="started", words="1.2")),
        (SchedulerStopped(at=NOON), Entry(kind="stopped")),
        (LifeLost(at=NOON, end=LastEnd("crashed", SINCE)), Entry(kind="crashed", since=SINCE)),
        (LifeLost(at=NOON, end=LastEnd("machine_off", SINCE)), Entry(kind="machine_off", since=SINCE)),
        (MachineSlept(at=NOON, since=SINCE), Entry(kind="slept", since=SINCE)),
        (AppHeldUp(at=NOON, since=SINCE), Entry(kind="held_up", since=SINCE)),
        (ClockSet(at=NOON, seconds=-3600), Entry(kind="clock_set", seconds=-3600)),
        (ZoneChanged(at=NOON, zone="Europe/Lisbon"), Entry(kind="zone", words="Europe/Lisbon")),
        (SurroundingsChanged(at=NOON, facts=BATTERY), Entry(kind="surroundings", facts=BATTERY)),
        (AllPaused(at=NOON, by="the menu"), Entry(kind="paused", by="the menu")),
        (AllResumed(at=NOON), Entry(kind="resumed")),
        (
            JobPaused(at=NOON, job_id="a", until=LATER, reason="travelling", by="the menu"),
            Entry(kind="paused", job_id="a", until=LATER, words="travelling", by="the menu"),
        ),
        (JobResumed(at=NOON, job_id="a"), Entry(kind="resumed", job_id="a")),
        (JobScheduled(at=NOON, job_id="a", digest="x"), Entry(kind="scheduled", job_id="a")),
        (JobRemoved(at=NOON, job_id="a"), Entry(kind="removed", job_id="a")),
    ],
)
def test_what_explains_later_is_remembered(event: AnyEvent, expected: Entry) -> None:
    told = entry(Numbered(7, event))
    assert told is not None
    assert (told.number, told.at) == (7, NOON)
    assert {
        name: getattr(told, name) for name in Entry.__struct_fields__ if name not in ("number", "at")
    } == {name: getattr(expected, name) for name in Entry.__struct_fields__ if name not in ("number", "at")}


@pytest.mark.parametrize("kind", ["settle", "needs", "conditions"])
def test_what_a_run_waited_for_is_remembered(kind: Literal["settle", "needs", "conditions"]) -> None:
    told = entry(Numbered(7, waiting(kind)))
    run = a_run()
    assert told == Entry(
        kind="waited",
        number=7,
        at=NOON,
        job_id=run.job_id,
        run_id=run.run_id,
        since=SINCE,
        until=LATER,
        words="mains power",
    )


@pytest.mark.parametrize(
    "event", [waiting("backoff"), RunQueued(at=NOON, run=a_run()), RunFinished(at=NOON, run=a_run())]
)
def test_what_the_rows_tell_is_not(event: AnyEvent) -> None:
    assert entry(Numbered(7, event)) is None
