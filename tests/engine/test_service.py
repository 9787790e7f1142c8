"""The façade on a real engine thread; what lies outside is in memory."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, a_run, at, cron, every, once
from daybell.core.clocks import Slept
from daybell.core.plain import as_file
from daybell.core.schedule import definition_digest
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import (
    CountingIds,
    MemoryFiles,
    MemoryHistory,
    MemoryLedger,
    NoLogs,
    VirtualAlarms,
    VirtualClock,
    VirtualDeadlines,
)
from daybell.engine.messages import ClockMoved, FactsChanged
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.engine.virtual_workers import Behaviour, VirtualWorkers
from daybell.model.durations import Duration
from daybell.model.errors import AlreadyRunning, JobNotFound, NotRunning, RunNotFound
from daybell.model.events import AnyEvent
from daybell.model.facts import Facts
from daybell.model.job import CommandHandler, Conditions, Job
from daybell.model.query import RunQuery
from waiting import until

START = at("2026-03-02 12:00")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
JOBS = (a_job(name="Back up photos"), a_job(id="tick", triggers=(every("1m"),)))


class Machine:
    """A service and all that is around it."""

    def __init__(self, *jobs: Job) -> None:
        mailbox = self.mailbox = Mailbox()
        self.clock = VirtualClock(START)
        self.alarms = VirtualAlarms()
        self.files = MemoryFiles(jobs)
        self.deadlines = VirtualDeadlines(self.clock)
        self.workers = VirtualWorkers(self.clock, mailbox.post, lambda _: Behaviour())
        ports = Ports(
            clock=self.clock,
            ids=CountingIds(),
            alarms=self.alarms,
            deadlines=self.deadlines,
            workers=self.workers,
            ledger=MemoryLedger(),
            history=MemoryHistory(),
            logs=NoLogs(),
        )
        config = EngineConfig(BERLIN, 4, timedelta(seconds=30), "0.1.0")
        self.service = SchedulerService(mailbox, ports, self.files, config, Place("/home/me/jobs", 7))

    def pass_time(self, length: timedelta) -> None:
        self.clock.advance_to(self.clock.now() + length)
        self.workers.finish_due()
        self.alarms.ring(self.clock.now())


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine(*JOBS)
    machine.service.start()
    yield machine
    if machine.service.is_running:
        machine.service.pause_all()
        machine.pass_time(timedelta(seconds=1))
        machine.service.shutdown()


def run_to_end(machine: Machine) -> str:
    run_id = machine.service.run_now("backup")
    until(lambda: machine.service.get_run(run_id).started is not None)
    machine.pass_time(timedelta(seconds=1))
    until(lambda: machine.service.get_run(run_id).outcome is not None)
    return run_id


def test_it_starts_once_and_stops_once(machine: Machine) -> None:
    with pytest.raises(AlreadyRunning):
        machine.service.start()
    assert machine.service.shutdown() == []
    for verb in (machine.service.shutdown, machine.service.pause_all):
        with pytest.raises(NotRunning):
            verb()


def test_its_status_is_in_the_default_zone(machine: Machine) -> None:
    status = machine.service.status()
    scheduler = status.scheduler
    assert (status.scheduler.state, status.scheduler.home, status.scheduler.pid) == (
        "running",
        "/home/me/jobs",
        7,
    )
    assert str(scheduler.started) == "2026-03-02 13:00:00+01:00"
    assert [str(job.next_run) for job in status.jobs] == ["None", "2026-03-02 13:01:00+01:00"]
    assert machine.service.registry.one("tick") == machine.service.get_job_status("tick")


def test_a_status_says_what_the_file_says_also_while_the_job_runs() -> None:
    machine = Machine(a_job(tags=("disk", "night"), enabled=False, triggers=(cron("30 2 * * *"),)))
    service = machine.service
    service.start()
    service.run_now("backup")
    until(lambda: service.get_job_status("backup").is_running)
    status = service.get_job_status("backup")
    assert (status.tags, status.expression) == (("disk", "night"), "30 2 * * *")
    assert (status.state, status.is_enabled) == ("running", False)
    machine.pass_time(timedelta(seconds=1))
    until(lambda: service.get_job_status("backup").state == "disabled")
    service.shutdown()


def test_its_status_says_what_surrounds_it_and_that_something_happened_meanwhile() -> None:
    night = 8 * HOUR
    asks = Conditions(power="ac")
    machine = Machine(
        a_job(keep_awake=True, conditions=asks), a_job(id="once", triggers=(once(START + HOUR),))
    )
    service = machine.service
    assert (service.status().away, service.away.card()) == (False, None), "before it has started"
    service.start()
    machine.mailbox.post(FactsChanged(Facts(on_mains=True)))
    service.run_now("backup")
    until(lambda: service.status().scheduler.keeping_awake == ("backup",))
    machine.clock.advance_to(START + 10 * SECOND)
    machine.deadlines.act()
    until(lambda: service.status().machine.on_mains is True)
    machine.clock.step_to(START + night)
    machine.mailbox.post(ClockMoved(Slept(night)))
    until(lambda: service.status().away)
    card = service.away.card()
    assert card is not None
    assert [(one.job_id, one.state) for one in card.runs] == [("once", "waiting")]
    assert service.away.skip() == (card.runs[0].run_id,)
    assert (service.status().away, service.away.card()) == (False, None)
    machine.pass_time(SECOND)
    until(lambda: not service.registry.open_runs())
    service.shutdown()


def test_a_run_is_found_while_it_is_open_and_after(machine: Machine) -> None:
    run_id = run_to_end(machine)
    assert machine.service.get_run(run_id).outcome == "succeeded"
    assert [run.run_id for run in machine.service.history().runs] == [run_id]
    assert machine.service.history(RunQuery(job_id="tick")).runs == []
    with pytest.raises(RunNotFound, match="r99"):
        machine.service.get_run("r99")
    with pytest.raises(JobNotFound, match="photos"):
        machine.service.history(RunQuery(job_id="photos"))


def test_a_run_without_output_says_why_it_has_none(machine: Machine, tmp_path: Path) -> None:
    run_id = machine.service.run_now("backup")
    with pytest.raises(RunNotFound, match="no output"):
        machine.service.log_file(run_id)


def test_a_gap_s_instants_are_counted_when_they_are_shown(machine: Machine) -> None:
    machine.service.pause_job("tick")
    machine.clock.advance_to(START + timedelta(days=3))
    machine.service.resume_job("tick")
    (row,) = machine.service.history(RunQuery(job_id="tick")).runs
    assert (row.reason, row.count) == ("paused", 3 * 24 * 60)
    machine.files.jobs["tick"] = a_job(id="tick", triggers=(every("1h"),))
    machine.service.reload()
    assert machine.service.history(RunQuery(job_id="tick")).runs[0].count is None


def test_the_next_runs_are_told(machine: Machine) -> None:
    runs = machine.service.next_runs("tick", 3)
    assert [f"{run:%H:%M}" for run in runs] == ["13:01", "13:02", "13:03"]
    assert machine.service.next_runs("backup", 3) == ()
    machine.service.pause_job("tick")
    assert machine.service.next_runs("tick", 3) == ()


@pytest.mark.parametrize("mode", ["stable", "random"])
def test_J1_the_next_runs_are_told_with_their_jitter(machine: Machine, mode: str) -> None:
    changes = {"jitter": Duration(minutes=30), "jitter_mode": mode}
    machine.files.jobs["tick"] = a_job(id="tick", triggers=(every("1h"),), **changes)
    machine.service.reload()
    first, second, third = machine.service.next_runs("tick", 3)
    assert first == machine.service.get_job_status("tick").next_run
    hours = [START + timedelta(hours=number) for number in (1, 2, 3)]
    waits = [run - hour for run, hour in zip((first, second, third), hours, strict=True)]
    assert all(timedelta(0) < wait < timedelta(minutes=30) for wait in waits)
    assert len(set(waits)) == (1 if mode == "stable" else 3)


def test_a_file_that_vanishes_is_looked_for_again_a_second_later(machine: Machine) -> None:
    machine.files.vanished = frozenset({"backup"})
    del machine.files.jobs["backup"]
    machine.service.reload()
    assert machine.service.get_job("backup").title == "Back up photos"
    assert [job.id for job in machine.service.list_jobs()] == ["backup", "tick"]
    machine.files.vanished = frozenset()
    machine.clock.advance_to(START + timedelta(seconds=1))
    machine.deadlines.act()
    until(lambda: [job.id for job in machine.service.list_jobs()] == ["tick"])
    with pytest.raises(JobNotFound):
        machine.service.get_job("backup")


def test_a_subscriber_that_fails_disturbs_nobody(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    def fail(events: Sequence[AnyEvent]) -> None:
        raise RuntimeError

    def hear(events: Sequence[AnyEvent]) -> None:
        heard.extend(type(event).__name__ for event in events)

    machine.service.subscribe(fail)
    stop = machine.service.subscribe(hear)
    machine.service.pause_job("tick")
    until(lambda: heard == ["JobPaused"])
    stop()
    machine.service.resume_job("tick")
    assert heard == ["JobPaused"]
    assert "a subscriber failed" in caplog.text


def test_fifty_threads_may_ask_at_once(machine: Machine) -> None:
    barrier = threading.Barrier(50)
    done: list[None] = []

    def ask(number: int) -> None:
        barrier.wait()
        verb = machine.service.pause_job if number % 2 else machine.service.resume_job
        verb("tick")
        machine.service.status()
        done.append(None)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(done) == 50


def test_what_a_job_was_when_it_ran_is_known_after_it_was_edited(machine: Machine) -> None:
    run = machine.service.get_run(run_to_end(machine))
    machine.files.jobs["backup"] = a_job(handler=CommandHandler(argv=("false",)))
    machine.service.reload()
    assert machine.service.definition_of(run) == {
        "handler": {"type": "command", "argv": ["true"]},
        "name": "Back up photos",
    }
    report = machine.service.report(run.run_id)
    assert (report.run, report.definition) == (run, machine.service.definition_of(run))
    with pytest.raises(RunNotFound):
        machine.service.report("gone")


def test_of_an_older_run_the_definition_is_told_while_it_is_still_that(machine: Machine) -> None:
    run = a_run(job_id="backup", definition=definition_digest(a_job()))
    assert machine.service.definition_of(run) == as_file(JOBS[0])
    assert machine.service.definition_of(replace(run, definition="other")) is None
    assert machine.service.definition_of(replace(run, definition="")) is None
    assert machine.service.definition_of(replace(run, job_id="gone")) is None
