"""Incidents: what is wrong with a job, from its first failure to its next success, and what is told of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

NoticeKind = Literal[
    "failure", "recovery", "reminder", "late", "too_long", "digest", "greeting", "trouble", "away"
]
Button = Literal[
    "run_again",
    "open_log",
    "snooze",
    "pause_until_tomorrow",
    "add_samples",
    "open_folder",
    "run_away",
    "skip_away",
]


class NoticeText(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person is told, in their words."""

    key: str
    """On the screen, a notice takes the place of the older one with the same key."""
    kind: NoticeKind
    title: str
    body: str
    job_id: str | None = None
    """None: it is about several jobs, or about none."""
    run_id: str | None = None
    """The run it came of, if it came of one."""
    buttons: tuple[Button, ...] = ()


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job fails, and has not succeeded since."""

    job_id: str
    opened: datetime
    """When the first of its failures ended."""
    count: int
    """How many runs have failed since."""
    signature: str
    """Of the last failure: what makes two failures the same."""
    problem: str
    """The last failure in words."""
    run_id: str
    """The run that failed last."""
    has_log: bool = False
    """That run really started, so that it may have said something."""
    told: tuple[str, ...] = ()
    """The signatures that the person was told of; empty when no notice of a failure was sent."""
    last_notice: datetime | None = None
    """When the last notice of it was sent or held."""
    snoozed_until: datetime | None = None
    """The person wants to hear nothing of its failures before."""
