"""How does one Daybell come to life, and how does it end?"""

import gc
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version as installed_version

import daybell.api.server_libraries  # first: what follows would load much with them that nobody needs
import daybell.machine.alarm_libraries  # noqa: F401 - as above
from daybell.api.about import Around
from daybell.api.parts import add_parts
from daybell.api.server import ApiServer
from daybell.bootstrap.scheduling import build_service
from daybell.bootstrap.succession import claim, follow_itself
from daybell.desktop.autostart.choose import open_autostart
from daybell.desktop.notices.choose import open_notices
from daybell.desktop.notices.interface import Notices
from daybell.desktop.notices.teller import NoticeTeller
from daybell.desktop.opening.dashboard import Dashboard
from daybell.desktop.opening.opener import Opener
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.clicked_runs import ClickedRuns
from daybell.desktop.tray.clicks import Clicks
from daybell.desktop.tray.interface import Tray
from daybell.desktop.tray.null import NullTray
from daybell.desktop.tray.presenter import Beside, Presenter
from daybell.desktop.tray.tags import tags_of
from daybell.desktop.tray.verbs import Verbs
from daybell.engine.bus import Subscriber
from daybell.engine.service import SchedulerService
from daybell.logs.lines import log_events, write_log
from daybell.logs.system import SystemLog, write_system_log
from daybell.machine.clock import SystemClock
from daybell.machine.doctor import Doctor
from daybell.machine.job_environment import JobEnvironment
from daybell.machine.known_secrets import KnownSecrets
from daybell.machine.signals import StopSignals
from daybell.machine.zones import machine_zone
from daybell.model.errors import DaybellError, describe_problem
from daybell.store.artifacts import ArtifactFiles
from daybell.store.assets import asset
from daybell.store.directories import Directories, create, find
from daybell.store.form import take_form
from daybell.store.instance import Instance, InstanceLock
from daybell.store.restore import finish
from daybell.store.schemas import put_schemas

log = logging.getLogger("daybell")

FORCED = 130
"""Exit code after a second signal."""

Say = Callable[[str], None]
"""One line for the person at the terminal."""


def run_app(*, headless: bool = False, say: Say | None = None) -> int:
    """The app in the foreground, until somebody stops it. DaybellError when it cannot start.

    Where an installer exchanges the program it does not return: the new one goes on in this process.
    """
    app = App(find(os.environ), headless=headless, say=say or _to_stderr)
    exit_code = app.run()
    if app.is_followed:
        follow_itself(["start", "--headless"] if headless else ["start"])
    return exit_code


