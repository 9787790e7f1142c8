"""Each verb on a real app: at work, as JSON, for what is not there, without the app, and used wrongly."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from app_home import Home
from cli.program import NOW, Program, Said
from daybell.cli.commands import COMMANDS
from daybell.core.samples import samples
from fake_keyring import FakeKeyring
from tray_host import private_bus

pytestmark = pytest.mark.system

NO_APP = "daybell: Daybell is not running; start it with `daybell start`\n"
NOTE = "Daybell is not running: this is what its files say; `daybell start` starts it\n"
TYPO = r"there is no job( and no run)? 'bakcup'; did you mean 'backup'\?"
GONE = "20260101-000000-aaaaaaaa"
DOCTORS = (0, 1, 8)
"""It judges the machine that the tests run on."""


class Verb(NamedTuple):
    """Lines, with {new} for an id of its own, {run} for a run that has ended, and {tmp} for a directory."""

    line: str
    """It works."""
    says: str
    """A pattern of what is printed then, for people."""
    key: str
    """Of what is printed then with --json, or of the first of it."""
    wrong: str
    """A wrong use."""
    missing: str = ""
    """A line that names what is not there; empty where none can."""
    sentence: str = TYPO
    """What is said then."""
    without: str = "refuses"
    """Where the app does not run it "reads" the files, "refuses", or "works" as ever."""
    before: tuple[str, ...] = ()
    """Lines that make it possible."""


VERBS = {
    "status": Verb("status", "is running", "scheduler", "status x", without="reads"),
    "list": Verb("list", r"backup +Back up", "schedule", "list x", without="reads"),
    "open": Verb("open --print-url", r"#code=", "url", "open x"),
    "show": Verb("show backup", r"schedule +daily", "job", "show", "show bakcup", without="reads"),
    "add": Verb("add {new} -- true", "added new", "schedule", "add {new} true"),
    "edit": Verb("edit backup", "nothing was changed", "etag", "edit", "edit bakcup"),
    "settings": Verb(
        *("settings", r"retention.days +400", "settings", "settings put x"),
        *("settings get retention.dayz", "there is no setting 'retention.dayz'"),
        without="reads",
    ),
    "samples": Verb(
        *("samples", "added", "schedule", "samples x"),
        before=tuple(f"remove {name}" for name in samples(sys.platform)),
    ),
    "remove": Verb(
        *("remove {new} --yes", "removed new", "id", "remove", "remove bakcup"), before=("add {new} -- true",)
    ),
    "run": Verb("run {new}", r"^\d{8}-", "run_id", "run", "run bakcup", before=("add {new} -- true",)),
    "retry": Verb("retry {run}", r"^\d{8}-", "run_id", "retry", f"retry {GONE}", f"'{GONE}'"),
    "cancel": Verb(
        *("cancel {new}", "ending 1 run", "run_ids", "cancel", "cancel bakcup"),
        before=("add {new} -- sleep 60", "run {new}"),
    ),
    "away": Verb("away", "Nothing is left", "away", "away --run --skip", without="reads"),
    "pause": Verb("pause off", "paused off", "is_paused", "pause", "pause bakcup"),
    "resume": Verb("resume off", "resumed off", "is_paused", "resume", "resume bakcup"),
    "enable": Verb("enable off", "enabled off", "state", "enable", "enable bakcup"),
    "disable": Verb("disable off", "disabled off", "state", "disable", "disable bakcup"),
    "history": Verb("history backup", "manual", "runs", "history -n 0", "history bakcup", without="reads"),
    "why": Verb("why backup", "comes", "explanations", "why backup --at x", "why bakcup", without="reads"),
    "logs": Verb("logs {run}", "all is well", "line", "logs", "logs bakcup", without="reads"),
    "timeline": Verb(
        *("timeline backup", "ok", "upcoming", "timeline --day soon", "timeline bakcup"), without="reads"
    ),
    "stats": Verb("stats", "RATE", "whole", "stats --days 0", "stats bakcup", without="reads"),
    "next": Verb("next backup", "02:30:00", "runs", "next", "next bakcup", without="reads"),
    "handlers": Verb(
        *("handlers", "command", "command", "handlers x y", "handlers http", "there is no handler 'http'"),
        without="works",
    ),
    "check": Verb(
        *("check", "no problems", "problems", "check --x", "check {tmp}/x", "cannot read"), without="works"
    ),
    "env": Verb("env backup", r"backup gets", "variables", "env --x", "env bakcup"),
    "autostart": Verb("autostart on", "Daybell starts at login", "enabled", "autostart x", without="works"),
    "secret": Verb(
        *("secret list", r"^restic +no job +kept", "name", "secret set"),
        *("secret remove bakcup", "there is no secret 'bakcup'"),
        without="works",
    ),
    "export": Verb("export {tmp}/{new}.zip", "kept", "files", "export a b", without="works"),
    "restore": Verb("restore {tmp}/kept.zip", "restored", "files", "restore", without="works"),
    "doctor": Verb("doctor", "python", "findings", "doctor x", without="works"),
    "completion": Verb("completion bash", "_daybell", "", "completion tcsh", without="works"),
    "paths": Verb("paths", "socket", "socket", "paths x", without="works"),
    "version": Verb("version", "daybell", "version", "version x", without="works"),
}
ENDS = {"start", "stop"}
"""They begin and end the app, and have a test of their own."""
ids = (f"new-{number}" for number in count(1))


class Person:
    """Types lines, in one home."""

    def __init__(self, home: Path, tmp: Path, bus: str, now: datetime = NOW) -> None:
        self._program = Program(home)
        self._program.now = now
        self._program.environ |= {"EDITOR": "true", "PATH": os.environ["PATH"]}
        self._program.environ["XDG_CONFIG_HOME"] = str(tmp / "desktop")
        self._program.environ |= {"DBUS_SESSION_BUS_ADDRESS": bus}
        self._names = {"tmp": str(tmp)}

    def __call__(self, line: str) -> Said:
        self._program.answers = "y\n"
        if "{run}" in line:
            page = json.loads(self._program("history", "backup", "--outcome", "ok", "--json").out)
            self._names["run"] = page["runs"][0]["run_id"]
        return self._program(*line.format(**self._names).split())

    def after(self, verb: Verb) -> "Person":
        """What makes it possible has been done."""
        self._names["new"] = next(ids)
        for line in verb.before:
            self(line)
        return self


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    """With a keyring on it, where there is a bus to be had; else only `secret` is passed over."""
    if shutil.which("dbus-daemon") is None:
        yield "unix:path=/nowhere/bus"
        return
    with private_bus() as address, FakeKeyring(address, restic="hunter2"):
        yield address


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """With a job that has run, and one that is there to be paused."""
    home = Home(tmp_path_factory.mktemp("app"))
    nightly = [{"type": "cron", "expression": "30 2 * * *"}]
    home.command("backup", "echo", "all is well", triggers=nightly, name="Back up")
    home.command("off", "true")
    with home.running("--headless"):
        assert home.daybell("run", "backup", "--wait").returncode == 0
        yield home


@pytest.fixture(scope="module")
def now(home: Home) -> datetime:
    """As the app says."""
    return datetime.fromisoformat(home.json("timeline")["now"])


@pytest.fixture
def person(request: pytest.FixtureRequest, home: Home, tmp_path: Path, bus: str, now: datetime) -> Person:
    """Where the app runs; `restore` wants a home without."""
    if "restore" not in request.node.name:
        return Person(home.path, tmp_path, bus, now)
    Person(home.path, tmp_path, bus)("export {tmp}/kept.zip")
    return Person(tmp_path / "new", tmp_path, bus)


@pytest.fixture
def lonely_person(home: Home, tmp_path: Path, bus: str, now: datetime) -> Person:
    """The same home, as if the app had been killed."""
    ignored = shutil.ignore_patterns("run", "artifacts")
    shutil.copytree(home.path, tmp_path / "copy", ignore=ignored, copy_function=copied)
    return Person(tmp_path / "copy", tmp_path, bus, now)


def copied(source: str, target: str) -> None:
    """Unless it is gone by now: the app goes on."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)


