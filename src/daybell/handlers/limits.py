"""What does a person read of a job's limits: of those that do nothing here, and of one that was reached?"""

from datetime import timedelta

from daybell.machine.processes.ground import ground_here
from daybell.machine.processes.interface import Ended
from daybell.machine.processes.limits import Ground, unapplied
from daybell.model import durations
from daybell.model.job import Limits
from daybell.model.sizes import UNITS, Size
from daybell.model.status import Problem


def check_limits(limits: Limits, file: str, ground: Ground | None = None) -> list[Problem]:
    """The limits of this job file that have not their full effect on this machine."""
    if limits == Limits():
        return []
    found = unapplied(limits, ground or ground_here())
    return [Problem(file=file, field=f"limits.{key}", message=message) for key, message in found.items()]


def limit_in_words(limits: Limits, ended: Ended) -> str | None:
    """The limit that a failed command reached; None if it did not, or if nobody can tell."""
    if ended.reached == "memory":
        return f"memory limit of {limits.memory} reached"
    if ended.reached == "cpu_time":
        return f"cpu_time limit of {limits.cpu_time} reached"
    return None


def measured(limits: Limits, ended: Ended) -> str:
    """What a failed command took of what it was limited to, to be set behind its error; empty without."""
    figures = []
    if limits.memory is not None and ended.peak_memory is not None:
        figures.append(f"peak {_rounded(ended.peak_memory)} of {limits.memory}")
    # A program may pass over the first signal, and the second one is anybody's.
    if limits.cpu_time is not None and ended.cpu_seconds is not None and ended.cause == "SIGKILL":
        used = timedelta(seconds=round(ended.cpu_seconds))
        figures.append(f"CPU time {durations.spell(used)} of {limits.cpu_time}")
    return f" ({', '.join(figures)})" if figures else ""


def _rounded(size: int) -> str:
    """The text form of a measured size, to the megabyte."""
    return str(Size(max(1, round(size / UNITS["M"])) * UNITS["M"]))
