"""The whole app as a person runs it, in a home of its own, and whatever runs beside it."""

import compileall
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from daybell.api.client import ApiError, Client, NotRunning
from figures import Skipped

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tests"))

from machine_bus import MachineBus, has_mocks  # noqa: E402 - as below
from tray_host import TrayHost, private_bus  # noqa: E402 - the tests' desktop: a script has to say where it lies

PROGRAM = str(Path(sys.executable).with_name("daybell"))
START = 30.0
STOP = 20.0
"""Seconds."""
WORKERS = max(4, 2 * (os.cpu_count() or 1))
"""As many runs at once as Daybell has by itself."""
STATUS = "/api/v1/status"
DOOR = "/api/v1/door"
"""Asked for, the TCP door is open too."""
NO_MACHINE: Mapping[str, str] = MappingProxyType({})
PATHS = (STATUS, "/api/v1/jobs", "/api/v1/runs")


@dataclass(frozen=True)
class Home:
    """A directory that holds all files of one Daybell."""

    path: Path

    @property
    def jobs(self) -> Path:
        return self.path / "config" / "jobs"

    @property
    def socket(self) -> Path:
        return self.path / "run" / "api.sock"

    def write(self, job_id: str, trigger: Mapping[str, object], argv: Sequence[str]) -> None:
        self.jobs.mkdir(parents=True, exist_ok=True, mode=0o700)
        job = {"schema": 1, "triggers": [trigger], "handler": {"type": "command", "argv": argv}}
        (self.jobs / f"{job_id}.json").write_text(json.dumps(job))

    def write_far(self, count: int) -> None:
        for number, expression in enumerate(far_away(count)):
            self.write(f"far-{number:05}", {"type": "cron", "expression": expression}, ["true"])


def far_away(count: int) -> Iterator[str]:
    """Expressions that are due in about half a year, each at a time of its own."""
    month = (time.gmtime().tm_mon + 5) % 12 + 1
    for number in range(count):
        minute, hour, day = number % 60, number // 60 % 24, number % 28 + 1
        yield f"{minute} {hour} {day} {month} *"


@dataclass(frozen=True)
class Started:
    """A process that is ready for what it is there for."""

    pid: int
    began: float
    """On the monotonic clock, just before its process was there."""
    seconds: float
    """From then until it was ready."""


@dataclass(frozen=True)
class App(Started):
    """A Daybell that answers requests."""

    client: Client

    def ask(self, times: int) -> None:
        """Ask what a dashboard asks, so many times."""
        for number in range(times):
            self.client.get(PATHS[number % len(PATHS)])


def compile_all() -> None:
    """As an installer does: else the first start would compile the program, and keep what that took."""
    package = importlib.util.find_spec("daybell")
    if package is None or not package.submodule_search_locations:
        raise Skipped("daybell is not installed: make install")
    compileall.compile_dir(package.submodule_search_locations[0], quiet=1)


def environment(place: Home | None = None) -> dict[str, str]:
    """Ours, without what would make Python behave unlike a person's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return env | ({"DAYBELL_HOME": str(place.path)} if place else {})


@contextmanager
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="daybell-bench-") as directory:
        yield Home(Path(directory))


@contextmanager
def desktop() -> Iterator[tuple[str, TrayHost]]:
    """A session bus of our own with a panel on it: its address and the panel."""
    if shutil.which("dbus-daemon") is None:
        raise Skipped("there is no dbus-daemon, and so no tray: apt-get install dbus")
    with private_bus() as address, TrayHost(address) as host:
        yield address, host


@contextmanager
def surrounded() -> Iterator[Mapping[str, str]]:
    """What a program needs in its environment to hear of power, network and keyboard; none without mocks."""
    if not has_mocks():
        yield {}
        return
    with private_bus() as address, MachineBus(address) as machine:
        yield machine.environ


@contextmanager
def running(place: Home, bus: str | None, machine: Mapping[str, str] = NO_MACHINE) -> Iterator[App]:
    """`daybell start`, once it serves; without a bus it has no tray. `machine` as `surrounded` has it."""
    env = environment(place) | {"DBUS_SESSION_BUS_ADDRESS": bus or "", **machine}
    command = [PROGRAM, "start", *([] if bus else ["--headless"])]
    began = time.monotonic()
    with process(command, env) as child:
        client = Client(place.socket)
        wait_until(lambda: child.poll() is not None or _serves(client), "the app serves", START)
        if child.poll() is not None:
            raise RuntimeError(f"`daybell start` ended with {child.returncode}")
        yield App(child.pid, began, time.monotonic() - began, client)


def _serves(client: Client) -> bool:
    try:
        client.get(STATUS)
    except (NotRunning, ApiError):
        return False
    return True


def bare(count: int, *due: str) -> AbstractContextManager[Started]:
    """APScheduler alone with so many jobs, once it runs; `due` as in bare.py."""
    return ready([sys.executable, str(HERE / "bare.py"), str(count), *due])


@contextmanager
def ready(command: Sequence[str]) -> Iterator[Started]:
    """A program that says when it is ready, once it has said so."""
    began = time.monotonic()
    with process(command, environment()) as child:
        assert child.stdout
        if not child.stdout.readline():
            raise RuntimeError(f"it did not start: {' '.join(command)}")
        yield Started(child.pid, began, time.monotonic() - began)


@contextmanager
def process(command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended at the end, in a session of its own, so that Ctrl-C is ours to pass on."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        try:
            yield child
        except Exception:
            errors.seek(0)
            sys.stderr.write(errors.read().decode(errors="replace"))
            raise
        finally:
            end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.kill()
        child.wait()
        raise
    finally:
        if child.stdout:
            child.stdout.close()


def wait_until(holds: Callable[[], bool], what: str, seconds: float, step: float = 0.005) -> None:
    """TimeoutError when it does not come to hold within that time."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {seconds:g} s in vain: {what}")
        let_pass(step)


def let_pass(seconds: float) -> None:
    """A window over which something is measured."""
    threading.Event().wait(seconds)
