"""What happened between two looks at the clocks: a sleep, a freeze, or a clock that was set?

Three clocks tell it. All of them run while the machine is awake; asleep, only two do; and only the one
on the wall is ever set.

| | wall | boot | monotonic |
|---|---|---|---|
| the machine slept | goes on | goes on | stands still |
| the process was frozen | goes on | goes on | goes on, and the look comes late |
| the clock was set | jumps | goes on | goes on |
"""

from datetime import timedelta

from msgspec import Struct

SHORTEST_SLEEP = 2.0
"""Seconds. No machine sleeps and wakes in less, and some count their sleep in whole seconds."""
SMALLEST_STEP = 2.0
"""Seconds. A clock that is slewed moves by a twelfth at most: 1.7 s from one look to the next. Setting it by
less harms nothing: an instant is on time for longer than that, and none is decided twice."""
SHORTEST_FREEZE = 5.0
"""Seconds. On a machine that is merely busy a thread may come late by seconds."""


class Reading(Struct, frozen=True):
    """What the clocks show at one moment: plain numbers, since they are looked at for ever."""

    wall: float
    """Seconds since 1970."""
    boot: float
    """Seconds that go on while the machine sleeps."""
    monotonic: float
    """Seconds that stand still then. Where no clock does, this is `boot`, and a sleep looks like a step."""


class Slept(Struct, frozen=True):
    """The machine was asleep, for so long."""

    length: timedelta


class Froze(Struct, frozen=True):
    """The machine was awake but we were not: stopped by a signal, or starved; for so long at least."""

    length: timedelta


class ClockStepped(Struct, frozen=True):
    """The clock on the wall was set; back, where it is negative."""

    by: timedelta


Finding = Slept | Froze | ClockStepped


def compare(before: Reading, after: Reading, within: float) -> tuple[Finding, ...]:
    """What happened between the two; `within` is how soon the second was to follow, in seconds awake.

    A machine that sleeps may find its clock set when it wakes: then both are told.
    """
    elapsed, awake = after.boot - before.boot, after.monotonic - before.monotonic
    slept, late, stepped = elapsed - awake, awake - within, after.wall - before.wall - elapsed
    findings: list[Finding] = []
    if slept >= SHORTEST_SLEEP:
        findings.append(Slept(timedelta(seconds=slept)))
    if late >= SHORTEST_FREEZE:
        findings.append(Froze(timedelta(seconds=late)))
    if abs(stepped) >= SMALLEST_STEP:
        findings.append(ClockStepped(timedelta(seconds=stepped)))
    return tuple(findings)
