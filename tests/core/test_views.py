"""What the tray shows for a status."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import no_statistics
from daybell.core.menus import tray_view
from daybell.core.views import (
    ERROR_LENGTH,
    TITLE_LENGTH,
    Action,
    Entry,
    Verb,
    clock_time,
    icon_state,
    one_line,
    tomorrow,
)
from daybell.model.status import JobStatus, Problem, SchedulerState, SchedulerStatus, Status

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BERLIN)  # a Friday
NEXT = datetime(2026, 11, 21, 2, 30, tzinfo=BERLIN)
MORNING = datetime(2026, 11, 20, 9, 12, tzinfo=BERLIN)


def a_job(**changes: object) -> JobStatus:
    fields = {"id": "backup", "name": "Back up photos", "state": "idle", "schedule": "at 02:30"} | changes
    return JobStatus(**fields)  # type: ignore[arg-type]  # a builder


def a_status(*jobs: JobStatus, state: SchedulerState = "running", problems: int = 0) -> Status:
    scheduler = SchedulerStatus(
        state=state, started=None, version="1", home="/home/me/jobs", pid=1, stats=no_statistics()
    )
    broken = tuple(Problem(f"{number}.json", "", "broken") for number in range(problems))
    return Status(scheduler=scheduler, jobs=jobs, problems=broken)


def menu_of(*jobs: JobStatus, state: SchedulerState = "running", problems: int = 0) -> tuple[Entry, ...]:
    return tray_view(a_status(*jobs, state=state, problems=problems), BERLIN, NOW).menu


def entry_of(job: JobStatus) -> Entry:
    return next(entry for entry in menu_of(job) if entry.key == f"job:{job.id}")


def child(job: JobStatus, key: str) -> Entry:
    return next(entry for entry in entry_of(job).entries if entry.key == key)


def failed(**changes: object) -> JobStatus:
    return a_job(**{"last_run": MORNING, "last_outcome": "failed", "next_run": NEXT} | changes)


@pytest.mark.parametrize(
    ("job", "label"),
    [
        (a_job(next_run=NEXT), "Back up photos — next Sat 02:30"),
        (
            a_job(state="paused", paused_until=tomorrow(NOW)),
            "Back up photos — paused until Sat 00:00",
        ),
        (a_job(next_run=NOW + timedelta(hours=3)), "Back up photos — next 15:00"),
        (a_job(next_run=NEXT, last_outcome="succeeded"), "Back up photos — next Sat 02:30"),
        (failed(), "Back up photos — failed 09:12, next Sat 02:30"),
        (failed(last_run=None), "Back up photos — failed, next Sat 02:30"),
        (failed(last_outcome="timed_out", next_run=None), "Back up photos — failed 09:12"),
        (failed(state="running", is_running=True), "Back up photos — running"),
        (failed(state="completed", next_run=None), "Back up photos — failed 09:12"),
        (failed(state="paused"), "Back up photos — paused, failed 09:12"),
        (failed(state="disabled"), "Back up photos — disabled"),
        (a_job(state="running", is_running=True), "Back up photos — running"),
        (a_job(state="queued"), "Back up photos — waiting"),
        (
            a_job(state="queued", waiting_for="mains power", waiting_until=NEXT),
            "Back up photos — waiting for mains power, at most until Sat 02:30",
        ),
        (a_job(state="paused", is_paused=True), "Back up photos — paused"),
        (a_job(state="completed"), "Back up photos — completed"),
        (a_job(state="invalid"), "Back up photos — broken file"),
        (a_job(schedule="when Daybell starts"), "Back up photos — when Daybell starts"),
        (a_job(schedule=""), "Back up photos"),
        (a_job(name="", state="disabled"), "backup — disabled"),
        (a_job(name="tidy\n\x1b[31mup\u202e", state="disabled"), "tidy [31mup — disabled"),
        (a_job(name="x" * 60, state="disabled"), "x" * 39 + "… — disabled"),
    ],
)
def test_a_job_says_how_it_stands(job: JobStatus, label: str) -> None:
    assert entry_of(job).label == label


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (a_job(), "Not run yet"),
        (a_job(last_run=MORNING), "Last run 09:12"),
        (a_job(last_run=MORNING, last_outcome="succeeded", last_error="1 file"), "Last run 09:12: succeeded"),
        (failed(last_error="copying\ndisk full\n\n"), "Last run 09:12: failed — disk full"),
        (failed(last_outcome="timed_out"), "Last run 09:12: timed out"),
        (failed(last_run=None, last_error="no such file"), "Last time: failed — no such file"),
        (a_job(last_run=MORNING, last_outcome="missed"), "Last time: missed"),
        (failed(is_running=True, state="running"), "Running since 09:12"),
    ],
)
def test_a_job_says_how_its_last_run_ended(job: JobStatus, line: str) -> None:
    assert child(job, "outcome") == Entry(line, enabled=False, key="outcome")


def test_a_long_error_is_shortened() -> None:
    line = child(failed(last_error="x" * 500), "outcome").label
    assert line == "Last run 09:12: failed — " + "x" * (ERROR_LENGTH - 1) + "…"


def test_the_mark_of_a_job_pauses_and_resumes_it() -> None:
    assert child(a_job(), "pause") == Entry("Pause", Action("pause", "backup"), checked=False, key="pause")
    paused = child(a_job(is_paused=True), "pause")
    assert (paused.checked, paused.action) == (True, Action("resume", "backup"))


def test_a_disabled_job_cannot_be_paused_or_resumed() -> None:
    toggle = child(a_job(state="disabled"), "pause")
    assert (toggle.checked, toggle.enabled) == (False, False)


def test_its_lines_are_always_the_same() -> None:
    jobs = [a_job(), failed(), a_job(state="running", is_running=True), a_job(state="disabled")]
    keys = {tuple(entry.key for entry in entry_of(job).entries) for job in jobs}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("job", "offered"),
    [
        (a_job(state="running", is_running=True), True),
        (a_job(state="queued"), True),
        (a_job(state="paused", is_running=True), True),
        (a_job(), False),
    ],
)
def test_only_what_runs_or_waits_can_be_cancelled(*, job: JobStatus, offered: bool) -> None:
    assert child(job, "cancel").enabled is offered
    assert child(job, "run").enabled is not offered


@pytest.mark.parametrize(("job", "offered"), [(a_job(), False), (a_job(last_run=MORNING), True)])
def test_only_what_has_run_has_output_to_open(*, job: JobStatus, offered: bool) -> None:
    assert child(job, "open_log").enabled is offered


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("<b>Täglich</b> & גיבוי \u202eevil\u202c _x_ 🧑\u200d💻 " * 10, None),
        ("a_b & c", "a_b & c"),
        ("גיבוי", "גיבוי"),
        ("🧑\u200d💻 builds", "🧑\u200d💻 builds"),
        ("\u202e\u2066", "backup"),
    ],
)
def test_a_name_of_any_kind_is_a_short_printable_title(name: str, title: str | None) -> None:
    label = entry_of(a_job(name=name, state="paused")).label.removesuffix(" — paused")
    assert len(label) <= TITLE_LENGTH
    assert not {"\u202e", "\u202c", "\u2066"} & set(label)
    assert label == (title or label)


@pytest.mark.parametrize(
    ("job", "label"),
    [
        (a_job(last_run=MORNING, last_outcome="succeeded"), "Open last output"),
        (failed(), "Open log at the error"),
        (failed(is_running=True, state="running"), "Open last output"),
    ],
)
def test_the_log_of_a_failure_opens_at_the_error(job: JobStatus, label: str) -> None:
    assert child(job, "open_log").label == label


@pytest.mark.parametrize(
    ("job", "offered"),
    [
        (a_job(), {"pause_until_tomorrow"}),
        (failed(), {"pause_until_tomorrow", "snooze"}),
        (failed(is_paused=True), {"snooze"}),
        (failed(state="disabled"), set()),
    ],
)
def test_what_fails_can_be_snoozed_and_what_may_run_paused_for_a_day(
    job: JobStatus, offered: set[Verb]
) -> None:
    verbs = {entry.action.verb for entry in entry_of(job).entries if entry.action and entry.enabled}
    assert verbs & {"pause_until_tomorrow", "snooze"} == offered


def test_a_snooze_says_until_when() -> None:
    entry = child(failed(snoozed_until=NOW + timedelta(minutes=20)), "snooze")
    assert (entry.label, entry.enabled) == ("Notices snoozed until 12:20", False)


RUNNING = a_job(id="a", state="running", is_running=True)


@pytest.mark.parametrize(
    ("status", "icon", "headline"),
    [
        (a_status(), "idle", "Daybell — 0 jobs"),
        (a_status(a_job()), "idle", "Daybell — 1 job"),
        (a_status(RUNNING, failed()), "failed", "Daybell — 2 jobs, 1 running, 1 failing"),
        (a_status(a_job(state="queued"), failed(id="b")), "failed", "Daybell — 2 jobs, 1 waiting, 1 failing"),
        (a_status(failed(state="disabled")), "idle", "Daybell — 1 job"),
        (a_status(failed(last_outcome="cancelled")), "idle", "Daybell — 1 job"),
        (a_status(RUNNING, failed(), state="paused"), "paused", "All jobs paused, 1 running, 1 failing"),
        (a_status(a_job(), state="paused"), "paused", "All jobs paused"),
        (a_status(RUNNING, state="stopped"), "stopped", "Daybell — stopped"),
    ],
)
def test_the_icon_and_the_headline_sum_up(status: Status, icon: str, headline: str) -> None:
    view = tray_view(status, BERLIN, NOW)
    assert view.state == icon == icon_state(status)
    assert view.menu[0] == Entry(headline, enabled=False, key="status")
    assert view.tooltip.splitlines()[0] == headline


def test_the_tooltip_names_the_job_that_is_next() -> None:
    jobs = (a_job(id="a", name="Later", next_run=NEXT), a_job(id="b", name="Soon", next_run=NOW))
    assert tray_view(a_status(*jobs), BERLIN, NOW).tooltip == "Daybell — 2 jobs\nNext: Soon, 12:00"
    assert tray_view(a_status(*jobs, state="paused"), BERLIN, NOW).tooltip == "All jobs paused"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (a_status(a_job()), False),
        (a_status(a_job(), failed(id="b")), True),
        (a_status(RUNNING, failed()), True),
        (a_status(failed(state="disabled")), False),
        (a_status(failed(), state="paused"), False),
    ],
)
def test_attention_is_wanted_while_something_fails(*, status: Status, wanted: bool) -> None:
    assert tray_view(status, BERLIN, NOW).attention is wanted


@pytest.mark.parametrize(
    ("state", "checked", "verb"), [("running", False, "pause_all"), ("paused", True, "resume_all")]
)
def test_the_mark_at_the_end_pauses_and_resumes_all(
    *, state: SchedulerState, checked: bool, verb: Literal["pause_all", "resume_all"]
) -> None:
    *_, dashboard, pause_all, folder, _at_login, about, leave = menu_of(a_job(), state=state)
    assert (dashboard.label, dashboard.action) == ("Open dashboard", Action("open_dashboard"))
    assert (folder.label, folder.action) == ("Open job folder", Action("open_folder"))
    assert (about.label, about.action) == ("About Daybell 1", Action("about"))
    assert pause_all == Entry("Pause all", Action(verb), checked=checked, key="pause_all")
    assert leave == Entry("Quit", Action("quit"), key="quit")


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (0, []),
        (1, ["1 problem …"]),
        (2, ["2 problems …"]),
    ],
)
def test_problems_take_one_line(number: int, lines: list[str]) -> None:
    entries = menu_of(a_job(), problems=number)
    assert [entry.label for entry in entries if entry.key == "problems"] == lines


def test_without_jobs_it_says_what_to_do() -> None:
    labels = [entry.label for entry in menu_of()]
    assert "Say “daybell add” in a terminal," in labels
    assert "or put job files into /home/me/jobs" in labels
    assert Entry("Add sample jobs", Action("add_samples"), key="add_samples") in menu_of()
    assert not any(entry.key == "add_samples" for entry in menu_of(a_job()))


def test_siblings_have_keys_of_their_own() -> None:
    entries = menu_of(a_job(id="a"), a_job(id="b"), problems=1)
    for siblings in (entries, *(entry.entries for entry in entries)):
        keys = [entry.key for entry in siblings if not entry.separator]
        assert all(keys)
        assert len(keys) == len(set(keys))


def test_the_same_status_looks_the_same_all_day() -> None:
    status = a_status(failed(), RUNNING)
    midnight = tomorrow(NOW.astimezone(BERLIN))
    assert tray_view(status, BERLIN, NOW) == tray_view(status, BERLIN, midnight - timedelta(seconds=1))
    assert tray_view(status, BERLIN, NOW) != tray_view(status, BERLIN, midnight)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2026-11-20T12:00", "12:00"),
        ("2026-11-20T00:00", "00:00"),
        ("2026-11-19T23:59", "Thu 23:59"),
        ("2026-11-26T09:05", "Thu 09:05"),
        ("2026-11-27T09:05", "27 Nov 09:05"),
        ("2026-11-13T09:05", "13 Nov 09:05"),
        ("2027-03-01T09:05", "1 Mar 2027"),
    ],
)
def test_times_are_those_of_the_clock_on_the_wall(instant: str, words: str) -> None:
    local = datetime.fromisoformat(instant).replace(tzinfo=BERLIN)
    assert clock_time(local.astimezone(UTC), BERLIN, NOW.astimezone(UTC)) == words


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_a_label_is_one_printable_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())
    assert "\0" not in line
    line.encode()  # no half of a surrogate pair is left
