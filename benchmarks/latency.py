"""How late does a job start? From the instant at which it is due to a function's call or a first byte.

A small and a large Daybell, APScheduler alone, croner and C loops take turns, each at instants of its own, so
that the same load meets them all. One of the C loops makes a line durable before each start, as Daybell must.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import HERE, Home, bare, home, running
from contest import PERIOD, SLOT, TICKING, Contest, Name, lateness
from figures import Budget, Figure, Skipped, against, percentile
from native import compiled
from node_rivals import CRONER as CRONER_PACKAGE
from node_rivals import croner_command, find

FEW, MANY = 10, 10_000
OURS, BARE, CRONER = "Daybell", "bare APScheduler", "croner"
FLOOR, SYNCING = Name("C loop"), Name("C loop that syncs first")
OFFSETS = {
    Name(OURS, FEW): SLOT,
    FLOOR: 2 * SLOT,
    Name(OURS, MANY): 3 * SLOT,
    SYNCING: 4 * SLOT,
    Name(BARE, FEW): 5 * SLOT,
    Name(BARE, MANY): 6 * SLOT,
}
"""In ns, in each period. croner knows whole seconds only: it has the first slot of each second."""
SECONDS = {FEW: "*/2", MANY: "1-59/2"}
"""Those at which a croner with so many jobs is due."""

Late = dict[Name, list[float]]


@dataclass(frozen=True)
class Goal:
    """What a start is measured up to."""

    name: str
    budget: Budget | None = None
    remark: str = ""


CALL = Goal(
    "function",
    remark="Due to function: Daybell's own engine, alarms, ledger and workers, and a handler that holds its "
    "call until the instant, as commands are held, and notes when it is made. Each claim is on the disk "
    "before; no process is started. A worker has it ahead, and for the last 0.2 ms it looks at the clock "
    "instead of sleeping, which a C loop does not.",
)
FIRST_BYTE = Goal("first byte", Budget(1.3, 1.6, of_ratio=True))


def measure(*, quick: bool) -> Iterator[Figure]:
    seconds = 10.0 if quick else 60.0
    with compiled() as (stamp, floor), home() as place:
        many = Home(place.path / "many")
        _fill(many, MANY, stamp)
        yield from _starts(many)
        croner, why = _croner()
        with ExitStack() as stack:
            contest = Contest(stack, place.path / "functions")
            _enter_rivals(contest, floor, None, croner)
            _enter_callers(contest)
            late = contest.late(seconds)
            ahead = {jobs: _ahead(contest.file(Name(OURS, jobs))) for jobs in (FEW, MANY)}
        yield from _compare(CALL, late, why)
        for jobs, early in ahead.items():
            yield Figure(f"latency: {jobs} jobs, handed to a worker ahead", percentile(early, 0.5), "ms")
        with ExitStack() as stack:
            contest = Contest(stack, place.path / "commands")
            _enter_rivals(contest, floor, stamp, croner)
            _enter_apps(contest, stamp, Home(place.path / "few"), many)
            late = contest.late(seconds)
        yield from _compare(FIRST_BYTE, late, why)


def _fill(place: Home, count: int, stamp: str) -> None:
    """So many jobs, of which a few tick; the others are due in the far future."""
    place.write_far(count - TICKING)
    for number in range(TICKING):
        instant = number * PERIOD + OFFSETS[Name(OURS, count)]
        anchor = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant // 1000)
        tick = {"type": "interval", "every": "1s", "anchor": anchor.isoformat()}
        place.write(f"tick-{number}", tick, [stamp, str(place.path / "stamps"), str(instant)])


def _starts(place: Home) -> Iterator[Figure]:
    """The first start journals every job, the second one replays that."""
    with bare(MANY) as rival:
        theirs = rival.seconds
    for which in ("first", "second"):
        with running(place, None) as app:
            ours = app.seconds
        yield Figure(f"start: {which}, {MANY} jobs, to API", ours, "s", BARE, theirs, Budget(2))


def _croner() -> tuple[Path | None, str]:
    """Its module, or why there is none."""
    try:
        return find(CRONER_PACKAGE), ""
    except Skipped as reason:
        return None, str(reason)


def _enter_rivals(contest: Contest, floor: str, stamp: str | None, croner: Path | None) -> None:
    """Each starts the stamp; without one they call a function."""
    program = [stamp] if stamp else []
    for name in (FLOOR, SYNCING) if stamp else (FLOOR,):
        file = contest.file(name)
        journal = str(file.with_suffix(".journal")) if name == SYNCING else "-"
        grid = [str(PERIOD), str(OFFSETS[name])]
        contest.run(name, [floor, *grid, "1", "1", journal, str(file), *program])
    for jobs in (FEW, MANY):
        name = Name(BARE, jobs)
        due = ["ticking", str(OFFSETS[name]), str(TICKING), str(contest.file(name)), *program]
        contest.enter(name, bare(jobs, *due))
        if croner is not None:
            name = Name(CRONER, jobs)
            contest.run(name, croner_command(croner, jobs, SECONDS[jobs], str(contest.file(name)), program))


def _enter_callers(contest: Contest) -> None:
    """Daybell's engine in a process of its own, as calling.py has it."""
    for jobs in (FEW, MANY):
        name = Name(OURS, jobs)
        args = [str(jobs), str(OFFSETS[name]), str(TICKING), str(contest.file(name))]
        contest.run(name, [sys.executable, str(HERE / "calling.py"), *args])


def _enter_apps(contest: Contest, stamp: str, few: Home, many: Home) -> None:
    _fill(few, FEW, stamp)
    for jobs, place in ((FEW, few), (MANY, many)):
        contest.enter(Name(OURS, jobs), running(place, None), place.path / "stamps")


def _ahead(file: Path) -> list[float]:
    return [-late for late in lateness(file.with_suffix(".handed"), 0)]


def _compare(goal: Goal, late: Late, no_croner: str) -> Iterator[Figure]:
    for jobs in (FEW, MANY):
        yield from _compare_one(goal, jobs, late, no_croner)
    if SYNCING in late:
        syncing, floor = percentile(late[SYNCING], 0.5), percentile(late[FLOOR], 0.5)
        yield Figure("latency: C loop that syncs first, p50", syncing, "ms", FLOOR.who, floor)


def _compare_one(goal: Goal, jobs: int, late: Late, no_croner: str) -> Iterator[Figure]:
    ours, theirs = late[Name(OURS, jobs)], late[Name(BARE, jobs)]
    what = f"latency: {jobs} jobs, to {goal.name}"
    p50, floor = percentile(ours, 0.5), percentile(late[FLOOR], 0.5)
    notes: tuple[str, ...] = ()
    if SYNCING in late:
        notes = (f"beside the C loop that syncs first it is ×{p50 / percentile(late[SYNCING], 0.5):.2f}",)
    what_p50 = f"{what}, p50 of {len(ours)}"
    croner = no_croner or percentile(late[Name(CRONER, jobs)], 0.5)
    figure = Figure(what_p50, p50, "ms", FLOOR.who, floor, goal.budget, notes, goal.remark)
    yield from against(figure, {BARE: percentile(theirs, 0.5), CRONER: croner})
    p99, floor = percentile(ours, 0.99), percentile(late[FLOOR], 0.99)
    figure = Figure(f"{what}, p99", p99, "ms", FLOOR.who, floor)
    yield from against(figure, {BARE: percentile(theirs, 0.99)})
