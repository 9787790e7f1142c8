"""How a command of Windows begins by way of another process, as far as other systems can run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daybell.machine.processes import shim, windows_shim
from daybell.machine.processes.interface import Spawn
from daybell.machine.processes.windows_orders import orders_of
from daybell.machine.processes.windows_shim import signed

PRINT = "import os, sys; print(os.environ['SECRET'], sys.argv[1:], sys.stdin.read()); sys.exit(3)"


def a_spawn(*argv: str, shell: bool = False) -> Spawn:
    path = {"PATH": os.environ["PATH"]}
    return Spawn(program=argv[0], argv=argv, shell=shell, cwd=Path("/"), env=path, output=1, run_id="r1")


def begun(orders: bytes) -> "subprocess.CompletedProcess[bytes]":
    argv = [sys.executable, "-I", "-S", windows_shim.__file__]
    return subprocess.run(argv, input=orders, capture_output=True, timeout=30, check=False)


@pytest.mark.system
def test_a_command_gets_what_was_added_and_its_exit_code_is_handed_on() -> None:
    orders = orders_of(a_spawn(sys.executable, "-c", PRINT, "ä b"), "cmd.exe")
    done = begun(shim.with_variables(orders, {"SECRET": "hunter2"}))
    assert (done.returncode, done.stdout.decode().split()) == (3, ["hunter2", "['ä", "b']"])


@pytest.mark.system
def test_a_command_that_cannot_be_started_says_why() -> None:
    done = begun(orders_of(a_spawn("/nowhere/program"), "cmd.exe"))
    assert done.returncode == windows_shim.FAILED
    assert done.stderr.startswith(b"cannot start '/nowhere/program': ")


def test_a_line_for_the_shell_stays_one() -> None:
    wanted = shim.orders(
        "cmd.exe", ['"cmd.exe" /d /s /c "echo %SECRET%"'], {"PATH": os.environ["PATH"]}, {"is_line": 1}
    )
    assert orders_of(a_spawn("echo %SECRET%", shell=True), "cmd.exe") == wanted


@pytest.mark.parametrize(
    ("code", "taken"), [(0, 0), (3, 3), (0x7FFFFFFF, 0x7FFFFFFF), (0xC0000005, 0xC0000005 - (1 << 32))]
)
def test_an_exit_code_of_windows_is_taken_as_it_is_meant(code: int, taken: int) -> None:
    assert signed(code) == taken
