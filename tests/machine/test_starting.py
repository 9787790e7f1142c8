"""Real processes that are limited before they begin."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec import structs

if sys.platform != "linux":
    pytest.skip("it looks its children up in /proc", allow_module_level=True)

from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.own_command import SHIM, own_role
from daybell.machine.processes import channel
from daybell.machine.processes.interface import TAG, Ended, Spawn
from daybell.machine.processes.linux import LinuxCensus
from daybell.machine.processes.posix import PosixProcesses
from daybell.machine.processes.scopes import Scopes, controllers_of
from daybell.machine.processes.starting import _start_by_shim
from daybell.model.durations import Duration
from daybell.model.job import Limits
from daybell.model.sizes import Size
from greed import greed

pytestmark = pytest.mark.system

RUN = f"start-{uuid4().hex}"
LIMITS = Limits(nice=3, ionice="low", memory=Size.parse("2G"), cpu_time=Duration(hours=1))
"""Of every kind, and wide enough for anything."""
SECOND = Limits(cpu_time=Duration(seconds=1))
BURN = "while :; do :; done"


class Stage:
    """Where commands are spawned, and their output is read."""

    def __init__(self, directory: Path, deadlines: DeadlineThread) -> None:
        self.directory = directory
        self.scopes: Scopes | None = None
        self._deadlines = deadlines

    def run(self, *argv: str, limits: Limits = LIMITS, **changes: object) -> tuple[Ended, str]:
        """How it ended, and what it said."""
        path = self.directory / "output"
        processes = PosixProcesses(LinuxCensus(), self._deadlines, SystemClock(), self.scopes)
        with path.open("wb") as output:
            spawn = structs.replace(self.spawn(*argv, output=output.fileno()), limits=limits, **changes)
            ended = processes.spawn(spawn).wait()
        return ended, path.read_text(errors="surrogateescape")

    def line(self, line: str, limits: Limits = LIMITS) -> tuple[Ended, str]:
        return self.run(line, limits=limits, shell=True)

    def spawn(self, *argv: str, output: int) -> Spawn:
        return Spawn(
            program=shutil.which(argv[0]) or argv[0],
            argv=argv,
            shell=False,
            cwd=self.directory,
            env={**os.environ, TAG: RUN},
            output=output,
            run_id=RUN,
        )


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    deadlines = DeadlineThread(SystemClock())
    deadlines.start()
    yield Stage(tmp_path, deadlines)
    deadlines.stop()


def test_a_command_and_its_children_have_the_limits(stage: Stage) -> None:
    look = "nice; ionice; ulimit -v; ulimit -St; ulimit -Ht; cat /proc/self/autogroup"
    limits = structs.replace(LIMITS, nice=7)
    said = stage.line(f"{look}; sh -c '{look}'", limits)[1].split("\n")
    seen = ["7", "best-effort: prio 7", "2097152", "3600", "3605"]
    assert said[:5] == said[6:11] == seen
    assert said[5].endswith(" nice 7")


@pytest.mark.parametrize(
    "argv",
    [
        ("cat", "/proc/self/environ"),
        ("cat", "/proc/self/cmdline", "a b", "", "'\"$\\", "ü \udcff\n"),
        ("grep", "-E", "Sig(Blk|Ign|Cgt)|Umask|Groups", "/proc/self/status"),
        (
            "readlink",
            "/proc/self/cwd",
            "/proc/self/exe",
            "/proc/self/fd/0",
            "/proc/self/fd/1",
            "/proc/self/fd/2",
        ),
        ("ls", "/proc/self/fd"),
        ("cut", "-d", " ", "-f", "2,4,7", "/proc/self/stat"),
        ("sh", "-c", "cat; cut -d ' ' -f 5,6 /proc/$$/stat | sed s/$$/me/g"),
    ],
    ids=lambda argv: argv[0],
)
def test_nothing_but_the_limits_differs(stage: Stage, argv: tuple[str, ...]) -> None:
    """Names that are no shell's, what Python itself looks at, and what is not UTF-8."""
    odd = {
        "a.b": "1",
        "PYTHONHOME": "/no",
        "PYTHONPATH": "/no",
        "LD_BIND_NOW": "",
        "X": "\udcff\n=",
        "LANG": "C",
    }
    env = {**odd, "PATH": os.environ["PATH"], TAG: RUN}
    free, limited = (stage.run(*argv, limits=limits, env=env)[1] for limits in (Limits(), LIMITS))
    assert free == limited
    assert free


