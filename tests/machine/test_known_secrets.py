"""What is known beforehand of the secrets that jobs refer to."""

import json
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from builders import at
from daybell.core.secret_words import SILENT, missing
from daybell.engine.memory import VirtualClock
from daybell.machine.known_secrets import FIRST, MISSING, THERE, KnownSecrets
from daybell.model.job import CommandHandler
from daybell.model.status import Problem
from waiting import until

pytestmark = pytest.mark.system

BEAT = timedelta(seconds=9)
FIRST_BEATS = round(FIRST / BEAT.total_seconds())
CHILD = """
import json, sys
from pathlib import Path
there, asked = map(Path, sys.argv[1:])
names = json.loads(sys.stdin.readline())["names"]
with asked.open("a") as file:
    file.write(json.dumps(names) + "\\n")
known = json.loads(there.read_text())
if isinstance(known, str):
    print(json.dumps({"refusal": known}))
else:
    print(json.dumps({"names": [name for name in names if name not in known]}))
"""
"""Answers as the real one does, with what stands in a file."""


class Keyring:
    """What the child finds, and what it was asked."""

    def __init__(self, directory: Path) -> None:
        self._there, self._asked = directory / "there", directory / "asked"
        self.command = (sys.executable, "-I", "-S", "-c", CHILD, str(self._there), str(self._asked))
        self.has()

    def has(self, *names: str, why: str = "") -> None:
        self._there.write_text(json.dumps(why or names))

    @property
    def asked(self) -> list[list[str]]:
        return (
            [json.loads(line) for line in self._asked.read_text().splitlines()]
            if self._asked.exists()
            else []
        )


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path)


def a_clock() -> VirtualClock:
    return VirtualClock(at("2026-03-02 12:00"))


def a_command(*names: str) -> CommandHandler:
    return CommandHandler(argv=("true",), env={name.upper(): f"keyring:{name}" for name in names})


def nobody_looks() -> bool:
    return not any(thread.name == "secret-names" for thread in threading.enumerate())


def lacks(*names: str) -> list[Problem]:
    return [Problem("job.json", f"handler.env.{name.upper()}", missing(name)) for name in names]


def test_a_job_without_secrets_asks_nobody(keyring: Keyring) -> None:
    known = KnownSecrets(a_clock(), keyring.command)
    known.begin(lambda: None)
    assert known.check(a_command(), "job.json") == []
    assert keyring.asked == []


def test_what_is_not_there_is_a_problem_with_what_to_type(keyring: Keyring) -> None:
    keyring.has("restic")
    known = KnownSecrets(a_clock(), keyring.command)
    known.begin(lambda: None)
    assert known.check(a_command("restic", "cloud"), "job.json") == lacks("cloud")
    assert known.check(a_command("restic"), "job.json") == []
    assert known.check(a_command("cloud", "restic"), "job.json") == lacks("cloud")
    assert keyring.asked == [["cloud", "restic"]]


def test_what_was_missing_is_asked_again_when_its_job_is_looked_at_again(keyring: Keyring) -> None:
    clock = a_clock()
    known = KnownSecrets(clock, keyring.command)
    known.begin(lambda: None)
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")
    keyring.has("cloud")
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")
    clock.advance_to(clock.now() + timedelta(seconds=MISSING))
    assert known.check(a_command("cloud"), "job.json") == []


def test_what_is_kept_while_the_answer_is_fresh_is_found_once_it_is_not(keyring: Keyring) -> None:
    clock, changed = a_clock(), threading.Event()
    known = KnownSecrets(clock, keyring.command)
    known.begin(changed.set)
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")
    keyring.has("cloud")
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")
    assert changed.wait(20)
    assert known.check(a_command("cloud"), "job.json") == []
    known.stop()


def test_what_was_there_is_asked_again_after_a_while(keyring: Keyring) -> None:
    clock = a_clock()
    keyring.has("cloud")
    known = KnownSecrets(clock, keyring.command)
    known.begin(lambda: None)
    assert known.check(a_command("cloud"), "job.json") == []
    keyring.has()
    assert known.check(a_command("cloud"), "job.json") == []
    clock.advance_to(clock.now() + timedelta(seconds=THERE))
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")


def test_a_start_waits_for_nobody_and_hears_the_answer_later(keyring: Keyring) -> None:
    known, changed = KnownSecrets(a_clock(), keyring.command), threading.Event()
    assert known.check(a_command("restic"), "a.json") == known.check(a_command("cloud"), "b.json") == []
    assert keyring.asked == []
    known.begin(changed.set)
    assert changed.wait(20)
    assert known.check(a_command("cloud"), "job.json") == lacks("cloud")
    assert keyring.asked == [["cloud", "restic"]]
    known.stop()


def test_while_something_is_missing_it_is_looked_for_ever_more_rarely(keyring: Keyring) -> None:
    clock, changed = a_clock(), threading.Event()
    known = KnownSecrets(clock, keyring.command)
    known.begin(changed.set)
    known.check(a_command("cloud"), "job.json")
    asked = []
    for _beat in range(4 * FIRST_BEATS):
        clock.advance_to(clock.now() + BEAT)
        assert known.beat() <= FIRST
        until(nobody_looks)
        asked.append(len(keyring.asked))
    assert asked == [1] * (FIRST_BEATS - 1) + [2] * 2 * FIRST_BEATS + [3] * (FIRST_BEATS + 1)
    assert not changed.is_set()
    keyring.has("cloud")
    for _beat in range(4 * FIRST_BEATS):
        clock.advance_to(clock.now() + BEAT)
        known.beat()
    assert changed.wait(20)
    known.stop()


def test_a_keyring_that_cannot_be_asked_is_told_of_each_job_that_needs_it(keyring: Keyring) -> None:
    keyring.has(why="there is no keyring here")
    known = KnownSecrets(a_clock(), keyring.command)
    known.begin(lambda: None)
    told = [Problem("job.json", "handler.env.CLOUD", "there is no keyring here")]
    assert known.check(a_command("cloud", "restic"), "job.json") == told
    assert known.check(a_command(), "job.json") == []


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import sys; sys.stdin.read(); import threading; threading.Event().wait(60)", SILENT),
        ("pass", "its secrets cannot be looked for: the process that does it has ended"),
        ("print('nonsense')", "its secrets cannot be looked for: the process that does it has ended"),
    ],
)
def test_a_child_without_an_answer_is_not_waited_for(script: str, why: str) -> None:
    known = KnownSecrets(a_clock(), (sys.executable, "-c", script), patience=0.5)
    known.begin(lambda: None)
    assert known.check(a_command("cloud"), "job.json") == [Problem("job.json", "handler.env.CLOUD", why)]


def test_without_a_child_nothing_is_known() -> None:
    known = KnownSecrets(a_clock(), ("/nowhere/python",))
    known.begin(lambda: None)
    (problem,) = known.check(a_command("cloud"), "job.json")
    assert problem.message.startswith("its secrets cannot be looked for")


def test_nothing_is_said_once_it_has_stopped(keyring: Keyring) -> None:
    known, changed = KnownSecrets(a_clock(), keyring.command), threading.Event()
    known.check(a_command("cloud"), "job.json")
    known.begin(changed.set)
    known.stop()
    until(nobody_looks)
    assert not changed.is_set()
