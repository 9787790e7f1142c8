"""The tray's menu when there are many jobs."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import no_statistics
from daybell.core.menus import (
    FLAT_AT_MOST,
    SUBMENU_AT_MOST,
    TAGS_AT_MOST,
    URGENT_AT_MOST,
    Tags,
    tray_view,
)
from daybell.core.views import Action, Entry, Verb
from daybell.model.status import JobStatus, SchedulerStatus, Status

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ABOVE = 2
"""The headline and a separator."""
BELOW = -7
"""A separator, the dashboard, "Pause all", the folder, "Start at login", "About" and "Quit"."""


def a_job(job_id: str, **changes: object) -> JobStatus:
    fields = {"id": job_id, "name": job_id, "state": "idle", "schedule": ""} | changes
    return JobStatus(**fields)  # type: ignore[arg-type]  # a builder


def jobs(number: int, prefix: str = "job", **changes: object) -> list[JobStatus]:
    return [a_job(f"{prefix}-{each}", **changes) for each in range(number)]


def shown(all_jobs: Iterable[JobStatus], tags: Tags | None = None) -> tuple[Entry, ...]:
    """What stands between the headline and the end."""
    scheduler = SchedulerStatus(
        state="running", started=None, version="1", home="/", pid=1, stats=no_statistics()
    )
    status = Status(scheduler=scheduler, jobs=tuple(all_jobs), problems=())
    return tray_view(status, ZoneInfo("UTC"), NOW, tags or {}).menu[ABOVE:BELOW]


def labels(entries: Iterable[Entry]) -> list[str]:
    return ["----" if entry.separator else entry.label for entry in entries]


def test_few_jobs_are_all_in_the_menu_itself() -> None:
    few = jobs(FLAT_AT_MOST)
    assert labels(shown(few, {"job-1": ("web",)})) == sorted(job.id for job in few)


def test_more_jobs_are_in_submenus_by_tag_and_the_rest_in_one_more() -> None:
    tags = {"job-1": ("web",), "job-2": ("Backup",), "job-3": ("web", "Backup")}
    entries = shown(jobs(13), tags)
    assert labels(entries) == ["Backup (2)", "web (2)", "Other jobs (10)"]
    assert labels(entries[1].entries) == ["job-1", "job-3"]


def test_when_every_job_has_a_tag_there_are_no_others() -> None:
    many = jobs(13)
    assert labels(shown(many, {job.id: ("web",) for job in many})) == ["web (13)"]


def test_what_matters_now_comes_first() -> None:
    many = [
        *jobs(12),
        a_job("broken", state="invalid"),
        a_job("waits", state="queued"),
        a_job("runs", state="running", is_running=True),
        a_job("fails", last_outcome="failed"),
        a_job("given-up", last_outcome="failed", state="disabled"),
    ]
    entries = shown(many)
    assert labels(entries) == [
        "fails — failed",
        "runs — running",
        "waits — waiting",
        "broken — broken file",
        "----",
        "Other jobs (17)",
    ]
    assert entries[0] in entries[-1].entries


def test_of_many_that_matter_some_are_first_and_all_in_the_submenu() -> None:
    entries = shown(jobs(30, last_outcome="failed"))
    assert len(entries) == URGENT_AT_MOST + 2
    assert len(entries[-1].entries) == 30


def test_too_many_tags_leave_the_rarest_to_the_others() -> None:
    many = jobs(TAGS_AT_MOST + 2)
    tags = {job.id: (f"tag-{number:02}",) for number, job in enumerate(many)} | {"job-21": ("tag-00",)}
    found = labels(shown(many, tags))
    assert found[0] == "tag-00 (2)"
    assert found[-1] == "Other jobs (1)"
    assert len(found) == TAGS_AT_MOST + 1


@pytest.mark.parametrize(
    ("number", "last"), [(0, f"job-{SUBMENU_AT_MOST - 1}"), (1, "1 more job: see “daybell list”")]
)
def test_a_submenu_has_an_end(number: int, last: str) -> None:
    (others,) = shown(jobs(SUBMENU_AT_MOST + number))
    assert others.label == f"Other jobs ({SUBMENU_AT_MOST + number})"
    assert others.entries[-1].label == last


@pytest.mark.parametrize("at_login", [True, False])
def test_starting_at_login_is_a_mark_that_a_click_turns_over(*, at_login: bool) -> None:
    scheduler = SchedulerStatus(
        state="running", started=None, version="1", home="/", pid=1, stats=no_statistics()
    )
    status = Status(scheduler=scheduler, jobs=(), problems=())
    entry = tray_view(status, ZoneInfo("UTC"), NOW, at_login=at_login).menu[-3]
    verb: Verb = "not_at_login" if at_login else "start_at_login"
    assert (entry.label, entry.checked, entry.action) == ("Start at login", at_login, Action(verb))


@given(st.dictionaries(st.integers(0, 29).map("job-{}".format), st.lists(st.text()).map(tuple)))
def test_each_job_is_somewhere_and_siblings_have_keys_of_their_own(tags: dict[str, tuple[str, ...]]) -> None:
    entries = shown(jobs(30), tags)
    below = [entry for submenu in entries for entry in submenu.entries]
    assert {entry.key for entry in below} == {f"job:job-{number}" for number in range(30)}
    for siblings in (entries, *(entry.entries for entry in entries)):
        keys = [entry.key for entry in siblings if not entry.separator]
        assert len(keys) == len(set(keys))
