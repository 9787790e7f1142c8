"""What must a run wait for before it is admitted, and until when?"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.core.conditions import unmet
from daybell.model.durations import spell
from daybell.model.facts import Facts
from daybell.model.job import CatchUpPolicy, Job
from daybell.model.record import Deferral, OpenRun
from daybell.model.run import AUTOMATIC, Cause, Outcome, Run

OTHERWISE: dict[str, str] = {"needs": "dependency", "conditions": "conditions", "settle": "not settled"}
"""What a skip is called, by what the run had waited for."""


class Surroundings(Struct, frozen=True):
    """What holds around a job at this moment."""

    now: datetime
    facts: Facts = Facts()
    lacking: tuple[str, ...] = ()
    """Of the jobs it needs, those whose last run has not succeeded."""
    unsettled_until: datetime | None = None
    """After a wake, late runs wait so long; None: there was none."""


class Hindrance(Struct, frozen=True):
    """What a request must wait for."""

    kind: Literal["settle", "needs", "conditions"]
    reason: str
    until: datetime | None = None
    """When it is over by itself; None: when the job's patience is."""
    look_at: datetime | None = None
    """When it may be over, if nothing else happens until then."""


class Hold(Struct, frozen=True):
    """It waits on as it is."""


class Change(Struct, frozen=True):
    """It waits on, but for this."""

    deferral: Deferral


class GiveUp(Struct, frozen=True):
    """It ends without another attempt."""

    outcome: Outcome
    reason: str


class Proceed(Struct, frozen=True):
    """Nothing hinders it any more."""


def hindrance(job: Job, cause: Cause, around: Surroundings) -> Hindrance | None:
    """First the wake, then the jobs it needs, then its conditions; a manual run passes them all (O3)."""
    if cause == "manual":
        return None
    until = around.unsettled_until
    if cause == "catch_up" and until is not None and until > around.now:
        return Hindrance("settle", "the machine to settle after its sleep", until)
    if around.lacking:
        return Hindrance("needs", f"{', '.join(around.lacking)} to succeed")
    return _conditions(job, around)


def _conditions(job: Job, around: Surroundings) -> Hindrance | None:
    lacking = unmet(job.conditions, around.facts, around.now)
    if not lacking:
        return None
    instants = [one.met_at for one in lacking if one.met_at is not None]
    # The last of them, and only where nobody else has to do anything before.
    look_at = max(instants) if len(instants) == len(lacking) else None
    return Hindrance("conditions", " and ".join(one.words for one in lacking), look_at=look_at)


def defer(hindrance: Hindrance, job: Job, now: datetime, since: datetime | None = None) -> Deferral:
    """`since` is when its wait began, where that was for something else or for an older instant."""
    began = since or now
    until = hindrance.until or began + job.conditions.max_wait
    return Deferral(
        kind=hindrance.kind, since=began, until=until, reason=hindrance.reason, look_at=hindrance.look_at
    )


def reconsider(
    open_run: OpenRun, deferral: Deferral, job: Job, now: datetime, hindered: Hindrance | None
) -> Hold | Change | GiveUp | Proceed:
    """What becomes of a run that waits for more than a slot, now that something may have changed."""
    if deferral.kind in ("backoff", "settle") and deferral.until > now:
        return Hold()
    if hindered is None:
        return Proceed()
    waited = deferral.since if deferral.kind in ("needs", "conditions") else None
    new = defer(hindered, job, now, waited)
    if new.until > now:
        return Hold() if new == deferral else Change(new)
    if job.conditions.on_expiry == "run":
        return Proceed()
    reason = f"{OTHERWISE[new.kind]}: waited for {new.reason} for {spell(new.until - new.since)}"
    return given_up(open_run, "skipped", reason)


def supersedes(newer: Run, older: Run, deferral: Deferral, policy: CatchUpPolicy) -> bool:
    """Whether a new request takes the place of a run that is put off: a job needs no more than one.

    1. What is asked for by hand, or once more after a crash, is no newer instant.
    2. With `all`, none of the missed instants takes another one's place.
    3. A run that is due after a wake leaves those that settle alone; another wake does not.
    """
    if newer.cause not in AUTOMATIC or newer.retry_of is not None:
        return False
    if "catch_up" in (newer.cause, older.cause) and policy == "all":
        return False
    return deferral.kind != "settle" or (newer.cause == "catch_up" and older.due is not None)


def given_up(open_run: OpenRun, outcome: Outcome, reason: str) -> GiveUp:
    """A run that has failed before ends as that attempt did (R3); any other, as is said here."""
    if open_run.last_outcome is not None:
        return GiveUp(open_run.last_outcome, f"not tried again: {reason}")
    if open_run.run.attempts:
        return GiveUp("interrupted", reason)
    return GiveUp(outcome, reason)
