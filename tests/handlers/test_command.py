import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from uuid import uuid4

import pytest
from msgspec import structs

from builders import BERLIN, a_job, a_run, at, cron
from daybell.core.background import Background
from daybell.core.schedule import Calendar
from daybell.engine.messages import AttemptEnded, AttemptStarted
from daybell.engine.ports import Attempt, AttemptResult
from daybell.handlers.command import Commands
from daybell.handlers.live import Live
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.interface import Ended, Process, Processes, Sighting, Spawn
from daybell.machine.workers import WorkerPool
from daybell.model.durations import Duration
from daybell.model.job import CommandHandler, Limits
from daybell.model.run import ProcessIdentity
from daybell.model.sizes import Size
from greed import greed
from keepers import keeping
from secret_stores import WARDEN
from waiting import until

GRACE = timedelta(seconds=0.3)
NOBODY = ProcessIdentity(pid=1, create_time=2, boot_id="boot")


@pytest.fixture
def processes() -> Iterator[Processes]:
    clock = SystemClock()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    yield machine_processes(deadlines, clock)
    deadlines.stop()


@pytest.fixture
def commands(processes: Processes, tmp_path: Path) -> Commands:
    return Commands(processes, SystemClock(), keeping(tmp_path))


@pytest.fixture
def an_attempt(tmp_path: Path) -> Callable[..., Attempt]:
    def make(*argv: str, **changes: object) -> Attempt:
        run_id = f"test-{uuid4().hex}"
        changes.setdefault("cwd", str(tmp_path))
        limits = changes.pop("limits", Limits())
        handler = CommandHandler(argv=argv, **changes)  # type: ignore[arg-type]  # what the test wants
        return Attempt(
            run=a_run(run_id=run_id, traceparent="00-aa-bb-01"),
            job=a_job(id="backup", handler=handler, limits=limits),
            log=tmp_path / "logs" / "backup" / f"{run_id}.log",
        )

    return make


MakeAttempt = Callable[..., Attempt]


def run(commands: Commands, attempt: Attempt) -> AttemptResult:
    return without_figures(commands.run(attempt, lambda process: None))


def without_figures(result: AttemptResult) -> AttemptResult:
    """Only what the command itself decides."""
    return structs.replace(result, cpu_seconds=None, peak_memory=None, output=None, artifacts=None)


