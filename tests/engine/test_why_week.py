"""Each instant of a week has one story, and it is the right one: read `golden/why-week.txt`."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from daybell.core.views import clock_time
from daybell.model.job import Job
from daybell.model.why import Explanation
from simulations import DAY, MINUTE
from week import JOBS, Week

GOLDEN = Path(__file__).parent / "golden" / "why-week.txt"


@pytest.fixture(scope="module")
def week() -> Week:
    return Week()


def lines(week: Week) -> Iterator[str]:
    """Of each job: what was decided, what nobody counted, and what is to come."""
    for job in JOBS:
        yield f"== {job.id}"
        dues = {run.due for run in week.rows(job.id)} | {*undecided(week, job.id)}
        found: list[tuple[datetime | None, Explanation]] = [
            (due, week.explaining.why(job.id, due).explanations[0])
            for due in sorted(due for due in dues if due is not None)
        ]
        newest = reversed(week.explaining.why(job.id).explanations)
        found += [(one.due, one) for one in newest if one.verdict in ("waits", "comes")]
        for due, one in dict.fromkeys((one.due or due, one) for due, one in found):
            yield from told(week, due, one)


def undecided(week: Week, job_id: str) -> Iterator[datetime]:
    """Instants of the job's schedule of that time that no row is about."""
    spans = [(run.due, run.due_to or run.due) for run in (*week.rows(job_id), *week.registry.open_runs())]
    for stretch in week.stretches:
        for due in stretch.instants() if stretch.job.id == job_id else ():
            if not any(first and last and first <= due <= last for first, last in spans):
                yield due


def told(week: Week, due: datetime | None, one: Explanation) -> Iterator[str]:
    def when(instant: datetime) -> str:
        return clock_time(instant, week.config.zone, week.now)

    span = " to ".join(when(instant) for instant in (due, one.due_to) if instant)
    blocked = f" [{one.blocked_by}]" if one.blocked_by else ""
    yield f"{span or '-':26} {one.verdict:9} {one.sentence}{blocked}"
    yield from (f"{'':26} {'':9}   {line}" for line in one.background)


def test_the_week_is_told_so(week: Week) -> None:
    assert "\n".join(lines(week)) + "\n" == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_each_instant_has_exactly_one_explanation(week: Week, job: Job) -> None:
    explaining = week.explaining
    dues = {due for one in week.stretches if one.job.id == job.id for due in one.instants()}
    rows = [run for run in week.rows(job.id) if run.due is not None]
    dues |= {run.due for run in rows if run.due is not None}
    assert len(dues) > 7
    for due in dues:
        assert sum((run.due or due) <= due <= (run.due_to or run.due or due) for run in rows) <= 1
        first, *others = explaining.why(job.id, due).explanations
        if first.verdict == "not_due":
            assert re.search(r": (the scheduler was switched off|it was disabled) since", first.sentence)
        else:
            assert covers(first, due)
        assert not any(covers(one, due) for one in others)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_of_each_time_between_the_instants_on_both_sides_are_told(week: Week, job: Job) -> None:
    explaining, moment = week.explaining, week.stretches[0].since + MINUTE
    rows = [run for run in (*week.rows(job.id), *week.registry.open_runs()) if run.job_id == job.id]
    while moment < week.now - DAY / 2:
        moment += 41 * MINUTE
        first, *others = explaining.why(job.id, moment).explanations
        if first.verdict == "not_due":
            before = [due for run in rows if (due := run.due_to or run.due) and due < moment]
            after = [run.due for run in rows if run.due and run.due > moment]
            ends = [one.due if one.due and one.due > moment else one.due_to or one.due for one in others]
            assert ends == [*([min(after)] if after else []), *([max(before)] if before else [])]
        else:
            assert covers(first, moment)


def covers(one: Explanation, instant: datetime) -> bool:
    """As somebody means it who names the minute."""
    return one.due is not None and one.due < instant + MINUTE and (one.due_to or one.due) >= instant
