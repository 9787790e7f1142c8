from typing import get_args

import pytest

from builders import a_run, at
from daybell.core.telling import tag_of, told
from daybell.model.events import (
    AllPaused,
    AnyEvent,
    JobDefined,
    JobPaused,
    RunFinished,
    RunQueued,
    RunSkipped,
    RunStarted,
)
from daybell.model.run import ProcessIdentity, Run

NOON = at("2026-11-20 12:00")
MEMBERS = {
    *("at", "jobs", "version", "job_id", "digest", "until", "zone", "run", "deferral", "failures"),
    *("last_outcome", "definition", "run_id", "process", "attempt", "incident", "notice", "reason"),
    *("since", "seconds", "end", "facts", "absence", "by", "rests"),
}


def test_a_run_is_told_whole() -> None:
    members = told(RunFinished(at=NOON, run=a_run()))
    assert set(members) == {"at", "run"}
    run = members["run"]
    assert isinstance(run, dict)
    assert tuple(run) == Run.__struct_fields__
    assert (run["exit_code"], run["count"], run["reason"]) == (0, 1, None)


def test_a_gap_is_not_told_as_one_instant() -> None:
    gap = a_run(due_to=at("2026-01-04 02:30"), started=None, outcome="missed")
    run = told(RunSkipped(at=NOON, run=gap))["run"]
    assert isinstance(run, dict)
    assert run["count"] is None


def test_why_a_run_waits_is_told() -> None:
    members = told(RunQueued(at=NOON, run=a_run(), failures=2, last_outcome="failed"))
    assert (members["failures"], members["last_outcome"], members["deferral"]) == (2, "failed", None)


def test_a_definition_is_never_told() -> None:
    event = JobDefined(at=NOON, job_id="a", digest="d", definition={"handler": {"env": {"TOKEN": "s3cret"}}})
    assert told(event) == {"at": NOON, "job_id": "a", "digest": "d"}


def test_how_a_process_is_recognised_is_not_told() -> None:
    event = RunStarted(at=NOON, run_id="r", job_id="a", process=ProcessIdentity(1, 2.0, "boot"))
    assert told(event) == {"at": NOON, "run_id": "r", "job_id": "a", "attempt": 1}


@pytest.mark.parametrize(
    ("event", "tag"), [(AllPaused(at=NOON), "all_paused"), (JobPaused(at=NOON, job_id="a"), "job_paused")]
)
def test_each_has_a_word(event: AnyEvent, tag: str) -> None:
    assert tag_of(event) == tag


def test_somebody_has_looked_at_each_member_of_all_events() -> None:
    """A new one may be secret: say so in `UNTOLD`, or add it here."""
    assert {name for event in get_args(AnyEvent) for name in event.__struct_fields__} == MEMBERS