@pytest.mark.system
def test_a_command_that_succeeds(commands: Commands, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("sh", "-c", "echo out; echo err >&2")
    assert run(commands, attempt) == AttemptResult(outcome="succeeded", exit_code=0)
    assert attempt.log.read_text() == "out\nerr\n"


@pytest.mark.system
@pytest.mark.parametrize(
    ("line", "exit_code", "error"),
    [
        ("echo one; echo 'no space left' >&2; exit 3", 3, "no space left"),
        ("exit 4", 4, "exit code 4"),
        ("kill -SEGV $$", 139, "ended by SIGSEGV"),
        (r"printf 'caf\351 \377\n'; exit 1", 1, "caf\\xe9 \\xff"),
    ],
)
def test_a_command_that_fails_says_why(
    commands: Commands, an_attempt: MakeAttempt, line: str, exit_code: int, error: str
) -> None:
    expected = AttemptResult(outcome="failed", exit_code=exit_code, error=error)
    assert run(commands, an_attempt(line, shell=True)) == expected


@pytest.mark.system
@pytest.mark.parametrize(("line", "outcome"), [("exit 1", "succeeded"), ("exit 0", "failed")])
def test_the_job_says_which_exit_codes_are_success(
    commands: Commands, an_attempt: MakeAttempt, line: str, outcome: str
) -> None:
    attempt = an_attempt(line, shell=True, success_exit_codes=(1, 24, 137))
    assert run(commands, attempt).outcome == outcome


@pytest.mark.system
@pytest.mark.parametrize(
    ("warden", "secret", "error", "is_permanent"),
    [
        (WARDEN, "other", 'handler.env.TOKEN: there is no secret "other"', True),
        ((sys.executable, "-c", ""), "planted", "its secrets could not be looked up", False),
        (("/nowhere/python",), "planted", "it cannot be given its secrets: No such file or directory", False),
    ],
)
def test_a_command_without_its_secret_is_not_started(
    processes: Processes,
    tmp_path: Path,
    an_attempt: MakeAttempt,
    warden: tuple[str, ...],
    *,
    secret: str,
    error: str,
    is_permanent: bool,
) -> None:
    commands = Commands(processes, SystemClock(), keeping(tmp_path), warden=warden)
    attempt = an_attempt(f"touch {tmp_path}/started", shell=True, env={"TOKEN": f"keyring:{secret}"})
    result = run(commands, attempt)
    assert (result.outcome, result.is_permanent) == ("failed", is_permanent)
    assert (result.error or "").startswith(error)
    assert not (tmp_path / "started").exists()


@pytest.mark.system
def test_a_signal_is_never_success(commands: Commands, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("kill -9 $$", shell=True, success_exit_codes=(0, 137))
    assert run(commands, attempt).outcome == "failed"


@pytest.mark.system
def test_a_command_knows_where_and_who_it_is(
    commands: Commands, an_attempt: MakeAttempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    line = 'echo "$(pwd -P) $INHERITED $GREETING $DAYBELL_JOB_ID $DAYBELL_RUN_ID $TRACEPARENT"'
    attempt = an_attempt(line, shell=True, env={"GREETING": "hello"})
    run(commands, attempt)
    expected = f"{tmp_path.resolve()} yes hello backup {attempt.run.run_id} 00-aa-bb-01\n"
    assert attempt.log.read_text() == expected


@pytest.mark.system
def test_a_command_knows_why_it_runs_and_what_came_before(
    commands: Commands, an_attempt: MakeAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYBELL_LAST_SUCCESS", "of the job that started Daybell")
    attempt = an_attempt("env | grep ^DAYBELL_ | grep -Ev '_(ID|ARTIFACTS)=' | sort", shell=True)
    due, missed = attempt.run.due, (at("2026-01-01 02:30"), at("2026-01-02 02:30"))
    run(commands, structs.replace(attempt, run=structs.replace(attempt.run, due=None, cause="manual")))
    assert attempt.log.read_text().splitlines() == [
        "DAYBELL_ATTEMPT=1",
        "DAYBELL_CAUSE=manual",
        "DAYBELL_MISSED_COUNT=0",
    ]
    attempt.log.unlink()
    calendar = Calendar(BERLIN, at("2026-01-01 00:00"))
    background = Background(due, missed, calendar)
    daily = structs.replace(attempt.job, triggers=(cron("30 2 * * *", "UTC"),))
    run(commands, structs.replace(attempt, job=daily, background=background))
    assert attempt.log.read_text().splitlines() == [
        "DAYBELL_ATTEMPT=1",
        "DAYBELL_CAUSE=schedule",
        "DAYBELL_LAST_SUCCESS=2026-01-03T02:30:00Z",
        "DAYBELL_MISSED_COUNT=2",
        "DAYBELL_SCHEDULED_AT=2026-01-03T02:30:00Z",
    ]


@pytest.mark.system
def test_what_a_command_took_of_the_machine_is_known(commands: Commands, an_attempt: MakeAttempt) -> None:
    line = "import time\nwhile time.process_time() < 0.3: pass"
    result = commands.run(an_attempt(sys.executable, "-c", line), lambda process: None)
    assert result.cpu_seconds is not None
    assert 0.3 <= result.cpu_seconds < 5


def test_what_the_system_says_of_a_command_is_passed_on(an_attempt: MakeAttempt, tmp_path: Path) -> None:
    process = FakeProcess(Ended(exit_code=0, cpu_seconds=1.5, peak_memory=150 << 20))
    commands = Commands(FakeProcesses(lambda: None, process), SystemClock(), keeping(tmp_path))
    result = commands.run(an_attempt("true"), lambda process: None)
    assert (result.cpu_seconds, result.peak_memory) == (1.5, 150 << 20)


@pytest.mark.system
def test_a_program_sees_its_name_as_it_was_written(commands: Commands, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("sh", "-c", "echo $0 $1", "a b", "'c' \"$d\"")
    run(commands, attempt)
    assert attempt.log.read_text() == "a b 'c' \"$d\"\n"


@pytest.mark.system
@pytest.mark.parametrize("limits", [Limits(), Limits(nice=1)], ids=["free", "limited"])
@pytest.mark.parametrize(
    ("argv", "changes", "error"),
    [
        (("no-such-program",), {}, "program not found: 'no-such-program' is not on the job's PATH"),
        (("sh",), {"cwd": "/no/such/place"}, "the directory '/no/such/place' does not exist"),
        (("sh", "a\0b"), {}, "cannot start 'sh': embedded null byte"),
        (("sh",), {"env": {"A=B": "c"}}, "cannot start 'sh': illegal environment variable name"),
        (("./empty",), {}, "cannot start './empty': Exec format error"),
        (("./lost",), {}, "cannot start './lost': it is gone, or the interpreter"),
    ],
)
def test_a_command_that_cannot_start_fails_with_a_remedy(
    commands: Commands,
    an_attempt: MakeAttempt,
    tmp_path: Path,
    argv: tuple[str, ...],
    changes: dict[str, object],
    error: str,
    limits: Limits,
) -> None:
    for name, text in (("empty", "\x00"), ("lost", "#!/no/such/interpreter\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    result = run(commands, an_attempt(*argv, limits=limits, **changes))
    assert (result.outcome, result.exit_code) == ("failed", None)
    assert result.error is not None
    assert result.error.startswith(error)


BURN = "while :; do :; done"


@pytest.mark.system
@pytest.mark.parametrize("line", [BURN, f"echo working; ({BURN}); exit $?"], ids=["itself", "by its shell"])
def test_a_limit_on_cpu_time_that_was_reached_is_the_error(
    commands: Commands, an_attempt: MakeAttempt, line: str
) -> None:
    attempt = an_attempt(line, shell=True, limits=Limits(cpu_time=Duration(seconds=1)))
    expected = AttemptResult(outcome="failed", exit_code=152, error="cpu_time limit of 1s reached")
    assert run(commands, attempt) == expected


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not enforce limits on memory")
def test_an_error_under_a_limit_on_memory_tells_the_peak(commands: Commands, an_attempt: MakeAttempt) -> None:
    greedy = greed()
    result = run(commands, an_attempt(*greedy.argv, limits=Limits(memory=greedy.limit)))
    assert (result.outcome, result.exit_code) == ("failed", 1)
    told = re.fullmatch(r"MemoryError \(peak (\w+) of (\w+)\)", result.error or "")
    assert told, result.error
    assert greedy.told_of(Size.parse(told[1]))
    assert Size.parse(told[2]) == greedy.limit


@pytest.mark.system
def test_a_limited_command_that_succeeds_says_nothing_of_it(
    commands: Commands, an_attempt: MakeAttempt
) -> None:
    limits = Limits(nice=1, ionice="idle", memory=Size.parse("1G"), cpu_time=Duration(hours=1))
    attempt = an_attempt("sh", "-c", "echo $0 $1", "a b", "'c' \"$d\"", limits=limits)
    assert run(commands, attempt) == AttemptResult(outcome="succeeded", exit_code=0)
    assert attempt.log.read_text() == "a b 'c' \"$d\"\n"


def test_a_log_that_cannot_be_written_is_a_failure(
    commands: Commands, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    (tmp_path / "logs").write_text("in the way")
    result = run(commands, an_attempt("sh"))
    assert result.outcome == "failed"
    assert result.error is not None
    assert result.error.startswith(f"{tmp_path / 'logs'}")
    assert ": cannot be written: " in result.error


@pytest.mark.system
def test_T2_an_orphan_that_holds_the_output_holds_nobody_up(
    commands: Commands, processes: Processes, an_attempt: MakeAttempt
) -> None:
    attempt = an_attempt("sleep 300 & echo done", shell=True)
    clock = SystemClock()
    start = clock.monotonic()
    assert run(commands, attempt) == AttemptResult(outcome="succeeded", exit_code=0, left_processes=True)
    assert clock.monotonic() - start < 10, "it lives for five minutes"
    orphans = [one.identity for one in processes.sightings() if attempt.run.run_id in one.marks]
    for orphan in orphans:
        with suppress(ProcessLookupError):
            os.kill(orphan.pid, signal.SIGKILL)
    assert len(orphans) == 1


@pytest.mark.system
def test_an_attempt_is_ended_by_its_run_id(commands: Commands, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("sleep", "300")
    result = commands.run(attempt, lambda process: commands.end(attempt.run.run_id, GRACE))
    ended = AttemptResult(outcome="failed", exit_code=143, error="ended by SIGTERM")
    assert without_figures(result) == ended


@pytest.mark.system
def test_ending_an_unknown_run_does_nothing(commands: Commands, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("true")
    commands.end(attempt.run.run_id, GRACE)
    assert run(commands, attempt).outcome == "succeeded"


class FakeProcess:
    def __init__(self, end: Ended) -> None:
        self.identity = NOBODY
        self.ended: list[timedelta] = []
        self._end = end

    def wait(self) -> Ended:
        return self._end

    def end(self, grace: timedelta) -> None:
        self.ended.append(grace)


class FakeProcesses:
    """Hands out one process, and lets something happen while it spawns."""

    def __init__(self, meanwhile: Callable[[], None], process: FakeProcess | None = None) -> None:
        self.process = process or FakeProcess(Ended(exit_code=0))
        self.spawned = 0
        self._meanwhile = meanwhile

    def spawn(self, spawn: Spawn) -> Process:
        self.spawned += 1
        self._meanwhile()
        return self.process

    def adopt(self, identity: ProcessIdentity, run_id: str) -> Process:
        self._meanwhile()
        return self.process

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return False

    def sightings(self) -> list[Sighting]:
        return []


SPAWN = Spawn(program="x", argv=("x",), shell=False, cwd=Path(), env={}, output=1, run_id="r1")


def test_an_attempt_that_is_ended_before_it_spawns_never_spawns() -> None:
    live, processes = Live(), FakeProcesses(lambda: None)
    live.end(GRACE)
    assert live.spawn(processes, SPAWN) is None
    assert processes.spawned == 0


def test_an_attempt_that_is_ended_while_it_spawns_is_ended_at_once() -> None:
    live = Live()
    processes = FakeProcesses(lambda: live.end(GRACE))
    assert live.spawn(processes, SPAWN) is processes.process
    assert processes.process.ended == [GRACE]


def test_the_end_of_an_adopted_run_is_unknown(tmp_path: Path) -> None:
    process = FakeProcess(Ended(exit_code=None, left_processes=True))
    commands = Commands(FakeProcesses(lambda: None, process), SystemClock(), keeping(tmp_path))
    assert commands.adopt("r1", NOBODY) == AttemptResult(outcome="unknown", left_processes=True)
    assert process.ended == []


def test_an_adopted_run_can_be_ended_before_it_is_adopted(tmp_path: Path) -> None:
    processes = FakeProcesses(lambda: None)
    commands = Commands(processes, SystemClock(), keeping(tmp_path))
    commands.end("r1", GRACE)
    commands.adopt("r1", NOBODY)
    assert processes.process.ended == [GRACE]
    commands.adopt("r1", NOBODY)
    assert processes.process.ended == [GRACE]


def test_an_adopted_run_can_be_ended_while_it_is_adopted(tmp_path: Path) -> None:
    processes = FakeProcesses(lambda: handler.end("r1", GRACE))
    handler = Commands(processes, SystemClock(), keeping(tmp_path))
    handler.adopt("r1", NOBODY)
    assert processes.process.ended == [GRACE]


@pytest.mark.system
def test_two_hundred_quick_attempts_leave_no_zombie(
    processes: Processes, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    reports: SimpleQueue[AttemptStarted | AttemptEnded] = SimpleQueue()
    commands = Commands(processes, SystemClock(), keeping(tmp_path))
    pool = WorkerPool(commands, reports.put, SystemClock(), most=8)
    attempts = [an_attempt("true") for _ in range(200)]
    for attempt in attempts:
        pool.start(attempt)
    seen = [reports.get(timeout=20) for _ in range(400)]
    pids = {report.process.pid for report in seen if isinstance(report, AttemptStarted)}
    results = [without_figures(report.result) for report in seen if isinstance(report, AttemptEnded)]
    assert results == [AttemptResult(outcome="succeeded", exit_code=0)] * 200
    assert pool.stop(timedelta(seconds=5)) == []
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@pytest.mark.system
def test_an_attempt_in_the_pool_is_ended(
    processes: Processes, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    reports: SimpleQueue[AttemptStarted | AttemptEnded] = SimpleQueue()
    commands = Commands(processes, SystemClock(), keeping(tmp_path))
    pool = WorkerPool(commands, reports.put, SystemClock(), most=1)
    attempt = an_attempt("sleep", "300")
    pool.start(attempt)
    started = reports.get(timeout=5)
    assert isinstance(started, AttemptStarted)
    assert processes.is_alive(started.process)
    pool.end(attempt.run.run_id, GRACE)
    ended = reports.get(timeout=5)
    assert isinstance(ended, AttemptEnded)
    assert ended.result.error == "ended by SIGTERM"
    assert pool.stop(timedelta(seconds=5)) == []
    until(lambda: not any(thread.name.startswith("worker-") for thread in threading.enumerate()))


@pytest.mark.system
def test_no_process_exists_before_its_instant(commands: Commands, an_attempt: MakeAttempt) -> None:
    clock = SystemClock()
    instant = clock.now() + timedelta(milliseconds=60)
    spawned_at: list[datetime] = []
    attempt = structs.replace(an_attempt("true"), not_before=instant)
    assert commands.run(attempt, lambda _: spawned_at.append(clock.now())).outcome == "succeeded"
    assert spawned_at[0] >= instant


def test_an_attempt_that_waits_for_its_instant_can_be_ended(
    commands: Commands, an_attempt: MakeAttempt
) -> None:
    attempt = structs.replace(an_attempt("true"), not_before=SystemClock().now() + timedelta(seconds=60))
    results: list[AttemptResult] = []
    worker = threading.Thread(target=lambda: results.append(commands.run(attempt, lambda _: None)))
    worker.start()
    until(attempt.log.exists)
    commands.end(attempt.run.run_id, GRACE)
    worker.join(0.5)
    assert [result.error for result in results] == ["it was ended before it started"]
