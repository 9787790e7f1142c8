"""What is known about a job whose runs are to be explained, and what lay before each of them?"""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from daybell.core.catchup import LATE
from daybell.core.circumstance_words import aways, one_after_the_other, turn, waited
from daybell.core.circumstances import Circumstances
from daybell.model.facts import Facts
from daybell.model.job import Conditions, Job
from daybell.model.run import Run
from daybell.model.why import Verdict

SHORTEST = LATE
"""A wait of less explains nothing."""
UNKNOWN = "nobody knows why"


class Account(Struct, frozen=True, kw_only=True):
    """What is known about one job."""

    job: Job | None
    """None for one that is gone, or whose file is not valid."""
    runs: Sequence[Run]
    """Those to explain, and those beside them that may explain one; computed counts included."""
    past: Circumstances
    facts: Facts
    """Now."""
    now: datetime
    when: Callable[[datetime], str]
    """An instant in words."""
    waiting_for: str | None = None
    """What its run waits for now beside a slot, in words."""
    waiting_until: datetime | None = None

    @property
    def conditions(self) -> Conditions:
        return self.job.conditions if self.job else Conditions()


class Told(Struct, frozen=True):
    """The verdict on a row, in words."""

    verdict: Verdict
    sentence: str
    blocked_by: str | None = None
    is_machine: bool = False
    """The sentence tells already when nothing could start."""


def delays(account: Account, run: Run, until: datetime) -> str:
    """What lay between its instant and then, one after the other; but for what an open run waits for."""
    is_open = run.started is None and run.outcome is None
    parts = aways(account.past.away(run.due or until, until), account.when)
    waits = account.past.waits(run.run_id)
    last = waits[-1] if waits else None
    for wait in waits:
        if wait.end(until) - wait.since > SHORTEST and not (is_open and wait is last):
            parts.append(waited(wait, until))
    if last and last.limit and not is_open and until - last.limit > SHORTEST:
        parts.append(turn(last.limit, until))
    chain = one_after_the_other(parts)
    return f"{chain}, until somebody let it start at once" if chain and run.hastened else chain


def span(run: Run, decided: datetime) -> tuple[datetime, datetime]:
    """From its first instant until it was decided; at least as long as that takes."""
    first = run.due or decided
    return first, max(decided, run.due_to or first)


def upper(words: str) -> str:
    return words[:1].upper() + words[1:]
