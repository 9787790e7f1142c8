"""What of a job's limits does each kind of system apply, and which of them ended a run?"""

import math
from typing import Literal

from msgspec import Struct

from daybell.machine.processes.interface import Limit
from daybell.machine.processes.shim import Settings
from daybell.model.job import Limits

System = Literal["linux", "macos", "windows"]

NONE = Limits()

IO_PRIORITIES: dict[System, dict[str, int]] = {
    # The class stands in the upper three of sixteen bits: 2 is best effort, of eight levels; 3 is idle.
    "linux": {"idle": 3 << 13, "low": 2 << 13 | 7, "normal": 2 << 13 | 4},
    # IOPOL_THROTTLE, IOPOL_UTILITY and IOPOL_IMPORTANT, which is what processes begin with.
    "macos": {"idle": 3, "low": 4, "normal": 1},
    "windows": {},
}

SIGXCPU_CODE = 128 + 24
"""What a shell exits with when the signal ended the last of its commands."""
NOT_ENOUGH_QUOTA = 1816
"""What Windows makes a process exit with whose time is used up."""
NO_MEMORY = 0xC0000017

PROCESS_TIME = 0x2
JOB_MEMORY = 0x200


class Ground(Struct, frozen=True, kw_only=True):
    """What counts of the machine, and of the rights that Daybell has on it."""

    system: System
    least_nice: int
    """The lowest nice value it may give to a process."""
    has_io_priorities: bool = True


class JobObjectLimits(Struct, frozen=True, kw_only=True):
    """Limits as a Job Object of Windows has them; only those count that have a flag."""

    flags: int
    process_time: int
    """In units of 100 ns, of each process, in user mode."""
    job_memory: int
    """In bytes, of all processes together."""


def unapplied(limits: Limits, ground: Ground) -> dict[str, str]:
    """The keys that have not the effect they promise here, each with what happens instead."""
    found = {}
    if limits.nice is not None and limits.nice < ground.least_nice:
        least = ground.least_nice
        found["nice"] = f"nice below {least} needs root: it runs with {least}"
    if limits.ionice is not None and not ground.has_io_priorities:
        found["ionice"] = "this system has no I/O priorities: it is not applied"
    if limits.memory is not None and ground.system == "macos":
        found["memory"] = "macOS does not enforce limits on memory: it is not applied"
    return found


def settings(limits: Limits, ground: Ground, *, is_scoped: bool = False) -> Settings:
    """What a process of a POSIX system sets for itself; in a scope, its memory is limited already."""
    found: Settings = {}
    if limits.nice is not None:
        found["nice"] = max(limits.nice, ground.least_nice)
    if limits.ionice is not None and ground.has_io_priorities:
        found["io_priority"] = IO_PRIORITIES[ground.system][limits.ionice]
    if limits.memory is not None and ground.system != "macos" and not is_scoped:
        found["memory"] = int(limits.memory)
    if limits.cpu_time is not None:
        found["cpu_seconds"] = math.ceil(limits.cpu_time.total_seconds())
    return found


def least_nice(own: int, ceiling: int, *, is_root: bool) -> int:
    """The lowest nice value a process may give; `ceiling` is its RLIMIT_NICE, negative for none at all."""
    if is_root or ceiling < 0:
        return -20
    return max(-20, min(own, 20 - ceiling))


def job_object_limits(limits: Limits) -> JobObjectLimits:
    seconds = limits.cpu_time.total_seconds() if limits.cpu_time is not None else 0
    flags = (PROCESS_TIME if limits.cpu_time is not None else 0) | (
        JOB_MEMORY if limits.memory is not None else 0
    )
    return JobObjectLimits(
        flags=flags,
        process_time=round(seconds * 10_000_000),
        job_memory=int(limits.memory or 0),
    )


def priority_class(nice: int | None) -> int:
    """The class of Windows that comes nearest, as a flag of a new process; everybody may ask for these.

    Not of its Job Object, which takes a right for that.
    """
    if nice is None:
        return 0
    if nice >= 15:
        return 0x40  # idle
    if nice > 0:
        return 0x4000  # below normal
    if nice == 0:
        return 0x20  # normal
    return 0x8000 if nice > -10 else 0x80  # above normal, high


def reached(limits: Limits, exit_code: int, cause: str | None, oom_kills: int = 0) -> Limit | None:
    """The limit that ended the run, or something in it, as far as the system tells."""
    if limits.memory is not None and (oom_kills or exit_code & 0xFFFFFFFF == NO_MEMORY):
        return "memory"
    is_over = cause == "SIGXCPU" or exit_code in {SIGXCPU_CODE, NOT_ENOUGH_QUOTA}
    return "cpu_time" if limits.cpu_time is not None and is_over else None


def peak_of_child(maxrss: int, own: int, unit: int) -> int | None:
    """Bytes, from what the system says of a child that is over, and of Daybell itself.

    A child begins as a copy of Daybell, whose own peak counts for it: below that, nothing is known.
    """
    return maxrss * unit if maxrss > own else None
