"""What a person is told, on the real engine in simulated time; tests are named after their statements."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import BERLIN, a_job, at, cron, every
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow, Snooze, Stop
from daybell.engine.ports import AttemptResult
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.errors import Conflict, JobNotFound
from daybell.model.events import NoticeSent
from daybell.model.incident import NoticeKind, NoticeText
from daybell.model.job import Job, Notify
from daybell.model.run import Run
from daybell.model.settings import NoticeConfig, QuietHours

START = at("2026-03-02 12:00")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WELL = Behaviour()
NIGHT = NoticeConfig(QuietHours(time(22), time(7)))


def failing(error: str = "disk full", exit_code: int = 3) -> Behaviour:
    return Behaviour(result=AttemptResult(outcome="failed", exit_code=exit_code, error=error))


def taking(length: timedelta) -> Behaviour:
    return Behaviour(takes=length)


class Machine(Simulation):
    """A simulation in which every command behaves in the same way, until it is told another one."""

    def __init__(self, *jobs: Job, behaviour: Behaviour, **options: object) -> None:
        self.behaviour = behaviour
        super().__init__(jobs, start=START, behave=lambda _: self.behaviour, **options)  # type: ignore[arg-type]  # tests pass what it takes

    @property
    def told(self) -> list[NoticeText]:
        """But for what is told of times in which nothing could start."""
        return [notice for notice in self.teller.told if notice.kind != "away"]

    @property
    def kinds(self) -> list[NoticeKind]:
        return [notice.kind for notice in self.told]

    def behaving(self, behaviour: Behaviour, length: timedelta) -> None:
        self.behaviour = behaviour
        self.run_for(length)


def every_minute(**changes: object) -> Job:
    return a_job(name="Back up photos", triggers=(cron("* * * * *"),), **changes)


def by_hand(**changes: object) -> Job:
    return a_job(name="Back up photos", **changes)


def test_N1_the_same_failure_fifty_times_is_one_notice_and_then_one_recovery() -> None:
    machine = Machine(every_minute(), behaviour=failing("disk full after 12 files"))
    machine.run_for(50 * MINUTE + 2 * SECOND)
    machine.behaving(WELL, 5 * MINUTE)
    first, last = machine.told
    assert (first.title, first.body) == ("Back up photos failed", "Exit code 3: disk full after 12 files")
    assert (last.title, last.body) == ("Back up photos works again", "It failed 50 times in 50 min.")
    assert first.key == last.key == "backup"


def test_N1_a_changed_failure_is_told() -> None:
    machine = Machine(every_minute(), behaviour=failing("disk full"))
    machine.run_for(5 * MINUTE)
    machine.behaving(failing("no network"), 5 * MINUTE)
    assert [notice.body for notice in machine.told] == [
        "Exit code 3: disk full",
        "Exit code 3: no network",
    ]


def test_N1_a_reminder_comes_at_its_instant_once_a_day() -> None:
    machine = Machine(by_hand(), behaviour=failing())
    machine.ask(RunNow("backup"))
    machine.run_for(SECOND + 3 * DAY)
    assert machine.kinds == ["failure", "reminder", "reminder", "reminder"]
    assert machine.told[1].body == "It failed once, 1 day ago. Exit code 3: disk full"
    machine.behaviour = WELL
    machine.ask(RunNow("backup"))
    machine.run_for(3 * DAY)
    assert machine.kinds[4:] == ["recovery"]


def test_N1_there_is_no_reminder_of_a_job_that_rests() -> None:
    machine = Machine(by_hand(), behaviour=failing())
    machine.ask(RunNow("backup"))
    machine.run_for(HOUR)
    machine.ask(Pause("backup"))
    machine.run_for(3 * DAY)
    assert machine.kinds == ["failure"]
    machine.ask(Resume("backup"))
    machine.run_for(SECOND)
    assert machine.kinds == ["failure", "reminder"]
    machine.files.jobs["backup"] = by_hand(enabled=False)
    machine.reload()
    machine.run_for(3 * DAY)
    assert machine.kinds == ["failure", "reminder"]


def test_a_snoozed_incident_is_silent_until_then_and_reminds_if_it_lasts() -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(MINUTE + 2 * SECOND)
    machine.ask(Snooze("backup", machine.clock.now() + HOUR))
    machine.behaving(failing("another problem"), HOUR - SECOND)
    assert machine.kinds == ["failure"]
    machine.run_for(2 * SECOND)
    assert machine.kinds == ["failure", "reminder"]
    assert machine.told[-1].body.endswith("Exit code 3: another problem")


def test_a_snoozed_incident_that_ends_is_told_once() -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(MINUTE + 2 * SECOND)
    machine.ask(Snooze("backup", machine.clock.now() + HOUR))
    machine.behaving(WELL, 2 * HOUR)
    assert machine.kinds == ["failure", "recovery"]


def test_a_snooze_survives_a_restart() -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(MINUTE + 2 * SECOND)
    machine.ask(Snooze("backup", machine.clock.now() + HOUR))
    machine.crash()
    machine.restart()
    machine.behaving(failing("another problem"), 30 * MINUTE)
    assert machine.kinds == ["failure"]


def test_only_what_fails_can_be_snoozed_and_only_for_a_while() -> None:
    machine = Machine(every_minute(), behaviour=WELL)
    machine.run_for(2 * MINUTE)
    with pytest.raises(Conflict, match="nothing to be silent about"):
        machine.ask(Snooze("backup", machine.clock.now() + HOUR))
    machine.behaving(failing(), 2 * MINUTE)
    with pytest.raises(Conflict, match="before it begins"):
        machine.ask(Snooze("backup", machine.clock.now()))
    with pytest.raises(JobNotFound):
        machine.ask(Snooze("gone", machine.clock.now() + HOUR))


def test_a_first_start_without_jobs_greets_once_and_offers_samples() -> None:
    machine = Machine(behaviour=WELL, notices=NIGHT)
    (greeting,) = machine.told
    assert (greeting.kind, greeting.buttons) == ("greeting", ("add_samples", "open_folder"))
    machine.crash()
    machine.restart()
    assert machine.kinds == ["greeting"]


def test_a_first_start_with_jobs_needs_no_greeting() -> None:
    assert Machine(every_minute(), behaviour=WELL).kinds == []


def test_a_removed_job_is_not_told_of_any_more() -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(MINUTE + SECOND / 2)
    del machine.files.jobs["backup"]
    machine.reload()
    machine.run_for(3 * DAY)
    assert machine.kinds == []


def test_a_removed_job_takes_its_incident_along() -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(2 * MINUTE)
    del machine.files.jobs["backup"]
    machine.reload()
    machine.run_for(DAY + HOUR)
    assert machine.kinds == ["failure"]
    machine.files.jobs["backup"] = every_minute()
    machine.reload()
    machine.behaving(WELL, 2 * MINUTE)
    assert machine.kinds == ["failure"]


def test_a_job_that_asks_for_silence_gets_it() -> None:
    machine = Machine(every_minute(notify=Notify(on=())), behaviour=failing())
    machine.run_for(2 * DAY)
    machine.behaving(WELL, HOUR)
    assert machine.kinds == []


@pytest.mark.parametrize("end", ["restart", "crash"])
def test_N2_incidents_survive_a_restart(end: str) -> None:
    machine = Machine(every_minute(), behaviour=failing())
    machine.run_for(25 * MINUTE + 2 * SECOND)
    if end == "crash":
        machine.crash()
    else:
        machine.ask(Stop())
    machine.restart()
    machine.run_for(25 * MINUTE)
    machine.behaving(WELL, MINUTE)
    assert machine.kinds == ["failure", "recovery"]
    assert machine.told[-1].body == "It failed 50 times in 50 min."


def test_N2_a_reminder_that_came_due_while_daybell_was_away_comes_at_its_start() -> None:
    machine = Machine(by_hand(), behaviour=failing())
    machine.ask(RunNow("backup"))
    machine.run_for(HOUR)
    machine.crash()
    machine.clock.step_to(machine.clock.now() + 2 * DAY)
    machine.restart()
    machine.run_for(SECOND)
    assert machine.kinds == ["failure", "reminder"]


def waiting_machine(**changes: object) -> Machine:
    """One slot, which another job holds for six hours; what is due meanwhile waits."""
    blocker = a_job(id="blocker")
    waiter = a_job(name="Waiter", id="waiter", triggers=(every("1h"),), late_after=Duration(minutes=10))
    machine = Machine(blocker, waiter, behaviour=taking(6 * HOUR), slots=1, **changes)
    machine.run_for(SECOND)
    machine.ask(RunNow("blocker"))
    return machine


def test_N3_a_run_that_does_not_start_is_late_once_until_one_starts() -> None:
    machine = waiting_machine()
    machine.run_until(START + HOUR + 10 * MINUTE - SECOND)
    assert machine.kinds == []
    machine.run_for(2 * SECOND)
    assert [notice.title for notice in machine.told] == ["Waiter did not start on time"]
    machine.ask(CancelRuns("waiter"))
    machine.run_for(4 * HOUR)
    assert machine.kinds == ["late"]
    machine.behaving(WELL, 2 * HOUR)
    assert machine.status("waiter").last_outcome == "succeeded"
    machine.behaviour = taking(6 * HOUR)
    machine.ask(RunNow("blocker"))
    machine.run_for(2 * HOUR)
    assert machine.kinds == ["late", "late"]


def test_N3_a_run_that_starts_in_time_is_not_late() -> None:
    job = every_minute(late_after=Duration(seconds=5), too_long_after=Duration(hours=1))
    machine = Machine(job, behaviour=taking(30 * SECOND))
    machine.run_for(HOUR + 40 * SECOND)
    assert machine.kinds == []
    assert machine.deadlines.at == {}, "nothing piles up"


@pytest.mark.parametrize("job_id", ["waiter", None])
def test_N3_a_paused_job_is_not_late(job_id: str | None) -> None:
    machine = waiting_machine()
    machine.run_for(HOUR + MINUTE)
    machine.ask(Pause(job_id))
    machine.run_for(HOUR)
    assert machine.kinds == []
    machine.ask(Resume(job_id))
    machine.run_for(10 * MINUTE)
    assert machine.kinds == ["late"]


def test_N3_a_disabled_job_is_not_late() -> None:
    machine = waiting_machine()
    machine.run_for(HOUR + MINUTE)
    machine.files.jobs["waiter"] = a_job(id="waiter", enabled=False, late_after=Duration(minutes=10))
    machine.reload()
    machine.run_for(HOUR)
    assert machine.kinds == []


def test_N3_time_asleep_makes_nothing_late() -> None:
    machine = waiting_machine()
    machine.run_for(HOUR + MINUTE)
    machine.suspend(8 * HOUR)
    machine.run_for(5 * MINUTE)
    assert machine.kinds == []
    machine.run_for(5 * MINUTE)
    assert machine.kinds == ["late"]


def test_N3_what_was_missed_counts_from_when_it_is_caught_up() -> None:
    machine = waiting_machine()
    machine.run_for(MINUTE)
    machine.suspend(8 * HOUR)
    machine.run_for(9 * MINUTE)
    assert machine.kinds == []
    machine.run_for(2 * MINUTE)
    assert machine.kinds == ["late"]


def test_N3_that_a_job_was_told_to_be_late_survives_a_restart() -> None:
    machine = waiting_machine()
    machine.run_for(2 * HOUR)
    machine.crash()
    machine.restart()
    machine.behaviour = taking(6 * HOUR)
    machine.ask(RunNow("blocker"))
    machine.run_for(3 * HOUR)
    assert machine.kinds == ["late"]


def test_N4_a_run_that_takes_long_is_told_once_and_goes_on() -> None:
    job = by_hand(too_long_after=Duration(hours=1))
    machine = Machine(job, behaviour=taking(5 * HOUR))
    for _ in range(2):
        machine.ask(RunNow("backup"))
        machine.run_for(5 * HOUR)
    assert [run.outcome for run in machine.rows()] == ["succeeded"] * 2
    assert [notice.title for notice in machine.told] == ["Back up photos takes long"] * 2
    assert machine.told[0].run_id != machine.told[1].run_id


def test_N4_a_run_that_ends_in_time_or_is_being_ended_is_not_told() -> None:
    job = by_hand(too_long_after=Duration(hours=1))
    machine = Machine(job, behaviour=taking(59 * MINUTE))
    machine.ask(RunNow("backup"))
    machine.run_for(2 * HOUR)
    machine.behaviour = Behaviour(takes=5 * HOUR, ignores_all=True)
    machine.ask(RunNow("backup"))
    machine.run_for(59 * MINUTE)
    machine.ask(CancelRuns("backup"))
    machine.run_for(2 * HOUR)
    assert machine.kinds == []


def test_an_alarm_that_is_no_longer_asked_for_does_not_come() -> None:
    machine = Machine(by_hand(too_long_after=Duration(hours=1)), behaviour=taking(5 * HOUR))
    machine.ask(RunNow("backup"))
    machine.files.jobs["backup"] = by_hand()
    machine.reload()
    machine.run_for(5 * HOUR)
    assert machine.kinds == []


def test_N5_skips_pauses_cancels_and_stops_are_never_told() -> None:
    machine = Machine(every_minute(), behaviour=taking(5 * HOUR))
    machine.run_for(2 * MINUTE)
    with pytest.raises(Conflict):
        machine.ask(RunNow("backup"))
    machine.ask(CancelRuns("backup"))
    machine.run_for(MINUTE)
    machine.ask(Pause("backup"))
    machine.suspend(3 * HOUR)
    machine.ask(Resume("backup"))
    machine.run_for(5 * MINUTE)
    machine.ask_later(Stop())
    machine.run_for(MINUTE)
    machine.clock.step_to(machine.clock.now() + 3 * DAY)
    machine.restart()
    outcomes = {run.outcome for run in machine.rows()}
    assert outcomes >= {"skipped", "cancelled", "interrupted", "missed"}
    assert machine.kinds == []


def night(*jobs: Job) -> Machine:
    """It is 21:30 in Berlin."""
    machine = Machine(*jobs, behaviour=WELL, notices=NIGHT, zone=BERLIN)
    machine.run_until(at("2026-03-02 21:30 Europe/Berlin"))
    return machine


def ends(machine: Machine, job_id: str, behaviour: Behaviour) -> None:
    machine.behaviour = behaviour
    machine.ask(RunNow(job_id))
    machine.run_for(MINUTE)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_quiet_hours_end_with_one_digest(*, is_restarted: bool) -> None:
    machine = night(*(a_job(id=job_id) for job_id in ("backup", "mail", "photos")))
    machine.run_for(HOUR)
    ends(machine, "backup", failing())
    ends(machine, "mail", failing())
    ends(machine, "photos", failing())
    ends(machine, "mail", WELL)
    assert machine.kinds == []
    if is_restarted:
        machine.crash()
        machine.restart()
    machine.run_until(at("2026-03-03 07:00 Europe/Berlin") - SECOND)
    assert machine.kinds == []
    machine.run_for(2 * SECOND)
    (notice,) = machine.told
    ended = ["Daybell ended unexpectedly. It did not run from about 22:34 to 22:34."]
    assert notice.title == f"{3 + is_restarted} notices from the quiet hours"
    assert notice.body.splitlines() == [
        "backup failed. Exit code 3: disk full",
        "photos failed. Exit code 3: disk full",
        *ended[: int(is_restarted)],
        "mail works again. It failed once, 2 min before.",
    ]


def test_what_was_held_comes_at_the_next_start_when_daybell_was_away() -> None:
    machine = night(a_job())
    machine.run_for(HOUR)
    ends(machine, "backup", failing())
    machine.crash()
    machine.clock.step_to(at("2026-03-03 09:00 Europe/Berlin"))
    machine.restart()
    machine.run_for(SECOND)
    assert [notice.title for notice in machine.told] == ["backup failed"]
    ends(machine, "backup", WELL)
    assert machine.kinds == ["failure", "recovery"]


def test_a_notice_before_the_quiet_hours_is_told_at_once() -> None:
    machine = night(a_job())
    ends(machine, "backup", failing())
    assert machine.kinds == ["failure"]


def test_nothing_is_told_that_is_not_durable() -> None:
    machine = Machine(by_hand(), behaviour=failing())
    machine.ask(RunNow("backup"))
    machine.ledger.refusal = "no space left"
    machine.run_for(MINUTE)
    assert machine.kinds == ["trouble"]
    machine.ledger.refusal = None
    machine.ask(Pause(None))
    assert machine.kinds == ["trouble", "recovery", "failure"]
    machine.crash()
    machine.restart()
    machine.ask(Resume(None))
    ends(machine, "backup", failing())
    assert machine.kinds == ["trouble", "recovery", "failure"]


# A naive oracle: from the rows alone, with hindsight, without any state.

Told = tuple[datetime, NoticeKind]


def outages(rows: list[Run], until: datetime) -> Iterator[tuple[list[Run], datetime, bool]]:
    """The failures of each outage, when it ended, and whether it ended well."""
    failures: list[Run] = []
    for row in rows:
        if row.outcome in ("failed", "timed_out"):
            failures.append(row)
        if row.outcome == "succeeded" and failures:
            yield failures, finished(row), True
            failures = []
    if failures:
        yield failures, until, False


def finished(row: Run) -> datetime:
    assert row.finished is not None
    return row.finished


def allowed(rows: list[Run], until: datetime) -> list[Told]:
    """Exactly what N1 to N5 allow."""
    told: list[Told] = []
    for failures, end, is_mended in outages(rows, until):
        kinds: dict[tuple[object, ...], datetime] = {}
        for row in failures:
            letters = "".join(filter(str.isalpha, row.error or ""))
            exit_code = row.exit_code if row.outcome == "failed" else None
            kinds.setdefault((row.outcome, exit_code, letters), finished(row))
        for first, following in pairwise([*kinds.values(), end]):
            told.append((first, "failure"))
            told += [(moment, "reminder") for moment in days_after(first, following)]
        if is_mended:
            told.append((end, "recovery"))
    return told


def days_after(first: datetime, end: datetime) -> list[datetime]:
    return [first + number * DAY for number in range(1, 1000) if first + number * DAY < end]


def at_home(moment: datetime, away: list[tuple[datetime, datetime]]) -> datetime:
    """A reminder that falls into a time in which Daybell was away comes at its next start."""
    return next((end for since, end in away if since < moment <= end), moment)


behaviours = st.one_of(
    st.just(WELL),
    st.just(taking(2 * HOUR)),
    st.builds(failing, st.integers(0, 99).map("disk full: {} files left".format), st.sampled_from([1, 2])),
    st.builds(failing, st.integers(0, 99).map("no network after {} s".format)),
)
steps = st.tuples(
    behaviours,
    st.sampled_from(["run", "run", "run", "run", "cancel", "crash", "stop"]),
    st.integers(1, 40 * 60),
)


@given(st.lists(steps, max_size=40))
@settings(
    deadline=None, max_examples=150, derandomize=True
)  # the oracle knows nothing of a second absence at the hour of a reminder
def test_N1_to_N5_weeks_of_outcomes_give_exactly_the_notices_that_are_allowed(
    weeks: list[tuple[Behaviour, str, int]],
) -> None:
    machine = Machine(by_hand(timeout=Duration(hours=1)), behaviour=WELL)
    away: list[tuple[datetime, datetime]] = []
    for number, (behaviour, end, minutes) in enumerate(weeks):
        machine.behaviour = behaviour
        machine.ask(RunNow("backup"))
        if end == "cancel":
            machine.ask(CancelRuns("backup"))
        if end == "stop":
            since = machine.clock.now()
            machine.ask_later(Stop())
            machine.run_for(MINUTE)
            away.append((since, machine.clock.now()))
        if end == "crash":
            machine.crash()
        if end in ("stop", "crash"):
            machine.restart()
        # No two instants fall together, so that their order is never in question.
        machine.run_for(2 * HOUR + minutes * MINUTE + number * timedelta(milliseconds=7))
    events = [one.event for one in machine.ledger.events if isinstance(one.event, NoticeSent)]
    sent = [event for event in events if event.notice.kind != "away"]
    assert [event.notice for event in sent] == machine.told
    expected = allowed(machine.rows(), machine.clock.now())
    assert [(event.at, event.notice.kind) for event in sent] == [
        (at_home(moment, away) if kind == "reminder" else moment, kind) for moment, kind in expected
    ]