def the(*names: str) -> pytest.MarkDecorator:
    needing = {"secret": pytest.mark.desktop}
    rows = [pytest.param(name, marks=needing[name]) if name in needing else name for name in names]
    return pytest.mark.parametrize("name", rows)


def test_no_verb_is_left_out() -> None:
    assert VERBS.keys() | ENDS == COMMANDS.keys()
    assert {name for name, verb in VERBS.items() if not verb.key} | {"start"} == {
        name for name, command in COMMANDS.items() if not command.has_json
    }


@the(*VERBS)
def test_it_works(person: Person, name: str) -> None:
    verb = VERBS[name]
    said = person.after(verb)(verb.line)
    assert said.code in (DOCTORS if name == "doctor" else (0,)), said.err
    assert re.search(verb.says, said.out + said.err, re.MULTILINE)


@the(*(name for name, verb in VERBS.items() if verb.key))
def test_it_tells_programs(person: Person, name: str) -> None:
    verb = VERBS[name]
    line, dashes, command = verb.line.partition(" -- ")
    said = person.after(verb)(f"{line} --json{dashes}{command}")
    assert said.code in (DOCTORS if name == "doctor" else (0,)), said.err
    found = json.loads(said.out.partition("\n")[0] if name == "logs" else said.out)
    assert verb.key in (found[0] if isinstance(found, list) else found)
    assert said.err == ("nothing was changed\n" if name == "edit" else "")


