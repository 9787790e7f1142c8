"""What may a person still do about what happened while they were away?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from daybell.core.absences import INTENDED
from daybell.model.absence import Card, CardRun, Present

BYGONE: frozenset[Present] = frozenset({"missed", "skipped", "interrupted"})
"""States of runs that came to nothing."""


def with_choices(runs: Iterable[CardRun]) -> tuple[CardRun, ...]:
    """What waits need not wait, or need not run. Of a job that has not run since, the newest can be run."""
    of_jobs: dict[str, list[CardRun]] = {}
    lines = tuple(runs)
    for one in lines:
        of_jobs.setdefault(one.job_id, []).append(one)
    newest = {max(of_job, key=_age).run_id for of_job in of_jobs.values() if all(map(_is_bygone, of_job))}
    return tuple(
        replace(one, can_run=one.state == "waiting" or one.run_id in newest, can_skip=one.state == "waiting")
        for one in lines
    )


def to_run(card: Card, job_id: str | None = None) -> Sequence[CardRun]:
    """Of one job; of all: but for what a person has chosen not to make up for."""
    return [
        one
        for one in card.runs
        if one.can_run and (one.reason not in INTENDED if job_id is None else one.job_id == job_id)
    ]


def to_skip(card: Card, job_id: str | None = None) -> Sequence[CardRun]:
    return [one for one in card.runs if one.can_skip and job_id in (None, one.job_id)]


def is_dealt_with(card: Card) -> bool:
    """Nothing of it is left to run or to skip."""
    return not (to_run(card) or to_skip(card))


def _is_bygone(one: CardRun) -> bool:
    return one.again is None and one.state in BYGONE


def _age(one: CardRun) -> tuple[bool, datetime | None]:
    """Instants come before what had none: that was asked for by hand, and was cut off."""
    last = one.due_to or one.due
    return (last is None, last)
