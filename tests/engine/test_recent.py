"""The last runs of each job, as bars show them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from builders import BERLIN, a_run, at, no_statistics
from daybell.engine import recent
from daybell.engine.memory import MemoryHistory, NoLogs, VirtualClock
from daybell.engine.past import Past
from daybell.engine.recent import Bar, Recent, RecentRuns
from daybell.engine.registry import JobRegistry, Snapshot, Whole
from daybell.model.errors import JobNotFound
from daybell.model.events import Numbered, RunFinished
from daybell.model.status import JobStatus

NOON = at("2026-03-02 12:00")
MINUTE = timedelta(minutes=1)


def lately(known: Sequence[str], ran: Sequence[str]) -> RecentRuns:
    """Jobs that are known, and runs of jobs, one a minute."""
    registry, history = JobRegistry(), MemoryHistory()
    jobs = [JobStatus(id=name, name=name, state="idle", schedule="") for name in known]
    whole = Whole("running", BERLIN, no_statistics())
    registry.publish([Snapshot(job, None) for job in jobs], [], (), (), whole)
    for number, job_id in enumerate(ran, 1):
        begun = NOON + number * MINUTE
        run = a_run(run_id=f"r{number}", job_id=job_id, due=begun, started=begun, finished=begun + MINUTE / 2)
        history.add(Numbered(number, RunFinished(at=begun + MINUTE, run=run)))
    return RecentRuns(registry, Past(registry, history, NoLogs(), VirtualClock(NOON)))


def ids(found: Recent) -> dict[str, list[str]]:
    return {job_id: [bar.run_id for bar in bars] for job_id, bars in found.jobs.items()}


def test_of_each_job_the_last_runs_are_told_the_oldest_first() -> None:
    found = lately("abc", "aababa").newest(2)
    assert ids(found) == {"a": ["r4", "r6"], "b": ["r3", "r5"], "c": []}
    assert found.is_complete
    begun = NOON + 6 * MINUTE
    assert found.jobs["a"][-1] == Bar("r6", "succeeded", begun, begun, 30_000, "schedule")


def test_one_job_can_be_asked_for_also_when_it_is_gone() -> None:
    runs = lately("ab", "aabg")
    assert ids(runs.newest(9, "a")) == {"a": ["r1", "r2"]}
    assert ids(runs.newest(9, "g")) == {"g": ["r4"]}
    with pytest.raises(JobNotFound):
        runs.newest(9, "nobody")


def test_a_job_that_has_never_run_has_no_bars() -> None:
    assert ids(lately("ab", "b").newest(9, "a")) == {"a": []}


def test_of_very_many_jobs_fewer_runs_are_told_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 5)
    found = lately("ab", "aaabb").newest(20)
    assert (ids(found), found.is_complete) == ({"a": ["r2", "r3"], "b": ["r4", "r5"]}, False)
    assert lately("ab", "ab").newest(20).is_complete, "there were no more of them"


def test_without_jobs_there_is_nothing() -> None:
    assert lately("", "").newest(20) == Recent({}, is_complete=True)