@the(*(name for name, verb in VERBS.items() if verb.missing))
def test_what_is_not_there_is_named(person: Person, name: str) -> None:
    code, out, err = person(VERBS[name].missing)
    assert (code, out) == (4, "")
    assert re.search(VERBS[name].sentence, err)


@the(*(name for name, verb in VERBS.items() if verb.without == "refuses"), "stop")
def test_what_needs_the_app_says_how_to_start_it(lonely_person: Person, name: str) -> None:
    said = lonely_person("stop") if name == "stop" else lonely_person.after(VERBS[name])(VERBS[name].line)
    assert said == (3, "", NO_APP)


@the(*(name for name, verb in VERBS.items() if verb.without == "reads"))
def test_what_only_looks_reads_the_files(lonely_person: Person, name: str) -> None:
    verb = VERBS[name]
    said, missing = lonely_person(verb.line), lonely_person(verb.missing or verb.line)
    assert (said.code, said.err) == (3 if name == "status" else 0, NOTE)
    assert re.search(verb.says.replace("running", "stopped"), said.out)
    assert missing.code == (4 if verb.missing else said.code)
    assert missing.err.startswith(NOTE)


@the(*(name for name, verb in VERBS.items() if verb.without == "works" and name != "restore"))
def test_what_needs_no_app_works_without(lonely_person: Person, name: str) -> None:
    verb = VERBS[name]
    said = lonely_person.after(verb)(verb.line)
    assert said.code in (DOCTORS if name == "doctor" else (0,)), said.err
    assert re.search(verb.says, said.out + said.err, re.MULTILINE)


@the(*VERBS, "start", "stop")
def test_a_wrong_use_is_told(person: Person, capsys: pytest.CaptureFixture[str], name: str) -> None:
    line = {"start": "start --seconds 5", "stop": "stop --timeout soon"}.get(name) or VERBS[name].wrong
    said = person.after(Verb("", "", "", ""))(line)
    told = said.err + capsys.readouterr().err
    assert (said.code, said.out) == (2, "")
    assert re.search(r"error: |expected |put the command|does not take|say which|belongs to", told)


def test_the_app_starts_once_and_stops(tmp_path: Path) -> None:
    home = Home(tmp_path)
    app = home.start("--headless")
    second = home.daybell("start", "--headless")
    assert (second.returncode, second.stdout) == (7, "")
    assert f"process {app.pid}" in second.stderr
    said = Program(home.path)("stop", "--json")
    assert (said.code, said.err, app.wait(10)) == (0, "", 0)
    assert json.loads(said.out)["pid"] == app.pid
    assert json.loads(said.out)["running"] == []