class App:
    """One running Daybell. `run` owns the main thread; `stop` may be called from any."""

    def __init__(
        self,
        directories: Directories,
        *,
        headless: bool,
        say: Say,
        hear: Subscriber = lambda _: None,
        version: str | None = None,
    ) -> None:
        """`hear` is told of everything that happens, from the very first event on.

        `version`: the one that is installed, if none is named.
        """
        self._directories = directories
        self._headless = headless
        self._say = say
        self._hear = hear
        self._clock = SystemClock()
        self._version = version or installed_version("daybell")
        self._stopping = threading.Event()
        self.is_followed = False
        """By itself anew, after its end: it was asked to make way for another version."""
        self._is_ours = False
        """The home: nobody else runs in it."""
        self._teller = NoticeTeller()
        self._environment = JobEnvironment(os.environ, self._clock)

    def run(self, ready: Callable[[SchedulerService], None] = lambda _: None) -> int:
        """Start in order, block, stop in reverse; the exit code. `ready` hears of the running service."""
        create(self._directories)
        with ExitStack() as parts:
            signals = StopSignals(self._leave, self._force, self._make_way)
            signals.start()
            parts.callback(signals.close)
            with ExitStack() as started:
                self._claim(started)
                # Before the service: what was held through the night is told as soon as that starts.
                notices = open_notices(pressed=self._teller.pressed)
                started.callback(notices.stop)
                self._teller.show_on(notices)
                service = self._start(started)
                tray = self._show(started, service, notices)
                # Closed first, so that jobs get their grace while everything can still be asked.
                started.callback(self._shut_down, service)
                ending = threading.Thread(
                    target=self._end, args=(started.pop_all(), tray, service), name="lifecycle"
                )
            ending.start()
            self._greet(service, tray)
            tray.run(lambda: ready(service))
            self.stop()
            ending.join()
        return 0

    def stop(self) -> None:
        """Ask for the end; returns at once."""
        self._stopping.set()

    def _leave(self) -> None:
        self.is_followed = False
        self.stop()

    def _make_way(self) -> None:
        self.is_followed = True
        self.stop()

    def _force(self) -> None:
        """A second signal: the person does not want to wait."""
        if self._is_ours:
            self._directories.heartbeat.unlink(missing_ok=True)  # it did not crash
        _to_stderr("Stopped by force: what was running may still run.")
        os._exit(FORCED)

    def _end(self, parts: ExitStack, tray: Tray, service: SchedulerService) -> None:
        """The tray is the last to go: it says that Daybell stops until it has stopped."""
        self._stopping.wait()
        if running := sum(job.is_running for job in service.list_jobs()):
            jobs = "1 job" if running == 1 else f"{running} jobs"
            self._say(f"Waiting for {jobs} to end; Ctrl-C again does not wait.")
        try:
            parts.close()
        except Exception:  # the edge of this thread: the main thread must still come back from the tray
            log.exception("a part did not stop")
        finally:
            tray.stop()

    def _shut_down(self, service: SchedulerService) -> None:
        """Once, and with a word about what would not."""
        if service.is_running and (stubborn := service.shutdown()):
            self._say(f"Did not stop in time: {', '.join(stubborn)}.")

    def _claim(self, parts: ExitStack) -> None:
        """This home is ours from here on, and so is its log."""
        directories = self._directories
        lock = InstanceLock(directories.instance_lock, directories.instance_file)
        ours = Instance(os.getpid(), self._clock.now(), self._version)
        claim(lock, ours, directories, self._stopping.wait, self._say)
        parts.callback(lock.release)
        self._is_ours = True
        finish(directories)
        take_form(directories.form, self._version)
        handler = write_log(directories.daybell_log)
        parts.callback(logging.getLogger().removeHandler, handler)
        parts.callback(handler.close)
        put_schemas(asset("schemas"), directories.schemas)

    def _start(self, parts: ExitStack) -> SchedulerService:
        environment = self._environment
        environment.start()
        parts.callback(environment.stop)
        known = KnownSecrets(self._clock)
        parts.callback(known.stop)
        own = self._directories
        try:
            service = build_service(own, self._clock, self._teller, parts, environment, known=known)
        except DaybellError as error:
            # Whoever has it started at login sees no terminal.
            self._tell_system(parts)
            log.error("Daybell cannot start: %s", error)  # noqa: TRY400 - its message says all
            raise
        service.subscribe(log_events)
        if service.settings.held.log.system:
            service.subscribe(self._tell_system(parts).hear)
        service.subscribe(self._hear)
        service.request_stop = self.stop
        service.start()
        environment.tell(service.reload_soon)
        known.begin(service.reload_soon)
        parts.callback(self._shut_down, service)
        # What exists by now stays: collections that search it would delay jobs by tens of milliseconds.
        gc.collect()
        gc.freeze()
        return service

    def _tell_system(self, parts: ExitStack) -> SystemLog:
        system = write_system_log(self._clock)
        parts.callback(system.close)
        parts.callback(logging.getLogger().removeHandler, system)
        return system

    def _show(self, parts: ExitStack, service: SchedulerService, notices: Notices) -> Tray:
        """The doors to the running service: its API and its icon."""
        own = self._directories
        doctor = Doctor()
        at_login = open_autostart()
        around = Around(_paths(own), doctor.look, own.endpoint, self._environment, at_login)
        api = ApiServer(service, own.socket, ArtifactFiles(own.artifacts), around=around)
        api.start()
        parts.callback(api.stop)
        parts.callback(doctor.stop)  # before the API, which would wait for it
        parts.callback(self._environment.stop)  # as above
        runs = ClickedRuns(self._teller, lambda job_id: service.get_job_status(job_id).name)
        service.subscribe(runs.hear)
        opener = Opener(notices).open
        dashboard = Dashboard(api.new_address, own.opening_page, opener)
        verbs = Verbs(
            service,
            notices,
            opener,
            self._clock,
            machine_zone,
            clicked=runs.clicked,
            others={
                "open_dashboard": lambda _: dashboard.open(),
                "start_at_login": lambda _: at_login.switch(on=True),
                "not_at_login": lambda _: at_login.switch(on=False),
            },
        )
        clicks = Clicks(verbs.carry_out, notices)
        self._teller.act_by(clicks.act)
        tray = NullTray("no tray icon was asked for") if self._headless else open_tray(clicks.act)
        clicks.start()
        parts.callback(clicks.stop)
        if not isinstance(tray, NullTray):  # nobody looks: a view of many jobs is not made for nothing
            presenter = Presenter(
                service.status,
                tray,
                machine_zone,
                self._clock,
                beside=Beside(partial(tags_of, service), service.away.card, at_login.is_on),
            )
            service.subscribe(lambda _: presenter.changed())
            at_login.changed = presenter.changed
            presenter.start()
            parts.callback(presenter.stop)
        add_parts(service.observation.health, tray, notices, own.state)
        return tray

    def _greet(self, service: SchedulerService, tray: Tray) -> None:
        status = service.status()
        scheduler, count = status.scheduler, len(status.jobs)
        jobs = "1 job" if count == 1 else f"{count} jobs"
        self._say(f"Daybell {scheduler.version} is running: {jobs} in {scheduler.home}")
        for problem in status.problems:
            self._say(describe_problem(problem))
        if tray.why:
            log.info(tray.why)
            self._say(f"{tray.why[0].upper()}{tray.why[1:]}. See what runs with `daybell status`.")
        if not (status.jobs or status.problems):
            self._say("No jobs yet: `daybell samples` adds three to look at, `daybell add` your own.")
        self._say("Ctrl-C stops it.")


def _paths(own: Directories) -> dict[str, str]:
    """Where a person may want to look."""
    places = {
        "config": own.config,
        "jobs": own.jobs,
        "settings": own.settings_file,
        "state": own.state,
        "history": own.history,
        "logs": own.runs_log,
        "log": own.daybell_log,
        "socket": own.socket,
    }
    return {name: str(path) for name, path in places.items()}


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
