"""Do jobs wait for each other in a circle, or for one that does not exist?"""

from collections.abc import Iterator, Mapping

from daybell.model.job import Job, JobTrigger
from daybell.model.status import Problem

MOST_NAMED = 6
"""Jobs of a circle; nobody reads more, and two are enough to begin to look."""


def circular(jobs: Mapping[str, Job]) -> dict[str, Problem]:
    """By id, each job that waits for itself by way of others; such a job would never run, or for ever."""
    leaders = {job_id: dict(_leaders(job)) for job_id, job in jobs.items() if job.needs or _is_led(job)}
    found: dict[str, Problem] = {}
    for job_id in _knotted(leaders):
        if circle := _circle(job_id, leaders):
            shown = circle if len(circle) <= MOST_NAMED else [*circle[: MOST_NAMED - 2], "…", circle[-1]]
            path = " → ".join(shown)
            message = f"it waits for itself: {path}; leave out one of these"
            found[job_id] = Problem(f"{job_id}.json", leaders[job_id][circle[1]], message)
    return found


def missing(jobs: Mapping[str, Job], known: frozenset[str]) -> list[Problem]:
    """What jobs wait for that is not there; `known` are ids of files that are there and not valid."""
    return [
        Problem(f"{job.id}.json", where, f'there is no job "{leader}": it waits for that in vain')
        for job in jobs.values()
        if job.needs or _is_led(job)
        for leader, where in _leaders(job)
        if leader not in jobs and leader not in known
    ]


def _is_led(job: Job) -> bool:
    return any(isinstance(trigger, JobTrigger) for trigger in job.triggers)


def _leaders(job: Job) -> Iterator[tuple[str, str]]:
    """The jobs that this one waits for, and where its file says so."""
    for place, trigger in enumerate(job.triggers):
        if isinstance(trigger, JobTrigger):
            yield trigger.job, f"triggers[{place}].job"
    for place, needed in enumerate(job.needs):
        yield needed, f"needs[{place}]"


def _knotted(leaders: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Those that are left when, again and again, whoever leads to nobody or whom nobody leads to goes."""
    left = dict.fromkeys(leaders)
    while True:
        led = {leader for job_id in left for leader in leaders[job_id] if leader in left}
        staying = [job_id for job_id in left if job_id in led and not left.keys().isdisjoint(leaders[job_id])]
        if len(staying) == len(left):
            return staying
        left = dict.fromkeys(staying)


def _circle(start: str, leaders: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The shortest way from a job back to itself, with it at both ends; empty without one."""
    came_from: dict[str, str] = {}
    line = [start]
    for job_id in line:
        for leader in leaders.get(job_id, ()):
            if leader == start:
                way = [job_id]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return [*reversed(way), start]
            if leader not in came_from:
                came_from[leader] = job_id
                line.append(leader)
    return []
