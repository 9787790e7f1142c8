import msgspec
import pytest

from builders import a_job, a_run, at
from daybell.model.errors import (
    Conflict,
    DaybellError,
    InvalidDefinition,
    InvalidSettings,
    JobNotFound,
    SecretUnavailable,
)
from daybell.model.events import (
    AnyEvent,
    JobPaused,
    Numbered,
    RunFinished,
    RunQueued,
    RunSkipped,
    SchedulerStarted,
    outcome_of,
)
from daybell.model.run import Outcome
from daybell.model.status import Problem

NOW = at("2026-06-01 12:00")


def test_a_job_without_a_name_is_called_by_its_id() -> None:
    assert a_job(id="backup").title == "backup"
    assert a_job(id="backup", name="Back up").title == "Back up"


@pytest.mark.parametrize("outcome", ["failed", "timed_out"])
def test_a_person_wants_to_hear_of_a_failure(outcome: Outcome) -> None:
    assert a_run(outcome=outcome).is_failure


@pytest.mark.parametrize(
    "outcome", ["succeeded", "cancelled", "replaced", "interrupted", "skipped", "missed", None]
)
def test_what_was_intended_is_no_failure(outcome: Outcome | None) -> None:
    assert not a_run(outcome=outcome).is_failure


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (RunFinished(at=NOW, run=a_run(outcome="failed")), "failed"),
        (RunSkipped(at=NOW, run=a_run(outcome="missed")), "missed"),
        (RunQueued(at=NOW, run=a_run(outcome=None)), None),
        (JobPaused(at=NOW, job_id="backup"), None),
    ],
)
def test_an_event_that_ends_a_request_tells_the_outcome(event: AnyEvent, outcome: Outcome | None) -> None:
    assert outcome_of(event) == outcome


@pytest.mark.parametrize(
    "event",
    [
        SchedulerStarted(at=NOW, jobs=3, version="1"),
        RunFinished(at=NOW, run=a_run()),
        JobPaused(at=NOW, job_id="b"),
    ],
)
def test_a_line_of_the_journal_is_read_again(event: AnyEvent) -> None:
    line = Numbered(7, event)
    assert msgspec.json.decode(msgspec.json.encode(line), type=Numbered) == line


def test_an_error_without_a_message_says_what_its_kind_means() -> None:
    assert str(JobNotFound()) == "There is no such job."
    assert str(Conflict("It runs already.")) == "It runs already."
    assert str(DaybellError()) == "Something went wrong."


def test_problems_are_one_line_each() -> None:
    problems = [Problem("a.json", "triggers[0].at", "missing"), Problem("a.json", "", "empty")]
    assert str(InvalidDefinition(problems)) == "a.json: triggers[0].at: missing\na.json: empty"
    assert InvalidSettings(problems).problems == tuple(problems)


@pytest.mark.parametrize("is_permanent", [False, True])
def test_of_a_secret_that_cannot_be_had_it_is_known_whether_waiting_helps(*, is_permanent: bool) -> None:
    refusal = SecretUnavailable("it is locked", is_permanent=is_permanent)
    assert (str(refusal), refusal.is_permanent) == ("it is locked", is_permanent)
    assert str(SecretUnavailable()) == "The secret cannot be had."
    assert not SecretUnavailable().is_permanent
