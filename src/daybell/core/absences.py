"""While nobody could start anything, what was due, and what becomes of it?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from daybell.core.catchup import OTHERS, PAUSED
from daybell.model.absence import Absence, AbsenceKind, AbsentRun, Fate
from daybell.model.events import AnyEvent, RunClaimed, RunFinished, RunQueued, RunSkipped
from daybell.model.run import Run

MOST = 50
"""Runs that a card names; of more it tells the number."""
INTENDED = frozenset({OTHERS["skip"], OTHERS["latest"], PAUSED})
"""Reasons that a person has chosen: such an instant is listed, but nobody is told of it (N5)."""
ORDER: tuple[Fate, ...] = ("interrupted", "late", "missed", "skipped")


def absence(kind: AbsenceKind, since: datetime, until: datetime, events: Iterable[AnyEvent]) -> Absence:
    """`events` are what followed from looking at the clock again."""
    runs = _merged(_fates(events))
    runs.sort(key=lambda one: (ORDER.index(one.fate), one.due or until, one.job_id))
    left_out = max(0, len(runs) - MOST)
    return Absence(kind=kind, since=since, until=until, runs=tuple(runs[:MOST]), left_out=left_out)


def is_worth_noting(absence: Absence) -> bool:
    """Whether there is something to tell at all; a crash always is."""
    return bool(absence.runs) or absence.kind == "crashed"


def is_worth_telling(absence: Absence, least: timedelta | None) -> bool:
    """Whether somebody should hear of it; `least` is how long an absence must be for that, None: endless."""
    if absence.kind == "crashed":
        return True
    is_long = least is not None and absence.until - absence.since >= least
    return is_long and any(one.reason not in INTENDED for one in absence.runs)


def _fates(events: Iterable[AnyEvent]) -> Iterable[AbsentRun]:
    found: dict[str, AbsentRun] = {}
    for event in events:
        match event:
            case RunSkipped(run=run) if run.reason != PAUSED:
                found[run.run_id] = _absent(run, "missed" if run.outcome == "missed" else "skipped")
            case RunQueued(run=run) | RunClaimed(run=run) if run.cause == "catch_up":
                found[run.run_id] = _absent(run, "late")
            case RunFinished(run=run) if run.outcome == "interrupted":
                found[run.run_id] = _absent(run, "interrupted")
            case _:
                pass
    return found.values()


def _absent(run: Run, fate: Fate) -> AbsentRun:
    return AbsentRun(run.job_id, run.run_id, fate, run.due, run.due_to, run.reason or None)


def _merged(runs: Iterable[AbsentRun]) -> list[AbsentRun]:
    """A job's late run stands for the instants that it catches up as well."""
    others = {one.job_id: one for one in runs if one.reason == OTHERS["latest"]}
    merged = []
    for one in runs:
        if one.reason == OTHERS["latest"]:
            continue
        if one.fate == "late" and (before := others.get(one.job_id)) is not None:
            merged.append(replace(one, due=before.due, due_to=one.due))
        else:
            merged.append(one)
    return merged