@pytest.mark.parametrize(
    ("line", "exit_code", "cause"),
    [("exit 3", 3, None), ("kill -SEGV $$", 139, "SIGSEGV"), ("kill -9 $$", 137, "SIGKILL")],
)
def test_its_end_is_that_of_the_command(stage: Stage, line: str, exit_code: int, cause: str | None) -> None:
    ended, _ = stage.line(line)
    assert (ended.exit_code, ended.cause, ended.reached) == (exit_code, cause, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"program": "/no/such/program"},
        {"program": "/tmp"},
        {"program": "./empty"},
        {"program": "./lost"},
        {"argv": ("sh", "a\0b")},
        {"env": {"A=B": "c"}},
        {"cwd": Path("/no/such/place")},
    ],
    ids=str,
)
def test_what_cannot_start_says_the_same_as_without_limits(stage: Stage, changes: dict[str, object]) -> None:
    for name, text in (("empty", "\x00"), ("lost", "#!/no/such/interpreter\n")):
        (stage.directory / name).write_text(text)
        (stage.directory / name).chmod(0o755)
    told = []
    for limits in (Limits(), LIMITS):
        with pytest.raises((OSError, ValueError)) as caught:
            stage.run("sh", limits=limits, **changes)
        error = caught.value
        told.append((type(error), getattr(error, "strerror", None) or str(error)))
    assert told[0] == told[1]


def test_a_limit_on_cpu_time_is_named(stage: Stage) -> None:
    ended, _ = stage.line(BURN, SECOND)
    assert (ended.exit_code, ended.cause, ended.reached) == (152, "SIGXCPU", "cpu_time")
    assert ended.cpu_seconds is not None
    assert 0.5 < ended.cpu_seconds < 3


def test_a_limit_on_cpu_time_is_named_through_a_shell(stage: Stage) -> None:
    ended, _ = stage.line(f"({BURN}); exit $?", SECOND)
    assert (ended.exit_code, ended.cause, ended.reached) == (152, None, "cpu_time")


def test_memory_beyond_the_limit_is_not_given(stage: Stage) -> None:
    greedy = greed()
    ended, said = stage.run(*greedy.argv, limits=Limits(memory=greedy.limit))
    assert said.splitlines()[-1] == "MemoryError"
    assert (ended.exit_code, ended.reached) == (1, None)
    assert ended.peak_memory is not None
    assert greedy.told_of(ended.peak_memory)


def test_what_stays_below_daybell_itself_is_not_told(stage: Stage) -> None:
    assert stage.line("true")[0].peak_memory is None


def test_a_limit_too_small_for_anything_is_a_failure(stage: Stage) -> None:
    ended, _ = stage.run("sh", "-c", "exit 0", limits=Limits(memory=Size.parse("1M")))
    assert ended.exit_code != 0


def test_limits_that_hold_already_are_never_raised(stage: Stage) -> None:
    with (stage.directory / "output").open("wb") as output:
        spawn = stage.spawn("sh", "-c", "ulimit -v", output=output.fileno())
        command = ["prlimit", "--as=1073741824", *own_role(SHIM)]
        popen = _start_by_shim(spawn, command, {"memory": 2 << 30})
    assert popen is not None
    assert popen.wait() == 0
    assert (stage.directory / "output").read_text() == "1048576\n"


def test_a_nice_value_that_is_not_granted_does_not_keep_it_from_running(stage: Stage) -> None:
    if not shutil.which("setpriv") or os.geteuid() != 0:
        pytest.skip("takes a right away from root")
    with (stage.directory / "output").open("wb") as output:
        spawn = stage.spawn("nice", output=output.fileno())
        command = ["setpriv", "--bounding-set=-sys_nice", *own_role(SHIM)]
        popen = _start_by_shim(spawn, command, {"nice": -5})
    assert popen is not None
    assert popen.wait() == 0
    assert (stage.directory / "output").read_text() == f"{os.getpriority(os.PRIO_PROCESS, 0)}\n"


