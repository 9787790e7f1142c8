"""What is the scheduler of one home made of? The engine, the machine beneath it, and its files."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from zoneinfo import ZoneInfo

from daybell.engine.configuring import Configuration
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import ClockMoved, ZoneMoved
from daybell.engine.ports import Teller
from daybell.engine.service import Place, SchedulerService
from daybell.handlers.catalog import Catalog
from daybell.handlers.command import Commands
from daybell.handlers.keeping import Keeping
from daybell.handlers.limits import check_limits
from daybell.handlers.program import check_command
from daybell.machine.alarms import ApschedulerAlarms, Watch
from daybell.machine.clock import SystemClock
from daybell.machine.clock_watch import ClockWatch
from daybell.machine.configuration import engine_config
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.ids import SystemIds
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.survivors import RunSurvivors
from daybell.machine.watch import DirectoryWatch
from daybell.machine.workers import WorkerPool
from daybell.machine.zones import ZoneWatch, machine_zone
from daybell.model.errors import JobNotFound
from daybell.model.events import AnyEvent, RunFinished
from daybell.model.job import CommandHandler, Job, Keep
from daybell.model.status import Problem
from daybell.store.artifacts import ArtifactFiles
from daybell.store.caps import Caps
from daybell.store.directories import Directories
from daybell.store.history import RunHistory
from daybell.store.jobs import JobFolder
from daybell.store.ledger import FileLedger
from daybell.store.logs import RunLogs
from daybell.store.settings import SettingsPath
from daybell.store.sweeper import Home, start_sweeper

CONDITIONS = ("power", "network", "idle")
NOT_ASKED = "this version cannot ask the machine for it yet, and takes it as met"


def build_service(
    directories: Directories, clock: SystemClock, teller: Teller, parts: ExitStack
) -> SchedulerService:
    """Not started yet. What it is made of ends with `parts`."""
    machine = machine_zone()
    file = SettingsPath(directories.settings_file, machine)
    settings = file.read()
    config = engine_config(settings, machine)
    history = RunHistory(directories.history)
    ledger = FileLedger(directories.journal, directories.checkpoint, history, clock.now())
    parts.callback(ledger.close)
    mailbox = Mailbox()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    processes = machine_processes(deadlines, clock)
    caps, logs = Caps(), RunLogs(directories.runs_log)
    caps.start()
    parts.callback(caps.stop)
    keeping = Keeping(caps, logs, ArtifactFiles(directories.artifacts), lambda one: _keep(service, one))
    commands = Commands(processes, clock, keeping)
    handlers = Catalog({CommandHandler: commands})
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=ApschedulerAlarms(watches=_watches(mailbox, clock, machine)),
        deadlines=deadlines,
        workers=WorkerPool(handlers, mailbox.post, clock, config.slots),
        ledger=ledger,
        history=history,
        logs=logs,
        teller=teller,
        survivors=RunSurvivors(processes),
    )
    files = JobFolder(directories.jobs, config.zone, _check, clock)
    service = SchedulerService(mailbox, ports, files, config, Place(str(directories.jobs), os.getpid()))
    service.settings = Configuration(file, settings, service.configure)
    service.subscribe(partial(_close_up, keeping))
    watch = DirectoryWatch(directories.jobs, service.reload_soon, deadlines)
    watch.start()
    parts.callback(watch.stop)
    swept = Home(directories, history, ledger, files, service.registry)
    parts.callback(start_sweeper(swept, settings.retention, clock).stop)
    return service


def _watches(mailbox: Mailbox, clock: SystemClock, zone: ZoneInfo) -> tuple[Watch, ...]:
    """Whether the machine slept, its clock was set, or it is in another zone: the engine must know."""
    clocks = ClockWatch(clock.look, lambda finding: mailbox.post(ClockMoved(finding)))
    zones = ZoneWatch(zone, lambda moved: mailbox.post(ZoneMoved(moved)), every=3)
    return clocks.beat, lambda _: zones.beat()


def _keep(service: SchedulerService, job_id: str) -> Keep:
    """What its job asks for, whether there still is such a job or not."""
    try:
        return service.get_job(job_id).keep
    except JobNotFound:
        return Keep()


def _close_up(keeping: Keeping, events: Sequence[AnyEvent]) -> None:
    """What Daybell had to leave when it was killed may be too long, or have a hole."""
    for event in events:
        if isinstance(event, RunFinished) and event.run.outcome == "interrupted" and event.run.log:
            keeping.close_up(event.run.job_id, event.run.run_id)


def _check(job: Job, file: str) -> list[Problem]:
    """What of a valid job cannot work on this machine as it is now."""
    asked = [name for name in CONDITIONS if getattr(job.conditions, name) is not None]
    unanswered = [Problem(file, f"conditions.{name}", NOT_ASKED) for name in asked]
    return [*check_command(job.handler, file), *check_limits(job.limits, file), *unanswered]
