"""Jobs that refer to secrets, in the real app, with a keyring on a real bus."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app_home import DAYBELL, Home
from daybell.machine.own_command import WARDEN
from fake_keyring import FakeKeyring
from memories import children_of, cmdline, files_with, pids, remembers, shown_with
from tray_host import private_bus
from waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.desktop,
    pytest.mark.skipif(sys.platform != "linux", reason="it needs a Secret Service"),
]

SECRET = f"{uuid4().hex}-{uuid4().hex}"
WINDOW = 10
"""Bytes of it that nothing may have in a row."""
PARTS = [SECRET[at : at + WINDOW].encode() for at in range(len(SECRET) - WINDOW + 1)]
WHOLE = [SECRET.encode(), SECRET[:32].encode(), SECRET[-32:].encode()]
SPLIT = 'printf "it is %s" "${TOKEN%-*}"; sleep 0.2; echo "-${TOKEN#*-}."; '
"""In two writes."""
WAIT = 'cat "$GATE" >/dev/null'


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with private_bus() as address:
        yield address


@pytest.fixture
def keyring(address: str) -> Iterator[FakeKeyring]:
    with FakeKeyring(address, token=SECRET) as keyring:
        yield keyring


@pytest.fixture
def home(tmp_path: Path, address: str) -> Home:
    return Home(tmp_path / "home", DBUS_SESSION_BUS_ADDRESS=address)


def a_job(home: Home, job_id: str, line: str, *, gate: str = "", **keys: Any) -> None:
    env = {"TOKEN": "keyring:token", "GATE": gate}
    home.write(job_id, {"handler": {"type": "command", "argv": [line], "shell": True, "env": env}, **keys})


def keep(home: Home, secret: str) -> None:
    """As a person does."""
    argv = [*DAYBELL, "secret", "set", "token", "--stdin"]
    subprocess.run(argv, env=home.environ, input=secret.encode(), timeout=30, check=True)


def test_a_job_is_given_its_secret_and_nobody_reads_it_in_its_output(
    home: Home, keyring: FakeKeyring
) -> None:
    a_job(home, "say", f'{SPLIT}printf %s "$TOKEN" | wc -c; exit 3')
    with home.running("--headless"):
        done = home.daybell("run", "say", "--wait")
        assert done.returncode == 3
        (run,) = home.ended("say")
        assert home.daybell("logs", "say").stdout == f"it is ***.\n{len(SECRET)}\n"
    assert (run["outcome"], run["error"], run["has_secrets"]) == ("failed", str(len(SECRET)), True)


def test_what_a_person_keeps_is_what_the_job_gets(home: Home, keyring: FakeKeyring) -> None:
    keyring.items.clear()
    a_job(home, "say", f'test "$TOKEN" = "$(cat {home.path.parent}/told)"')
    (home.path.parent / "told").write_text(SECRET)
    with home.running("--headless"):
        keep(home, SECRET)
        assert home.daybell("run", "say", "--wait").returncode == 0
        assert home.daybell("secret", "remove", "token", "--yes").returncode == 0
        assert home.daybell("run", "say", "--wait").returncode == 1
    assert files_with(PARTS, home.path) == set()


def test_while_jobs_run_no_secret_is_found_outside_the_child_that_asked(
    home: Home, keyring: FakeKeyring
) -> None:
    gates = {job_id: str(home.path.parent / job_id) for job_id in ("split", "artifact", "limited")}
    a_job(home, "split", f"{SPLIT}{WAIT}", gate=gates["split"])
    a_job(home, "artifact", f'echo "$TOKEN" > "$DAYBELL_ARTIFACTS/a"; {WAIT}', gate=gates["artifact"])
    a_job(home, "limited", f'echo "$TOKEN"; {WAIT}', gate=gates["limited"], limits={"nice": 5})
    for gate in gates.values():
        os.mkfifo(gate)
    with home.running("--headless") as app:
        for job_id in gates:
            assert home.daybell("run", job_id).returncode == 0
        until(lambda: all(_waits(gate) for gate in gates.values()))
        until(lambda: len(files_with([b"***"], home.path / "log" / "runs")) == 2)
        answers = [home.daybell(*words, "--json").stdout for words in QUESTIONS]
        wardens = wardens_of(app.pid)
        commands = shown_with(WHOLE)
        assert len(wardens) == len(gates)
        assert {_run_of(pid) for pid in commands} == {run["run_id"] for run in home.json("history")["runs"]}
        assert all(remembers(pid, WHOLE) for pid in wardens), "the search finds what is there"
        assert not remembers(app.pid, WHOLE)
        assert {path.name for path in files_with(PARTS, home.path)} == {"a"}
        assert not any(part.decode() in answer for answer in answers for part in PARTS)
        for gate in gates.values():
            Path(gate).write_text("go on\n")
        until(lambda: all(home.ended(job_id) for job_id in gates))
        until(lambda: not wardens_of(app.pid))
        assert not remembers(app.pid, WHOLE)
    assert {path.name for path in files_with(PARTS, home.path)} == {"a"}
    assert shown_with(WHOLE) == set()


QUESTIONS = (
    ("status",),
    ("history",),
    ("show", "split"),
    ("logs", "split"),
    ("env", "split"),
    ("env", "split", "--all"),
    ("check",),
    ("doctor",),
    ("why", "split"),
    ("secret", "list"),
)


def wardens_of(app: int) -> list[int]:
    return [pid for pid in children_of(app) if is_warden(pid)]


def is_warden(pid: int) -> bool:
    """Of a Daybell that was installed by pip, or of a packed one."""
    return any(name in cmdline(pid) for name in (WARDEN.module, WARDEN.option))


def _waits(gate: str) -> bool:
    """The command itself does, and is no shim any more."""
    return any(f"cat {gate}" in cmdline(pid) for pid in pids())


def _run_of(pid: int) -> str:
    environ = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next(one.partition(b"=")[2].decode() for one in environ if one.startswith(b"DAYBELL_RUN_ID="))


def test_a_secret_that_is_not_there_fails_the_run_once(home: Home, keyring: FakeKeyring) -> None:
    keyring.items.clear()
    a_job(home, "say", "true", retry={"max_attempts": 5, "delay": "10ms"})
    with home.running("--headless"):
        assert home.daybell("run", "say", "--wait").returncode == 1
        (run,) = home.ended("say")
    assert run["error"] == (
        'handler.env.TOKEN: there is no secret "token": set it with `daybell secret set token`'
    )
    assert (run["outcome"], run["attempts"]) == ("failed", 1)


def test_a_locked_keyring_fails_an_attempt_and_asks_nobody(home: Home, keyring: FakeKeyring) -> None:
    keyring.is_locked = True
    a_job(home, "say", "true", retry={"max_attempts": 2, "delay": "10ms"})
    with home.running("--headless"):
        assert home.daybell("run", "say", "--wait").returncode == 1
        (run,) = home.ended("say")
        assert run["error"].startswith("handler.env.TOKEN: the keyring is locked: unlock it")
        assert (run["outcome"], run["attempts"]) == ("failed", 2)
        keyring.is_locked = False
        assert home.daybell("run", "say", "--wait").returncode == 0
    assert "Prompt" not in keyring.called


def test_without_a_keyring_a_run_fails_with_the_remedy(home: Home) -> None:
    a_job(home, "say", "true")
    with home.running("--headless"):
        assert home.daybell("run", "say", "--wait").returncode == 1
        (run,) = home.ended("say")
    assert "there is no keyring here" in run["error"]
    assert "install one, such as gnome-keyring or KWallet" in run["error"]


def test_a_keyring_that_hangs_is_given_up_and_the_run_can_be_cancelled(
    home: Home, keyring: FakeKeyring
) -> None:
    keyring.is_hanging = True
    a_job(home, "say", "true")
    with home.running("--headless"):
        home.daybell("run", "say")
        until(lambda: "OpenSession" in keyring.called)
        home.daybell("cancel", "say")
        until(lambda: bool(home.ended("say")), 8)
        assert home.ended("say")[0]["outcome"] == "cancelled"
        home.daybell("run", "say", "--wait")
        assert "the keyring does not answer" in home.ended("say")[0]["error"]


def test_a_run_with_a_secret_does_not_outlive_an_app_that_is_killed(home: Home, keyring: FakeKeyring) -> None:
    gate = str(home.path.parent / "gate")
    os.mkfifo(gate)
    a_job(home, "say", f'echo "$TOKEN"; {WAIT}', gate=gate)
    app = home.start("--headless")
    try:
        home.daybell("run", "say")
        until(lambda: _waits(gate))
        wardens = wardens_of(app.pid)
        assert len(wardens) == 1
    finally:
        app.send_signal(signal.SIGKILL)
        app.wait(10)
    until(lambda: not is_warden(wardens[0]))
    with home.running("--headless"):
        until(lambda: bool(home.ended("say")))
        until(lambda: not _waits(gate))
        (run,) = home.ended("say")
    assert (run["outcome"], json.dumps(run).count(SECRET)) == ("interrupted", 0)
    assert files_with(PARTS, home.path) == set()


MISSING = 'there is no secret "token": set it with `daybell secret set token`'


def problems(home: Home) -> list[tuple[str, str, str]]:
    return [(one["file"], one["field"], one["message"]) for one in home.json("status")["problems"]]


def test_a_secret_that_is_missing_is_told_before_its_job_runs(home: Home, keyring: FakeKeyring) -> None:
    keyring.items.clear()
    a_job(home, "first", "true")
    told = ("first.json", "handler.env.TOKEN", MISSING)
    with home.running("--headless"):
        until(lambda: problems(home) == [told])
        checked = home.daybell("check")
        assert (checked.returncode, checked.stdout) == (5, f"first.json: handler.env.TOKEN: {MISSING}\n")
        added = home.daybell("add", "second", "--env", "TOKEN=keyring:token", "--", "true")
        assert added.returncode == 0
        assert f"handler.env.TOKEN: {MISSING}" in added.stderr
        keep(home, SECRET)
        until(lambda: problems(home) == [])
        assert home.daybell("check").returncode == 0
    assert "GetSecret" not in keyring.called
    assert files_with(PARTS, home.path) == set()


def test_without_a_keyring_a_job_that_needs_one_is_told(home: Home) -> None:
    a_job(home, "say", "true")
    with home.running("--headless"):
        until(lambda: bool(problems(home)))
        ((file, field, message),) = problems(home)
        checked = home.daybell("check")
    assert (file, field) == ("say.json", "handler.env.TOKEN")
    assert message.startswith("there is no keyring here")
    assert (checked.returncode, message in checked.stdout) == (5, True)


def test_a_keyring_that_hangs_delays_no_start(home: Home, keyring: FakeKeyring) -> None:
    keyring.is_hanging = True
    a_job(home, "say", "true")
    home.command("other", "true")
    with home.running("--headless"):
        assert home.daybell("run", "other", "--wait", timeout=3).returncode == 0
        until(lambda: bool(problems(home)))
        assert "the keyring does not answer" in problems(home)[0][2]
