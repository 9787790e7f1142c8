"""What does it cost when nothing is due, with both doors open and power, network and keyboard watched?

All sleep side by side, over a minute.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import starmap

from app import DOOR, Started, bare, desktop, home, let_pass, ready, running, surrounded
from figures import Budget, Figure, Skipped, against
from node_rivals import NODE_CRON, find, node_cron_command
from procfs import Used, between, threads

JOBS = 100
REQUESTS = 1000
SETTLE = 8.0
"""Seconds: an API connection is forgotten after five."""
RIVAL, NODE = "bare APScheduler", "node-cron"


def measure(*, quick: bool) -> Iterator[Figure]:
    window = 15.0 if quick else 90.0
    with ExitStack() as stack:
        bus, host = stack.enter_context(desktop())
        place, machine = stack.enter_context(home()), stack.enter_context(surrounded())
        place.write_far(JOBS)
        app = stack.enter_context(running(place, bus, machine))
        rival = stack.enter_context(bare(JOBS))
        node, why = _node(stack)
        host.wait_item()
        app.client.post(DOOR)
        app.ask(REQUESTS)
        let_pass(SETTLE)
        pids = [app.pid, rival.pid, *([node.pid] if node else [])]
        before = [threads(pid) for pid in pids]
        let_pass(window)
        after = [threads(pid) for pid in pids]
    ours, theirs, *nodes = starmap(between, zip(before, after, strict=True))
    minute = 60.0 / window
    figure = Figure(
        "idle: processor", _cpu(ours, minute), "ms/min", RIVAL, _cpu(theirs, minute), Budget(2, 2)
    )
    yield from against(figure, {NODE: _cpu(nodes[0], minute) if nodes else why})
    figure = Figure(
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
    yield from against(figure, {NODE: _switches(nodes[0], minute) if nodes else why})


def _node(stack: ExitStack) -> tuple[Started | None, str]:
    """One with as many jobs, or why there is none."""
    try:
        return stack.enter_context(ready(node_cron_command(find(NODE_CRON), JOBS))), ""
    except Skipped as reason:
        return None, str(reason)


def _cpu(spent: Sequence[Used], minute: float) -> float:
    return sum(used.cpu_ns for used in spent) / 1e6 * minute


def _switches(spent: Sequence[Used], minute: float) -> float:
    return sum(used.switches for used in spent) * minute
