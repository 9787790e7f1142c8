"""How long do a thousand jobs take that are due at one instant? Until the last start, and its record.

The whole app, two C loops and APScheduler alone take turns: each has an instant of its own, again and again.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app import WORKERS, Home, bare, desktop, home, let_pass, ready, running
from calls import SECOND
from figures import Budget, Figure, against, median
from native import compiled, read_stamps

COUNT = 1000
EVERY = 10
"""Seconds from one burst to the next of the same contender."""
OURS, LOOP, ALL_AT_ONCE, BARE = "Daybell", "C loop", "C loop, all at once", "bare APScheduler"
OFFSETS = {OURS: 0, LOOP: 5, ALL_AT_ONCE: 7, BARE: 8}
"""In seconds: Daybell has the most to do, and the most time."""
LEAD = 8.0
"""Seconds within which all of them should have started; else the first bursts do not count."""
AIM = Budget(1.5, of_ratio=True)
REMARK = (
    "Bursts: the C loop starts each program when the one before has ended; the one that starts all at once "
    "waits for none. A start counts as recorded when Daybell's log names it: its claim was synced "
    "before, and the journal has it."
)

Starts = Iterable[tuple[float, str]]
"""When, in seconds since 1970, and which job."""


class Line(msgspec.Struct):
    """Of a line in daybell.log, what counts here."""

    time: datetime
    event: str
    job: str = ""


class Bursts:
    """What one contender did, burst by burst, counted from that instant on."""

    def __init__(self, who: str, begin: float, starts: Starts) -> None:
        self._late: dict[int, list[float]] = defaultdict(list)
        self._jobs: dict[int, Counter[str]] = defaultdict(Counter)
        for at, job in starts:
            burst, late = divmod(at - begin - OFFSETS[who], EVERY)
            if burst >= 0:
                self._late[int(burst)].append(late)
                self._jobs[int(burst)][job] += 1

    def last(self, bursts: int) -> float:
        """Seconds until the last start of a burst, as a rule."""
        return median(max(self._late[burst], default=EVERY) for burst in range(bursts))

    def lost(self, bursts: int) -> int:
        return sum(COUNT - len(self._jobs[burst]) for burst in range(bursts))

    def doubled(self, bursts: int) -> int:
        return sum(self._jobs[burst].total() - len(self._jobs[burst]) for burst in range(bursts))


def measure(*, quick: bool) -> Iterator[Figure]:
    bursts = 3 if quick else 7
    with ExitStack() as stack:
        stamp, floor = stack.enter_context(compiled())
        bus, host = stack.enter_context(desktop())
        place = stack.enter_context(home())
        begin = int(_now() + LEAD)
        files = {who: place.path / f"stamps-{number}" for number, who in enumerate(OFFSETS)}
        _fill(place, begin, stamp, files[OURS])
        stack.enter_context(running(place, bus))
        host.wait_item()
        for who, at_once in ((LOOP, 1), (ALL_AT_ONCE, COUNT)):
            grid = [EVERY * SECOND, (begin + OFFSETS[who]) * SECOND % (EVERY * SECOND), COUNT, at_once]
            stack.enter_context(ready([floor, *map(str, grid), "-", str(files[who]), stamp]))
        due = [str(begin + OFFSETS[BARE]), str(EVERY), str(WORKERS), stamp, str(files[BARE])]
        stack.enter_context(bare(COUNT, "together", *due))
        while begin < _now():
            begin += EVERY
        let_pass(begin + bursts * EVERY - _now())
        done = {who: Bursts(who, begin, _stamps(file)) for who, file in files.items()}
        recorded = Bursts(OURS, begin, _recorded(place))
    yield from _compare(done, recorded, bursts)


def _now() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)


def _fill(place: Home, begin: float, stamp: str, file: Path) -> None:
    anchor = datetime.fromtimestamp(begin + OFFSETS[OURS], UTC)
    every = {"type": "interval", "every": f"{EVERY}s", "anchor": anchor.isoformat()}
    for number in range(COUNT):
        place.write(f"burst-{number}", every, [stamp, str(file), f"burst-{number}"])


def _stamps(file: Path) -> Starts:
    return ((one.at / SECOND, one.label) for one in read_stamps(file))


def _recorded(place: Home) -> Starts:
    """From the log, and what was rotated away from it."""
    decoder = msgspec.json.Decoder(Line)
    for file in (place.path / "log").glob("daybell.log*"):
        for line in map(decoder.decode, file.read_bytes().splitlines()):
            if line.event == "run_started":
                yield line.time.timestamp(), line.job


def _compare(done: dict[str, Bursts], recorded: Bursts, bursts: int) -> Iterator[Figure]:
    ours, loop = done[OURS], done[LOOP].last(bursts)
    others = {who: done[who].last(bursts) for who in (ALL_AT_ONCE, BARE)}
    for what, last in (("start", ours.last(bursts)), ("start recorded", recorded.last(bursts))):
        figure = Figure(f"burst: {COUNT} jobs, last {what}", last, "s", LOOP, loop, AIM, remark=REMARK)
        yield from against(figure, others)
    none = Budget(0, 0)
    yield Figure(f"  of {bursts * COUNT}, lost", ours.lost(bursts), "runs", budget=none)
    yield Figure(f"  of {bursts * COUNT}, doubled", ours.doubled(bursts), "runs", budget=none)
    yield Figure(f"  of {bursts * COUNT}, not recorded", recorded.lost(bursts), "runs", budget=none)
