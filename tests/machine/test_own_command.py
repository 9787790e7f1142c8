"""How Daybell starts itself: as a package of an interpreter, and as a packed program."""

import importlib
import sys

import pytest

from daybell.machine.own_command import (
    PINGS,
    SHIM,
    WARDEN,
    Role,
    leave_no_trace,
    own_code,
    own_command,
    own_role,
    play_role,
)


def test_a_package_is_started_through_its_interpreter() -> None:
    command = own_command("doctor", "--json", executable="/python", is_frozen=False)
    assert command == ["/python", "-P", "-m", "daybell", "doctor", "--json"]


def test_a_packed_program_is_its_own_interpreter() -> None:
    command = own_command("doctor", "--json", executable="/daybell", is_frozen=True)
    assert command == ["/daybell", "doctor", "--json"]


def test_of_the_two_programs_of_windows_it_is_the_one_that_can_be_heard() -> None:
    command = own_command("doctor", executable=r"C:\Apps\daybellw.exe", is_frozen=True)
    assert command == [r"C:\Apps\daybell.exe", "doctor"]


def test_these_tests_are_not_packed() -> None:
    assert own_command() == [sys.executable, "-P", "-m", "daybell"]


@pytest.mark.parametrize("role", [PINGS, SHIM])
def test_a_role_is_a_script_or_an_option(role: Role) -> None:
    assert own_role(role, "/python", is_frozen=False) == ["/python", "-I", "-S", str(role.script)]
    assert own_role(role, "/daybell", is_frozen=True) == ["/daybell", role.option]


def test_a_role_that_needs_libraries_is_a_module_or_an_option() -> None:
    assert own_role(WARDEN, "/python", is_frozen=False) == ["/python", "-P", "-m", WARDEN.module]
    assert own_role(WARDEN, "/daybell", is_frozen=True) == ["/daybell", WARDEN.option]
    assert callable(importlib.import_module(WARDEN.module).main)


@pytest.mark.parametrize("role", [PINGS, SHIM])
def test_script_and_module_of_a_role_are_the_same(role: Role) -> None:
    module = importlib.import_module(role.module)
    assert module.__file__ == str(role.script)
    assert callable(module.main)


@pytest.mark.parametrize(
    "words", [[], ["start"], [SHIM.option, "more"], ["--run-code"], ["start", SHIM.option]]
)
def test_other_words_are_for_the_command_line(words: list[str]) -> None:
    assert not play_role(words, is_frozen=True)


def test_only_a_packed_program_plays_roles() -> None:
    assert not play_role([SHIM.option], is_frozen=False)


def test_code_is_run_by_either(capsys: pytest.CaptureFixture[str]) -> None:
    assert own_code("print(1)", "/python", is_frozen=False) == ["/python", "-c", "print(1)"]
    program, *words = own_code("print(__name__)", "/daybell", is_frozen=True)
    assert program == "/daybell"
    assert play_role(words, is_frozen=True)
    assert capsys.readouterr().out == "__main__\n"


LOADER = {
    "LD_LIBRARY_PATH": "/usr/lib/daybell/_internal",
    "_PYI_ARCHIVE_FILE": "/usr/lib/daybell/daybell",
    "_PYI_PARENT_PROCESS_LEVEL": "1",
}


def test_what_the_loader_has_set_reaches_no_command() -> None:
    environ = {"PATH": "/bin", **LOADER}
    leave_no_trace(environ, is_frozen=True)
    assert environ == {"PATH": "/bin"}


def test_what_the_person_had_set_is_put_back() -> None:
    environ = {**LOADER, "LD_LIBRARY_PATH_ORIG": "/opt/mine"}
    leave_no_trace(environ, is_frozen=True)
    assert environ == {"LD_LIBRARY_PATH": "/opt/mine"}


def test_a_package_leaves_the_environment_alone() -> None:
    environ = dict(LOADER)
    leave_no_trace(environ, is_frozen=False)
    assert environ == LOADER
