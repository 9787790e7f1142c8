"""No byte of a secret that a command was given is found in the home afterwards."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import msgspec
import pytest

from builders import a_job
from daybell.engine.service import SchedulerService
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.interface import Processes
from daybell.model.durations import Duration
from daybell.model.job import CommandHandler, Job, Keep, Limits, Retry
from daybell.model.run import Run
from daybell.model.sizes import Size
from secret_lives import SLEEPER, life
from secret_stores import SECRET
from waiting import until

pytestmark = pytest.mark.system

CAP = Size(512 << 10)
WINDOW = 6
"""Bytes of the secret, or of a form of it, that nothing may have in a row."""
BEGIN = """
import base64, json, os, sys, time, urllib.parse
secret = os.environ["SECRET"]
raw = os.fsencode(secret)
"""
BYTE_BY_BYTE = "for number, byte in enumerate(raw * 3): os.write(1 + number // len(raw) % 2, bytes([byte]))\n"
SCRIPTS = {
    "byte-by-byte": BYTE_BY_BYTE + "sys.exit('wrong password: ' + secret)",
    "flushed": "for part in secret: print(part, end='', flush=True)\nsys.exit(3)",
    "across-borders": (
        "for cut in range(1, len(raw)):\n"
        "    os.write(1, b'.' * (65536 - cut) + raw[:cut])\n"
        "    os.write(2, raw[cut:] + b'\\n')\n"
        "sys.exit(secret)"
    ),
    "bad-argument": (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--port', type=int)\n"
        "parser.parse_args(['--port', secret])"
    ),
    "traceback": "raise ValueError(secret)",
    "quoted": (
        "print(urllib.parse.quote(secret), urllib.parse.quote_plus(secret), json.dumps(secret), repr(raw))\n"
        "print(base64.b64encode(b'me:' + raw), base64.b64encode(b'you:' + raw + b'!'))\n"
        "sys.exit(repr(secret))"
    ),
    "coloured": "sys.exit('\\x1b[1m'.join(secret[at:at + 3] for at in range(0, len(secret), 3)))",
    "much": "for _ in range(20000): print('so', secret, 'it is')\nsys.exit(1)",
    "capped": "for _ in range(100000): print('so', secret, 'it is')\nsys.exit(1)",
    "succeeds": "print(secret)",
    "cut-off": "os.write(1, raw[:-1]); time.sleep(300)",
}

ERRORS = {
    "succeeds": None,
    "byte-by-byte": "*********wrong password: ***",
    "limited": "*********wrong password: ***",
    "bad-argument": "-c: error: argument --port: invalid int value: '***'",
    "traceback": "ValueError: ***",
    "quoted": "'***'",
    "much": "so *** it is",
    "capped": "so *** it is",
    "cut-off": "timed out after 3s",
    "unknown-program": (
        "program not found: 'no-such-program' is not on the job's PATH: "
        "install it or write its full path in handler.argv[0]"
    ),
    "unknown-secret": 'handler.env.TOKEN: there is no secret "other": set it with `daybell secret set other`',
}


def a_command(job_id: str, *argv: str, **changes: object) -> Job:
    shell = bool(changes.pop("shell", False))
    env = changes.pop("env", {"SECRET": "keyring:planted"})
    handler = CommandHandler(argv=argv, cwd="/", env=env, shell=shell)  # type: ignore[arg-type]  # what the test wants
    return a_job(id=job_id, handler=handler, **changes)


def the_jobs() -> list[Job]:
    soon = Duration(milliseconds=10)
    jobs = [a_command(job_id, sys.executable, "-c", BEGIN + script) for job_id, script in SCRIPTS.items()]
    by_id = {job.id: job for job in jobs}
    of_two = msgspec.structs.replace(by_id["byte-by-byte"], retry=Retry(max_attempts=2, delay=soon))
    limited = msgspec.structs.replace(by_id["byte-by-byte"], id="limited", limits=Limits(nice=1))
    timed = msgspec.structs.replace(by_id["cut-off"], timeout=Duration(seconds=3))
    capped = msgspec.structs.replace(by_id["capped"], keep=Keep(output=CAP))
    return [
        *(by_id | {job.id: job for job in (of_two, timed, capped)}).values(),
        limited,
        a_command("shell", 'set -x; echo "$SECRET"; ls "/$SECRET"', shell=True),
        a_command("unknown-program", "no-such-program"),
        a_command("unknown-secret", "true", env={"SECRET": "keyring:planted", "TOKEN": "keyring:other"}),
        a_command("left-behind", 'echo "$SECRET"; (sleep 1; echo "$SECRET") & exit 1', shell=True),
    ]


def test_no_file_of_the_home_has_any_part_of_a_secret(tmp_path: Path) -> None:
    jobs = the_jobs()
    with life(tmp_path, jobs) as service:
        runs = {job.id: service.run_now(job.id) for job in jobs}
        until(lambda: all(service.get_run(run_id).outcome for run_id in runs.values()), 60)
        until(lambda: not any(thread.name.startswith("pump ") for thread in threading.enumerate()), 10)
        ended = {job_id: service.get_run(run_id) for job_id, run_id in runs.items()}
        leave_answers(service, tmp_path)
    assert errors(ended) == {**dict.fromkeys(ended, "***"), **ERRORS}
    assert (ended["cut-off"].outcome, ended["byte-by-byte"].attempts) == ("timed_out", 2)
    logs = {job_id: Path(run.log or "") for job_id, run in ended.items()}
    assert logs["left-behind"].read_text() == "***\n***\n"
    assert logs["cut-off"].read_text() == "***"
    assert logs["much"].read_text() == "so *** it is\n" * 20000
    assert logs["capped"].stat().st_size < CAP * 1.2
    assert findings(tmp_path) == []
    (tmp_path / "planted").write_text(f"x{SECRET[3:-3]}x")
    assert findings(tmp_path) == [tmp_path / "planted"]


def errors(ended: dict[str, Run]) -> dict[str, str | None]:
    """What a person reads first of each; the shell and its programs have words of their own."""
    found = {job_id: run.error for job_id, run in ended.items()}
    assert re.fullmatch(r".*\*\*\*.*", found.pop("shell") or "")
    return found | {"shell": "***"}


def leave_answers(service: SchedulerService, home: Path) -> None:
    """What the API, the tray and the command line would show lies in the home as well."""
    answers = [service.status(), service.history()]
    (home / "answers").write_bytes(b"\n".join(map(msgspec.json.encode, answers)))


def findings(home: Path) -> list[Path]:
    """The files that have a part of the secret in them, or in their name."""
    windows = {form[at : at + WINDOW] for form in forms() for at in range(len(form) - WINDOW + 1)}
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"journal.jsonl", "recent.jsonl", "daybell.log", "notices"}
    return [path for path in files if has_any(bytes(path) + path.read_bytes(), windows)]


def forms() -> list[bytes]:
    """What the scripts above print, and what would be left of it: Base64 without its ends."""
    raw = SECRET.encode()
    quoted = [quote(SECRET), quote_plus(SECRET), json.dumps(SECRET)[1:-1], repr(raw)[2:-1]]
    in_base64 = [base64.b64encode(before + raw)[4:-4] for before in (b"", b"1", b"12")]
    return [raw, *map(str.encode, quoted), *in_base64]


def has_any(content: bytes, windows: set[bytes]) -> bool:
    return any(window in content for window in windows)


@pytest.fixture
def processes() -> Iterator[Processes]:
    deadlines = DeadlineThread(SystemClock())
    deadlines.start()
    yield machine_processes(deadlines, SystemClock())
    deadlines.stop()


LIVES = Path(__file__).parents[1] / "secret_lives.py"


def test_what_was_given_secrets_is_ended_after_a_crash_and_not_adopted(
    tmp_path: Path, processes: Processes
) -> None:
    argv = [sys.executable, str(LIVES), str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(LIVES.parent), *sys.path])}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=environ) as first:
        try:
            until(lambda: bool(sleepers(processes, tmp_path)) and has_started(tmp_path), 20)
        finally:
            first.kill()
    left = sleepers(processes, tmp_path)
    assert left
    try:
        with life(tmp_path, [SLEEPER]) as service:
            until(lambda: service.history().runs[0].outcome is not None, 20)
            (run,) = service.history().runs
            until(lambda: not sleepers(processes, tmp_path), 20)
        assert (run.outcome, run.reason) == ("interrupted", "Daybell ended while it ran")
    finally:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def sleepers(processes: Processes, home: Path) -> list[int]:
    """What lives of the runs of this home, whose journal knows them."""
    journal = home / "state" / "journal.jsonl"
    with suppress(FileNotFoundError):
        text = journal.read_text()
        marked = [one for one in processes.sightings() if any(f'"{mark}"' in text for mark in one.marks)]
        return [one.identity.pid for one in marked]
    return []


def has_started(home: Path) -> bool:
    """As the journal says: the shim by which it begins is seen before."""
    return '"type":"run_started"' in (home / "state" / "journal.jsonl").read_text()
