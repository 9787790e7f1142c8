from pathlib import Path

import pytest

from daybell.machine.processes.scopes import (
    ScopeMemory,
    Scopes,
    controllers_of,
    oom_kill_count,
    scope_argv,
    scope_place,
    unit_name,
)

UNIT = "daybell-r1-7-1.scope"
PLACE = f"/user.slice/user-1000.slice/user@1000.service/app.slice/{UNIT}"


class Machine:
    """The files by which a systemd is known."""

    def __init__(self, path: Path) -> None:
        self.proc, self.cgroups, self.run, self.bin = (
            path / name for name in ("proc", "cgroup", "run", "bin")
        )
        self.environ = {"XDG_RUNTIME_DIR": str(self.run), "PATH": str(self.bin)}
        self.controllers = self.cgroups / controllers_of(1000)
        for file, text in (
            (self.run / "systemd" / "private", ""),
            (self.controllers, "cpu io memory pids\n"),
            (self.bin / "systemd-run", "#!/bin/sh\n"),
        ):
            file.parent.mkdir(parents=True)
            file.write_text(text)
        (self.bin / "systemd-run").chmod(0o755)

    def scopes(self) -> Scopes:
        return Scopes(self.environ, 1000, proc=self.proc, cgroups=self.cgroups)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_scope_holds_the_whole_command(machine: Machine) -> None:
    scope = machine.scopes().new("r1")
    assert scope is not None
    program, *argv = scope.argv(512 << 20, ["python", "shim.py"])
    assert program == str(machine.bin / "systemd-run")
    assert argv[:4] == ["--user", "--scope", "--quiet", "--collect"]
    assert argv[4].startswith("--unit=daybell-r1-")
    assert argv[5:] == ["-p", "MemoryMax=536870912", "-p", "MemorySwapMax=0", "--", "python", "shim.py"]


def test_each_attempt_has_a_scope_of_its_own(machine: Machine) -> None:
    scopes = machine.scopes()
    names = [scope.argv(1, [])[5] for scope in (scopes.new("r1"), scopes.new("r1")) if scope]
    assert len(set(names)) == 2


def test_there_is_none_without_a_session(machine: Machine) -> None:
    del machine.environ["XDG_RUNTIME_DIR"]
    assert machine.scopes().new("r1") is None


def test_there_is_none_without_systemd(machine: Machine) -> None:
    (machine.run / "systemd" / "private").unlink()
    assert machine.scopes().new("r1") is None


def test_there_is_none_without_its_program(machine: Machine) -> None:
    (machine.bin / "systemd-run").unlink()
    assert machine.scopes().new("r1") is None


def test_there_is_none_that_may_not_limit_memory(machine: Machine) -> None:
    machine.controllers.write_text("cpu pids\n")
    assert machine.scopes().new("r1") is None


def test_there_is_none_with_the_older_control_groups(machine: Machine) -> None:
    machine.controllers.unlink()
    assert machine.scopes().new("r1") is None


def test_a_systemd_that_refused_is_not_asked_again(machine: Machine) -> None:
    scopes = machine.scopes()
    scopes.give_up()
    assert scopes.new("r1") is None


def test_it_is_looked_for_once(machine: Machine) -> None:
    scopes = machine.scopes()
    scopes.new("r1")
    machine.controllers.unlink()
    assert scopes.new("r1") is not None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"memory.events": "oom 3\noom_kill 2\n", "memory.peak": "1000\n"}, ScopeMemory(2, 1000)),
        ({"memory.events": "oom_kill 1\n"}, ScopeMemory(1, None)),  # an older kernel
        ({}, ScopeMemory()),  # systemd was faster
    ],
)
def test_a_scope_tells_of_its_memory(machine: Machine, files: dict[str, str], expected: ScopeMemory) -> None:
    scope = machine.scopes().new("r1")
    assert scope is not None
    unit = scope.argv(1, [])[5].removeprefix("--unit=")
    (machine.proc / "77").mkdir(parents=True)
    (machine.proc / "77" / "cgroup").write_text(f"0::/app.slice/{unit}\n")
    (machine.cgroups / "app.slice" / unit).mkdir(parents=True)
    for name, text in files.items():
        (machine.cgroups / "app.slice" / unit / name).write_text(text)
    scope.find(77)
    assert scope.memory() == expected


def test_a_process_that_is_gone_tells_nothing(machine: Machine) -> None:
    scope = machine.scopes().new("r1")
    assert scope is not None
    scope.find(77)
    assert scope.memory() == ScopeMemory()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"0::{PLACE}\n", PLACE),
        (f"1:name=systemd:/x\n0::{PLACE}\n", PLACE),
        (f"4:memory:{PLACE}\n", None),
        ("0::/user.slice/user-1000.slice/session-2.scope\n", None),
        (f"0::{PLACE} (deleted)\n", None),
        (f"0::/other-{UNIT}\n", None),
        ("", None),
    ],
)
def test_only_the_scope_itself_is_asked(text: str, expected: str | None) -> None:
    assert scope_place(text, UNIT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("low 0\nhigh 0\nmax 31\noom 2\noom_kill 1\noom_group_kill 0\n", 1),
        ("low 0\nmax 31\noom 2\noom_kill 0\n", 0),
        ("", 0),
    ],
)
def test_who_was_killed_is_counted(text: str, expected: int) -> None:
    assert oom_kill_count(text) == expected


def test_names_are_fit_for_systemd() -> None:
    assert unit_name("20260103T023000-aaaa", 77, 3) == "daybell-20260103T023000-aaaa-77-3.scope"


def test_what_follows_the_dashes_is_the_command() -> None:
    assert scope_argv("systemd-run", UNIT, 5, ["--", "-x"])[-3:] == ["--", "--", "-x"]
