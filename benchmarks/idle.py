"""What does it cost when nothing is due, with both doors open? Both sleep side by side, over a minute."""

from collections.abc import Iterator, Sequence
from itertools import starmap

from app import DOOR, bare, desktop, home, let_pass, running
from figures import Budget, Figure
from procfs import Used, between, threads

JOBS = 100
REQUESTS = 1000
SETTLE = 8.0
"""Seconds: an API connection is forgotten after five."""
RIVAL = "bare APScheduler"


def measure(*, quick: bool) -> Iterator[Figure]:
    window = 15.0 if quick else 90.0
    with desktop() as (bus, host), home() as place:
        place.write_far(JOBS)
        with running(place, bus) as app, bare(JOBS) as rival:
            host.wait_item()
            app.client.post(DOOR)
            app.ask(REQUESTS)
            let_pass(SETTLE)
            pids = (app.pid, rival.pid)
            before = [threads(pid) for pid in pids]
            let_pass(window)
            after = [threads(pid) for pid in pids]
    ours, theirs = starmap(between, zip(before, after, strict=True))
    minute = 60.0 / window
    yield Figure("idle: processor", _cpu(ours, minute), "ms/min", RIVAL, _cpu(theirs, minute), Budget(2, 2))
    yield Figure(
        "idle: wakeups",
        _switches(ours, minute),
        "/min",
        RIVAL,
        _switches(theirs, minute),
        Budget(12, 12),
        tuple(
            f"thread {used.name!r}: {used.switches} wakeups and {used.cpu_ns / 1e6:.2f} ms in {window:g} s"
            for used in ours
            if used.switches or used.cpu_ns
        ),
    )


def _cpu(spent: Sequence[Used], minute: float) -> float:
    return sum(used.cpu_ns for used in spent) / 1e6 * minute


def _switches(spent: Sequence[Used], minute: float) -> float:
    return sum(used.switches for used in spent) * minute
