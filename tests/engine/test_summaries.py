"""What is counted of the past: some days, each job, and the newest of very many."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from builders import BERLIN, a_run, at
from daybell.engine import summaries
from daybell.engine.memory import MemoryHistory, NoLogs, VirtualClock
from daybell.engine.past import Past
from daybell.engine.registry import JobRegistry
from daybell.model.errors import JobNotFound
from daybell.model.events import Numbered, RunFinished

NOW = at("2026-03-02 12:00")
DAY = timedelta(days=1)
UTC = ZoneInfo("UTC")


def a_past(*ages: tuple[str, int]) -> Past:
    """Of runs of these jobs, so many days ago, the oldest first."""
    history = MemoryHistory()
    for number, (job_id, days) in enumerate(ages, 1):
        moment = NOW - days * DAY
        run = a_run(run_id=f"r{number}", job_id=job_id, due=moment, started=moment, finished=moment)
        history.add(Numbered(number, RunFinished(at=moment, run=run)))
    return Past(JobRegistry(), history, NoLogs(), VirtualClock(NOW))


def test_the_last_days_count_of_each_job() -> None:
    past = a_past(("a", 9), ("a", 3), ("b", 2), ("a", 1))
    found = summaries.summaries(past, VirtualClock(NOW), UTC, 5)
    assert (found.since, found.is_complete, found.whole.runs) == (NOW - 5 * DAY, True, 3)
    assert {job_id: one.runs for job_id, one in found.jobs.items()} == {"a": 2, "b": 1}
    assert list(summaries.summaries(past, VirtualClock(NOW), UTC, 5, "b").jobs) == ["b"]
    with pytest.raises(JobNotFound):
        summaries.summaries(past, VirtualClock(NOW), UTC, 5, "c")


def test_of_very_many_runs_the_newest_are_counted_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MOST", 3)
    past = a_past(*(("a", days) for days in range(9, 0, -1)))
    found = summaries.summaries(past, VirtualClock(NOW), UTC, 30)
    assert (found.is_complete, found.whole.runs, found.since) == (False, 3, NOW - 3 * DAY)


def test_hours_and_days_are_on_the_wall_of_the_zone() -> None:
    found = summaries.summaries(a_past(("a", 2), ("b", 1)), VirtualClock(NOW), BERLIN, 2)
    assert str(found.since) == "2026-02-28 13:00:00+01:00"
    assert {hour: count for hour, count in enumerate(found.hours) if count} == {13: 2}
    assert [(day.date, day.succeeded) for day in found.daily] == [
        ("2026-02-28", 1),
        ("2026-03-01", 1),
        ("2026-03-02", 0),
    ]
