"""What is the scheduler of one home made of? The engine, the machine beneath it, and its files."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from daybell.bootstrap.senses import open_senses
from daybell.desktop.surroundings.interface import Surroundings
from daybell.engine.configuring import Configuration
from daybell.engine.health import OK, Checks, Part
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.ports import Teller
from daybell.engine.service import Place, SchedulerService
from daybell.handlers.catalog import Catalog
from daybell.handlers.command import Commands
from daybell.handlers.keeping import Keeping
from daybell.handlers.limits import check_limits
from daybell.handlers.program import check_command
from daybell.machine.clock import SystemClock
from daybell.machine.configuration import engine_config
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.ids import SystemIds
from daybell.machine.ping_courier import Courier
from daybell.machine.pings import Pinger
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.survivors import RunSurvivors
from daybell.machine.watch import DirectoryWatch
from daybell.machine.workers import WorkerPool
from daybell.machine.zones import machine_zone
from daybell.model.errors import JobNotFound
from daybell.model.events import AnyEvent, RunFinished
from daybell.model.job import CommandHandler, Job
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
    keeping = Keeping(caps, logs, ArtifactFiles(directories.artifacts), lambda one: _job(service, one).keep)
    commands = Commands(processes, clock, keeping)
    handlers = Catalog({CommandHandler: commands})
    courier = Courier(f"Daybell/{config.version}")
    pinger = Pinger(lambda one: _job(service, one).ping, settings.ping, clock, courier)
    parts.callback(pinger.stop)
    senses = open_senses(directories, clock, mailbox, machine, look=pinger.beat, parts=parts)
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=senses.alarms,
        deadlines=deadlines,
        workers=WorkerPool(handlers, mailbox.post, clock, config.slots),
        ledger=ledger,
        history=history,
        logs=logs,
        teller=teller,
        survivors=RunSurvivors(processes),
        probes=senses.surroundings,
        wakefulness=senses.surroundings,
        last_end=senses.last_end,
    )
    files = JobFolder(directories.jobs, config.zone, _check, clock)
    service = SchedulerService(mailbox, ports, files, config, Place(str(directories.jobs), os.getpid()))
    service.settings = Configuration(file, settings, service.configure)
    service.subscribe(partial(_close_up, keeping))
    service.subscribe(pinger.hear)
    _add_parts(service.observation.health, pinger, senses.surroundings)
    _watch_files(directories, service, deadlines, parts)
    swept = Home(directories, history, ledger, files, service.registry)
    parts.callback(start_sweeper(swept, settings.retention, clock).stop)
    return service


def _watch_files(
    directories: Directories, service: SchedulerService, deadlines: DeadlineThread, parts: ExitStack
) -> None:
    watch = DirectoryWatch(directories.jobs, service.reload_soon, deadlines)
    watch.start()
    parts.callback(watch.stop)


def _job(service: SchedulerService, job_id: str) -> Job:
    """As its file says; one that asks for nothing where there is no such job any more."""
    try:
        return service.get_job(job_id)
    except JobNotFound:
        return Job(job_id, CommandHandler(()))


def _add_parts(checks: Checks, pinger: Pinger, surroundings: Surroundings) -> None:
    checks.add("pings", lambda: Part("degraded", pinger.why) if pinger.why else OK)
    checks.add("surroundings", lambda: Part("off", surroundings.why) if surroundings.why else OK)
    checks.add("awake", lambda: Part("degraded", why) if (why := surroundings.why_not_held) else OK)


def _close_up(keeping: Keeping, events: Sequence[AnyEvent]) -> None:
    """What Daybell had to leave when it was killed may be too long, or have a hole."""
    for event in events:
        if isinstance(event, RunFinished) and event.run.outcome == "interrupted" and event.run.log:
            keeping.close_up(event.run.job_id, event.run.run_id)


def _check(job: Job, file: str) -> list[Problem]:
    """What of a valid job cannot work on this machine as it is now."""
    return [*check_command(job.handler, file), *check_limits(job.limits, file)]
