"""How late does a command start? From the instant at which it is due to its own first instruction.

A small and a large Daybell and two C loops take turns, each at instants of its own, so that the same
load meets them all. One of the C loops makes a line durable before each start, as Daybell must.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import Home, bare, environment, home, let_pass, process, running
from figures import Budget, Figure, Skipped, percentile
from native import SECOND, compiled, read_stamps

FEW, MANY = 10, 10_000
TICKING = 4
"""Jobs that are due every second, spread evenly over it; a C loop is due as often."""
PERIOD = SECOND // TICKING
WARM_UP = 3.0
"""Seconds."""
FLOOR = "C loop"


def measure(*, quick: bool) -> Iterator[Figure]:
    seconds = 15.0 if quick else 60.0
    with ExitStack() as stack:
        stamp, floor = stack.enter_context(compiled())
        few, many, floors = (stack.enter_context(home()) for _ in range(3))
        _fill(few, FEW, stamp, 0)
        _fill(many, MANY, stamp, PERIOD // 4)
        yield from _starts(many)
        for place in (few, many):
            stack.enter_context(running(place, None))
        _start_floor(stack, [floor, str(PERIOD), str(PERIOD // 2), "-", stamp], floors.path / "plain")
        durable = [floor, str(PERIOD), str(PERIOD // 4 * 3), str(floors.path / "journal"), stamp]
        _start_floor(stack, durable, floors.path / "durable")
        let_pass(WARM_UP)
        since = time.clock_gettime_ns(time.CLOCK_REALTIME)
        let_pass(seconds)
        paths = (few.path / "stamps", many.path / "stamps", floors.path / "plain", floors.path / "durable")
        late = [_late(path, since) for path in paths]
    yield from _compare(*late)


def _fill(place: Home, count: int, stamp: str, offset: int) -> None:
    """So many jobs, of which a few tick; the others are due in the far future."""
    place.write_far(count - TICKING)
    for number in range(TICKING):
        instant = number * PERIOD + offset
        anchor = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant // 1000)
        tick = {"type": "interval", "every": "1s", "anchor": anchor.isoformat()}
        place.write(f"tick-{number}", tick, [stamp, str(place.path / "stamps"), str(instant)])


def _start_floor(stack: ExitStack, command: list[str], stamps: Path) -> None:
    stack.enter_context(process([*command, str(stamps)], environment()))


def _starts(place: Home) -> Iterator[Figure]:
    """The first start journals every job, the second one replays that."""
    with bare(MANY) as rival:
        theirs = rival.seconds
    for which in ("first", "second"):
        with running(place, None) as app:
            ours = app.seconds
        yield Figure(f"start: {which}, {MANY} jobs, to API", ours, "s", "bare APScheduler", theirs, Budget(2))


def _late(path: Path, since: int) -> list[float]:
    """In ms. A label is an instant of the same second's grid as the one at which the stamp was due."""
    late = [(one.at - int(one.label)) % SECOND / 1e6 for one in read_stamps(path) if one.at >= since]
    if not late:
        raise Skipped(f"nothing has run: {path} is empty")
    return late


def _compare(
    few: list[float], many: list[float], plain: list[float], durable: list[float]
) -> Iterator[Figure]:
    floor, syncing = percentile(plain, 0.5), percentile(durable, 0.5)
    for count, late in ((FEW, few), (MANY, many)):
        what = f"latency: {count} jobs"
        p50, p99 = percentile(late, 0.5), percentile(late, 0.99)
        notes = (f"beside the C loop that syncs first it is ×{p50 / syncing:.2f}",)
        yield Figure(
            f"{what}, p50 of {len(late)}", p50, "ms", FLOOR, floor, Budget(1.3, 1.6, of_ratio=True), notes
        )
        yield Figure(f"{what}, p99", p99, "ms", FLOOR, percentile(plain, 0.99))
    yield Figure("latency: C loop that syncs first, p50", syncing, "ms", FLOOR, floor)