@pytest.mark.parametrize("end", [socket.SHUT_RDWR, socket.SHUT_WR], ids=["at once", "a moment later"])
def test_a_shim_whose_daybell_is_gone_becomes_nothing(end: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.shutdown(end)
        done = subprocess.run(
            own_role(SHIM), stdin=theirs.fileno(), capture_output=True, timeout=10, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (127, b"", b"")


def test_an_interpreter_that_is_gone_is_told_apart_from_the_program(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/gone/python")
    with pytest.raises(OSError, match="its limits cannot be set: '/gone/python' is gone") as caught:
        stage.line("true")
    assert not isinstance(caught.value, FileNotFoundError)


def test_an_interpreter_that_does_nothing_of_the_sort_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    with pytest.raises(OSError, match="its limits cannot be set: "):
        stage.line("true")


SYSTEMD_RUN = """#!/bin/sh
echo "$@" >> {here}/calls
while [ "$1" != -- ]; do case $1 in --unit=*) unit=${{1#--unit=}};; esac; shift; done; shift
scope={here}/cgroup/app.slice/$unit
mkdir -p {here}/proc/$$ $scope
echo "0::/app.slice/$unit" > {here}/proc/$$/cgroup
printf 'oom 1\\noom_kill {kills}\\n' > $scope/memory.events
echo 530000000 > $scope/memory.peak
exec "$@"
"""
REFUSES = "#!/bin/sh\necho asked >> {here}/calls; echo 'Failed to connect to bus' >&2; exit 1\n"


def with_systemd(stage: Stage, script: str) -> Path:
    """Have this for the systemd of the person; where it notes how it was called."""
    here = stage.directory
    controllers = here / "cgroup" / controllers_of(os.getuid())
    for file, text in (
        (here / "run" / "systemd" / "private", ""),
        (controllers, "memory pids"),
        (here / "bin" / "systemd-run", script),
    ):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    (here / "bin" / "systemd-run").chmod(0o755)
    environ = {"XDG_RUNTIME_DIR": str(here / "run"), "PATH": str(here / "bin")}
    stage.scopes = Scopes(environ, os.getuid(), proc=here / "proc", cgroups=here / "cgroup")
    return here / "calls"


def test_a_scope_limits_the_memory_and_the_shim_the_rest(stage: Stage) -> None:
    calls = with_systemd(stage, SYSTEMD_RUN.format(here=stage.directory, kills=0))
    ended, said = stage.line("nice; ulimit -v; ulimit -St")
    assert said == "3\nunlimited\n3600\n"
    assert "-p MemoryMax=2147483648" in calls.read_text()
    assert (ended.reached, ended.peak_memory) == (None, 530_000_000)


def test_in_a_scope_nothing_but_the_limits_differs(stage: Stage) -> None:
    with_systemd(stage, SYSTEMD_RUN.format(here=stage.directory, kills=0))
    free, scoped = (stage.run("cat", "/proc/self/environ", limits=one)[1] for one in (Limits(), LIMITS))
    assert free == scoped


def test_a_scope_names_the_memory(stage: Stage) -> None:
    with_systemd(stage, SYSTEMD_RUN.format(here=stage.directory, kills=1))
    ended, _ = stage.line("kill -9 $$")
    assert (ended.cause, ended.reached) == ("SIGKILL", "memory")


def test_a_scope_is_only_made_for_memory(stage: Stage) -> None:
    calls = with_systemd(stage, SYSTEMD_RUN.format(here=stage.directory, kills=0))
    stage.line("true", Limits(nice=1))
    assert not calls.exists()


def test_where_systemd_refuses_each_process_is_limited_by_itself(stage: Stage) -> None:
    calls = with_systemd(stage, REFUSES.format(here=stage.directory))
    said = [stage.line("ulimit -v")[1].split("\n") for _ in range(2)]
    assert [lines[-2] for lines in said] == ["2097152", "2097152"]
    assert calls.read_text() == "asked\n"


def test_a_systemd_that_does_not_answer_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "READY_SECONDS", 1)
    with_systemd(stage, "#!/bin/sh\nexec sleep 300\n")
    assert stage.line("ulimit -v")[1] == "2097152\n"


def test_the_real_systemd_run_understands_how_it_is_called(stage: Stage) -> None:
    """There is none to answer it, which it says only when it has understood."""
    if not (program := shutil.which("systemd-run")):
        pytest.skip("systemd is not installed")
    with_systemd(stage, "")
    (stage.directory / "bin" / "systemd-run").unlink()
    (stage.directory / "bin" / "systemd-run").symlink_to(program)
    said = stage.line("ulimit -v")[1].splitlines()
    assert said[-1] == "2097152"
    assert not [line for line in said if "option" in line or "assignment" in line.lower()]


def test_a_limited_command_is_the_process_that_was_spawned(stage: Stage) -> None:
    with (stage.directory / "output").open("wb") as output:
        spawn = structs.replace(stage.spawn("sleep", "300", output=output.fileno()), limits=LIMITS)
        processes = PosixProcesses(LinuxCensus(), stage._deadlines, SystemClock(), None)
        process = processes.spawn(spawn)
    pid = process.identity.pid
    assert Path(f"/proc/{pid}/comm").read_text() == "sleep\n"
    assert os.getpgid(pid) == os.getsid(pid) == pid
    os.kill(pid, signal.SIGTERM)
    assert process.wait().cause == "SIGTERM"
