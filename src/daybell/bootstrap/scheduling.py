"""What is the scheduler of one home made of? The engine, the machine beneath it, and its files."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from daybell.bootstrap.senses import open_senses
from daybell.core.pings import PingOf
from daybell.desktop.surroundings.interface import Surroundings as Senses
from daybell.engine.configuring import Configuration
from daybell.engine.health import OK, Checks, Part
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.ports import Teller
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.handlers.catalog import Catalog
from daybell.handlers.command import Commands, Surroundings
from daybell.handlers.keeping import Keeping
from daybell.handlers.limits import check_limits
from daybell.handlers.program import check_command
from daybell.machine.clock import SystemClock
from daybell.machine.configuration import engine_config
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.ids import SystemIds
from daybell.machine.job_environment import JobEnvironment
from daybell.machine.known_secrets import KnownSecrets
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
from daybell.model.settings import PingConfig
from daybell.model.status import Problem
from daybell.store.artifacts import ArtifactFiles
from daybell.store.caps import Caps
from daybell.store.directories import Directories
from daybell.store.good_environments import GoodEnvironments
from daybell.store.history import RunHistory
from daybell.store.jobs import JobFolder
from daybell.store.ledger import FileLedger
from daybell.store.logs import RunLogs
from daybell.store.settings import SettingsPath
from daybell.store.sweeper import Home, start_sweeper

SAVE = 27.0
"""Seconds from one look to the next whether something of a good environment is to be kept."""


def build_service(
    directories: Directories,
    clock: SystemClock,
    teller: Teller,
    parts: ExitStack,
    environment: JobEnvironment,
    *,
    known: KnownSecrets,
) -> SchedulerService:
    """Not started yet. What it is made of ends with `parts`."""
    machine = machine_zone()
    file, history = SettingsPath(directories.settings_file, machine), RunHistory(directories.history)
    settings = file.read()
    config = engine_config(settings, machine)
    ledger = _ledger(directories, history, clock, parts)
    mailbox, deadlines = Mailbox(), DeadlineThread(clock)
    deadlines.start()
    caps, logs = _caps(parts), RunLogs(directories.runs_log)
    keeping = Keeping(caps, logs, ArtifactFiles(directories.artifacts), lambda one: _job(service, one).keep)
    good = _good_environments(directories, parts)
    processes, surroundings = machine_processes(deadlines, clock), Surroundings(environment.base, good)
    commands = Commands(processes, clock, keeping, surroundings=surroundings)
    pinger = _pinger(lambda one: _job(service, one).ping, settings.ping, config, clock, parts)
    looks = (pinger.beat, environment.beat, partial(_save, good), known.beat)
    senses = open_senses(directories, clock, mailbox, machine, looks=looks, parts=parts)
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=senses.alarms,
        deadlines=deadlines,
        workers=WorkerPool(Catalog({CommandHandler: commands}), mailbox.post, clock, config.slots),
        ledger=ledger,
        history=history,
        logs=logs,
        teller=teller,
        survivors=RunSurvivors(processes),
        probes=senses.surroundings,
        wakefulness=senses.surroundings,
        last_end=senses.last_end,
    )
    files = JobFolder(directories.jobs, config.zone, partial(_check, environment, known), clock)
    service = SchedulerService(mailbox, ports, files, config, Place(str(directories.jobs), os.getpid()))
    service.settings = Configuration(file, settings, service.configure)
    service.subscribe(partial(_close_up, keeping))
    service.subscribe(pinger.hear)
    _add_parts(service.observation.health, pinger, senses.surroundings, environment)
    _watch_files(directories, service, deadlines, parts)
    home = Home(directories, history, ledger, files, service.registry)
    parts.callback(start_sweeper(home, settings.retention, clock).stop)
    return service


def _ledger(own: Directories, history: RunHistory, clock: SystemClock, parts: ExitStack) -> FileLedger:
    ledger = FileLedger(own.journal, own.checkpoint, history, clock.now())
    parts.callback(ledger.close)
    return ledger


def _pinger(
    ping_of: PingOf,
    own: PingConfig,
    config: EngineConfig,
    clock: SystemClock,
    parts: ExitStack,
) -> Pinger:
    pinger = Pinger(ping_of, own, clock, Courier(f"Daybell/{config.version}"))
    parts.callback(pinger.stop)
    return pinger


def _good_environments(directories: Directories, parts: ExitStack) -> GoodEnvironments:
    good = GoodEnvironments(directories.good_environments)
    parts.callback(good.save)
    return good


def _caps(parts: ExitStack) -> Caps:
    caps = Caps()
    caps.start()
    parts.callback(caps.stop)
    return caps


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


def _save(good: GoodEnvironments) -> float:
    good.save()
    return SAVE


def _add_parts(checks: Checks, pinger: Pinger, surroundings: Senses, environment: JobEnvironment) -> None:
    checks.add("pings", lambda: Part("degraded", pinger.why) if pinger.why else OK)
    checks.add("surroundings", lambda: Part("off", surroundings.why) if surroundings.why else OK)
    checks.add("environment", partial(_of_environment, environment))
    checks.add("awake", lambda: Part("degraded", why) if (why := surroundings.why_not_held) else OK)


def _of_environment(environment: JobEnvironment) -> Part:
    word = environment.known.word
    if not word or environment.is_first_answer_awaited:
        return Part("ok", word)
    return Part("degraded" if environment.known.shell else "off", word)


def _close_up(keeping: Keeping, events: Sequence[AnyEvent]) -> None:
    """What Daybell had to leave when it was killed may be too long, or have a hole."""
    for event in events:
        if isinstance(event, RunFinished) and event.run.outcome == "interrupted" and event.run.log:
            keeping.close_up(event.run.job_id, event.run.run_id)


def _check(environment: JobEnvironment, known: KnownSecrets, job: Job, file: str) -> list[Problem]:
    """What of a valid job cannot work on this machine as it is now."""
    command = check_command(job.handler, file, environment.base())
    return [*command, *known.check(job.handler, file), *check_limits(job.limits, file)]
