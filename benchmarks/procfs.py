"""What does a process use, as Linux counts it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Threads = Mapping[int, "Used"]


@dataclass(frozen=True)
class Used:
    """By one thread, since it began."""

    name: str
    cpu_ns: int
    switches: int
    """Voluntary ones: it went to sleep, so it had been awake."""


def resident(pid: int) -> float:
    """Resident set size now, in MB."""
    return _field(Path(f"/proc/{pid}/smaps_rollup"), "Rss") / 1024


def high_water(pid: int) -> float:
    """The largest resident set size so far, in MB."""
    return _field(Path(f"/proc/{pid}/status"), "VmHWM") / 1024


def threads(pid: int) -> Threads:
    """Of all threads that live now, by their id."""
    used = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            used[int(thread.name)] = _used(thread)
        except OSError:  # it has just ended
            continue
    return used


def between(before: Threads, after: Threads) -> list[Used]:
    """What each thread used in the meantime, the busiest first."""
    none = Used("", 0, 0)
    spent = [
        Used(
            used.name,
            used.cpu_ns - before.get(thread, none).cpu_ns,
            used.switches - before.get(thread, none).switches,
        )
        for thread, used in after.items()
    ]
    return sorted(spent, key=lambda used: (used.switches, used.cpu_ns), reverse=True)


def _used(thread: Path) -> Used:
    return Used(
        (thread / "comm").read_text().strip(),
        int((thread / "schedstat").read_text().split()[0]),
        _field(thread / "status", "voluntary_ctxt_switches"),
    )


def _field(path: Path, key: str) -> int:
    for line in path.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0])
    raise LookupError(f"{path} has no {key}")
