"""What does the end of a run change about what is wrong with its job, and is that worth a notice?"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from daybell.core import notices
from daybell.core.signature import signature
from daybell.model.incident import Incident, NoticeText
from daybell.model.job import Job
from daybell.model.run import Run

MOST_TOLD = 20
"""Different failures told of one incident: a job that fails in a new way each time must not nag."""


class Policy(Struct, frozen=True):
    """What the person wants to hear of this job."""

    title: str
    """What the job is called."""
    on: tuple[Literal["failure", "recovery"], ...]
    reminder: timedelta | None
    """From the last notice of an incident to its reminder; None: no reminders."""


class Judgement(Struct, frozen=True):
    """What becomes of an incident; None: it is over, or there was none."""

    incident: Incident | None
    notice: NoticeText | None = None


def policy(job: Job, reminder: timedelta | None) -> Policy:
    return Policy(job.title, job.notify.on, reminder)


def judge(incident: Incident | None, run: Run, now: datetime, policy: Policy) -> Judgement:
    """A run has ended (N1, N5).

    1. A failure of a kind that was not told yet is told; the same again is counted in silence.
    2. A success ends the incident, and is told when a failure was.
    3. Every other outcome was intended, or says nothing of the job.
    """
    if run.is_failure:
        return _failed(_counted(incident, run, now), run, now, policy)
    if run.outcome != "succeeded" or incident is None:
        return Judgement(incident)
    if not incident.told or "recovery" not in policy.on:
        return Judgement(None)
    return Judgement(None, notices.recovery(incident, run, policy.title, now))


def remind(incident: Incident, now: datetime, policy: Policy) -> Judgement:
    """Tell once more what is still so, if it is time."""
    due = reminder_due(incident, policy)
    if due is None or due > now:
        return Judgement(incident)
    return Judgement(_told(incident, now), notices.reminder(incident, policy.title, now))


def reminder_due(incident: Incident, policy: Policy) -> datetime | None:
    """When the person is told again, if it still fails then; the end of a snooze is such a moment."""
    if "failure" not in policy.on or incident.last_notice is None:
        return None
    if incident.snoozed_until is not None:
        return incident.snoozed_until
    return None if policy.reminder is None else incident.last_notice + policy.reminder


def snooze(incident: Incident, until: datetime) -> Incident:
    """Nothing is told of its failures until then; its recovery is, since it ends what was snoozed."""
    return replace(incident, snoozed_until=until)


def _counted(incident: Incident | None, run: Run, now: datetime) -> Incident:
    before = incident or Incident(
        job_id=run.job_id, opened=now, count=0, signature="", problem="", run_id=run.run_id
    )
    return replace(
        before,
        count=before.count + 1,
        signature=signature(run),
        problem=notices.problem(run),
        run_id=run.run_id,
        has_log=run.started is not None,
    )


def _failed(incident: Incident, run: Run, now: datetime, policy: Policy) -> Judgement:
    is_snoozed = incident.snoozed_until is not None and now < incident.snoozed_until
    if is_snoozed or "failure" not in policy.on:
        return Judgement(incident)
    if incident.signature in incident.told or len(incident.told) >= MOST_TOLD:
        return remind(incident, now, policy)
    return Judgement(_told(incident, now), notices.failure(run, policy.title))


def _told(incident: Incident, now: datetime) -> Incident:
    is_known = incident.signature in incident.told or len(incident.told) >= MOST_TOLD
    told = incident.told if is_known else (*incident.told, incident.signature)
    return replace(incident, told=told, last_notice=now, snoozed_until=None)
