"""Records are folds of events, whatever the events are."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_run, at
from daybell.core.fold import fold_held, fold_incident, fold_open_run, fold_record, subject
from daybell.model.events import (
    AllPaused,
    AnyEvent,
    IncidentChanged,
    JobDefined,
    JobPaused,
    JobRemoved,
    JobResumed,
    JobScheduled,
    NoticeHeld,
    NoticeSent,
    RunClaimed,
    RunFinished,
    RunQueued,
    RunSkipped,
    RunStarted,
    SchedulerStarted,
)
from daybell.model.incident import Incident, NoticeText
from daybell.model.record import JobRecord, OpenRun
from daybell.model.run import ProcessIdentity

NOW = at("2026-03-02 12:00")
RECORD = JobRecord(job_id="backup", digest="d1", since=NOW, cursor=NOW)
PROCESS = ProcessIdentity(7, 1.0, "boot")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RUN = a_run(due=NOW + SECOND)
STARTED = RunStarted(at=NOW, run_id=RUN.run_id, job_id="backup", process=PROCESS)


def test_a_new_job_s_record_begins_at_the_moment_it_was_seen() -> None:
    assert fold_record(None, JobScheduled(at=NOW, job_id="backup", digest="d1")) == RECORD


def test_a_new_schedule_moves_the_cursor_and_keeps_what_the_job_did() -> None:
    record = replace(RECORD, run_count=3, is_paused=True)
    later = NOW + SECOND
    changed = fold_record(record, JobScheduled(at=later, job_id="backup", digest="d2"))
    assert changed == replace(record, digest="d2", since=later, cursor=later)


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (JobPaused(at=NOW, job_id="backup"), {"is_paused": True}),
        (
            JobPaused(at=NOW, job_id="backup", until=NOW + SECOND),
            {"is_paused": True, "paused_until": NOW + SECOND},
        ),
        (JobResumed(at=NOW, job_id="backup"), {}),
        (RunClaimed(at=NOW, run=RUN), {"cursor": NOW + SECOND}),
        (RunQueued(at=NOW, run=RUN), {"cursor": NOW + SECOND}),
        (RunSkipped(at=NOW, run=replace(RUN, due_to=NOW + 2 * SECOND)), {"cursor": NOW + 2 * SECOND}),
        (RunClaimed(at=NOW, run=replace(RUN, due=None)), {}),
        (RunClaimed(at=NOW, run=replace(RUN, due=NOW - SECOND)), {}),
        (STARTED, {"last_run": NOW, "run_count": 1}),
        (AllPaused(at=NOW), {}),
        (JobDefined(at=NOW, job_id="backup", digest="a1", definition={}), {"defined": "a1"}),
        (
            RunFinished(at=NOW, run=RUN),
            {
                "last_outcome": "succeeded",
                "last_success": RUN.finished,
                "last_duration_ms": 1996,
                "automatic_count": 1,
            },
        ),
        (
            RunFinished(at=NOW, run=replace(RUN, outcome="failed", error="disk full")),
            {
                "last_outcome": "failed",
                "last_error": "disk full",
                "last_duration_ms": 1996,
                "error_count": 1,
                "automatic_count": 1,
            },
        ),
        (
            RunFinished(at=NOW, run=replace(RUN, outcome="cancelled", error="so what")),
            {"last_outcome": "cancelled", "last_duration_ms": 1996, "automatic_count": 1},
        ),
        (RunFinished(at=NOW, run=replace(RUN, outcome="cancelled", started=None)), {}),
    ],
)
def test_each_event_changes_what_it_is_about(event: AnyEvent, changes: dict[str, object]) -> None:
    assert fold_record(RECORD, event) == replace(RECORD, **changes)


def missed(minute: int, last: int | None = None) -> RunSkipped:
    due, due_to = NOW + minute * MINUTE, None if last is None else NOW + last * MINUTE
    run = replace(RUN, due=due, due_to=due_to, started=None, outcome="missed")
    return RunSkipped(at=NOW, run=run)


def after(*events: AnyEvent) -> tuple[int, int] | None:
    """The minutes of the first and of the last instant that the next run is told of."""
    record: JobRecord | None = RECORD
    for event in events:
        record = fold_record(record, event)
    assert record is not None
    if record.missed is None or record.missed_to is None:
        assert record.missed is record.missed_to
        return None
    return (record.missed - NOW) // MINUTE, (record.missed_to - NOW) // MINUTE


def a_run_of(minute: int, **changes: object) -> RunFinished:
    return RunFinished(at=NOW, run=replace(RUN, started=NOW + minute * MINUTE, **changes))


def test_what_was_missed_is_known_until_a_run_that_was_told_of_it_has_ended() -> None:
    assert after(missed(3)) == (3, 3)
    assert after(missed(3, 7)) == (3, 7)
    assert after(missed(3, 7), missed(9)) == (3, 9)
    assert after(missed(9), missed(3, 7)) == (3, 9)
    assert after(missed(3, 7), RunClaimed(at=NOW, run=RUN)) == (3, 7)
    assert after(missed(3, 7), a_run_of(8)) is None
    assert after(missed(3, 7), a_run_of(8, outcome="failed")) is None
    assert after(missed(3, 7), a_run_of(5)) == (3, 7), "it began before the last of them"
    assert after(missed(3), RunFinished(at=NOW, run=replace(RUN, started=None, outcome="failed"))) == (3, 3)
    assert after(missed(3), JobScheduled(at=NOW, job_id="backup", digest="d2")) is None


def test_what_was_passed_over_for_a_reason_is_not_missed() -> None:
    due = NOW + 3 * MINUTE
    skipped = replace(RUN, due=due, started=None, outcome="skipped", reason="paused")
    assert after(RunSkipped(at=NOW, run=skipped)) is None
    assert after(RunFinished(at=NOW, run=replace(skipped, outcome="missed"))) == (3, 3), "it waited too long"
    assert after(RunFinished(at=NOW, run=replace(skipped, outcome="missed", due=None))) is None


def test_each_attempt_of_a_run_has_a_start_of_its_own() -> None:
    claimed = OpenRun(run=replace(RUN, started=None), is_waiting=False)
    first = fold_open_run(claimed, STARTED)
    assert first is not None
    assert (first.run.started, first.run.last_started) == (NOW, None)
    again = replace(first.run, attempts=2)
    later = replace(STARTED, at=NOW + MINUTE, attempt=2)
    second = fold_open_run(fold_open_run(first, RunClaimed(at=NOW, run=again)), later)
    assert second is not None
    assert (second.run.started, second.run.last_started) == (NOW, NOW + MINUTE)


def test_events_of_a_job_that_is_gone_make_no_record() -> None:
    assert fold_record(None, STARTED) is None


def test_an_open_run_waits_is_claimed_starts_and_ends() -> None:
    asked = replace(RUN, started=None)
    waiting = fold_open_run(None, RunQueued(at=NOW, run=asked))
    assert waiting == OpenRun(run=asked, is_waiting=True, asked=NOW)
    claimed = fold_open_run(waiting, RunClaimed(at=NOW, run=asked))
    assert claimed == OpenRun(run=asked, is_waiting=False, asked=NOW, claimed=NOW)
    started = fold_open_run(claimed, STARTED)
    run = replace(RUN, started=NOW)
    assert started == OpenRun(run=run, is_waiting=False, asked=NOW, claimed=NOW, process=PROCESS)
    assert fold_open_run(started, RunFinished(at=NOW, run=RUN)) is None
    assert fold_open_run(None, STARTED) is None
    assert fold_open_run(None, RunClaimed(at=NOW, run=asked)) == claimed


@pytest.mark.parametrize(
    ("event", "ids"),
    [
        (RunClaimed(at=NOW, run=RUN), ("backup", RUN.run_id)),
        (STARTED, ("backup", RUN.run_id)),
        (JobRemoved(at=NOW, job_id="mail"), ("mail", None)),
        (SchedulerStarted(at=NOW, jobs=3, version="1"), (None, None)),
    ],
)
def test_an_event_tells_what_it_is_about(event: AnyEvent, ids: tuple[str | None, str | None]) -> None:
    assert subject(event) == ids


def a_notice(**changes: object) -> NoticeText:
    notice = NoticeText(key="backup", kind="failure", title="backup failed", body="…", job_id="backup")
    return replace(notice, **changes)


LATE = a_notice(key="backup/late", kind="late")
DIGEST = a_notice(key="digest", kind="digest", job_id=None)
INCIDENT = Incident(job_id="backup", opened=NOW, count=1, signature="failed", problem="…", run_id="r")


@pytest.mark.parametrize("event", [NoticeHeld(at=NOW, notice=LATE), NoticeSent(at=NOW, notice=LATE)])
def test_N3_a_job_is_late_until_a_run_of_it_starts(event: AnyEvent) -> None:
    late = fold_record(RECORD, event)
    assert late == replace(RECORD, is_late=True)
    assert fold_record(late, NoticeSent(at=NOW, notice=a_notice())) == late
    assert fold_record(late, STARTED) == replace(RECORD, last_run=NOW, run_count=1)


def test_an_incident_lasts_until_it_is_closed_or_its_job_is_gone() -> None:
    opened = fold_incident(None, IncidentChanged(at=NOW, job_id="backup", incident=INCIDENT))
    assert opened == INCIDENT
    assert fold_incident(opened, STARTED) == INCIDENT
    assert fold_incident(opened, IncidentChanged(at=NOW, job_id="backup")) is None
    assert fold_incident(opened, JobRemoved(at=NOW, job_id="backup")) is None


@pytest.mark.parametrize(
    ("event", "left"),
    [
        (NoticeHeld(at=NOW, notice=a_notice(kind="recovery")), ["recovery", "late", "failure"]),
        (NoticeSent(at=NOW, notice=a_notice(kind="recovery")), ["late", "failure"]),
        (NoticeSent(at=NOW, notice=DIGEST), []),
        (JobRemoved(at=NOW, job_id="backup"), ["failure"]),
        (STARTED, ["failure", "late", "failure"]),
    ],
)
def test_what_is_held_waits_until_it_is_sent_or_overtaken(event: AnyEvent, left: list[str]) -> None:
    other = a_notice(key="photos", job_id="photos")
    held = {notice.key: notice for notice in (a_notice(), LATE, other)}
    assert [notice.kind for notice in fold_held(held, event).values()] == left


def test_a_notice_is_about_its_job_and_run() -> None:
    assert subject(NoticeSent(at=NOW, notice=a_notice(run_id="r"))) == ("backup", "r")
    assert subject(NoticeSent(at=NOW, notice=DIGEST)) == (None, None)
