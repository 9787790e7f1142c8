"""How does a program of a POSIX system come to run, at once or with limits that hold from its first moment?

A process can be limited by itself only, before it becomes the program; and no Python may run between fork and
exec where there are threads. So what is limited is started by way of the shim, which costs it some 15 ms, and
so is what gets secrets, which this process must not know.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache

from daybell.machine.own_command import SHIM, own_role
from daybell.machine.processes import shim
from daybell.machine.processes.channel import SocketChannel
from daybell.machine.processes.conventions import POSIX_SHELL, posix_shell
from daybell.machine.processes.ground import ground_here
from daybell.machine.processes.interface import TAG, Channel, Spawn
from daybell.machine.processes.limits import NONE, settings
from daybell.machine.processes.scopes import Scope, Scopes


def start(spawn: Spawn, scopes: Scopes | None) -> tuple[subprocess.Popen[bytes], Scope | None]:
    """The process, and its scope where it has one; OSError or ValueError says why it cannot be started."""
    if spawn.limits == NONE and spawn.channel is None:
        return _start_at_once(spawn), None
    ground = ground_here()
    if scopes and spawn.limits.memory and (scope := scopes.new(spawn.run_id)):
        command = scope.argv(spawn.limits.memory, own_role(SHIM))
        to_set = settings(spawn.limits, ground, is_scoped=True)
        if popen := _start_by_shim(spawn, command, to_set, scope.find):
            return popen, scope
        scopes.give_up()
    to_set = settings(spawn.limits, ground)
    if not to_set and spawn.channel is None:
        return _start_at_once(spawn), None
    if popen := _start_by_shim(spawn, own_role(SHIM), to_set):
        return popen, None
    raise OSError(f"{_lack(spawn)}: {sys.executable!r} did not do it, its log may say why")


def _start_at_once(spawn: Spawn) -> subprocess.Popen[bytes]:
    return _popen(
        spawn,
        posix_shell(spawn.argv) if spawn.shell else spawn.argv,
        executable=None if spawn.shell else spawn.program,
        env=spawn.env,
        stdin=_nothing(),
    )


@cache
def _nothing() -> int:
    """What nobody writes to; stays open for all commands that are still to come."""
    return os.open(os.devnull, os.O_RDONLY)


def _lack(spawn: Spawn) -> str:
    """What the command would have to do without."""
    return "its limits cannot be set" if spawn.channel is None else "it cannot be given its secrets"


def _start_by_shim(
    spawn: Spawn,
    command: Sequence[str],
    to_set: shim.Settings,
    ready: Callable[[int], None] = lambda _: None,
) -> subprocess.Popen[bytes] | None:
    """Return once it has become the program, or has ended; None if the shim never ran.

    `ready` is called with its pid before.
    """
    program, argv = (POSIX_SHELL, posix_shell(spawn.argv)) if spawn.shell else (spawn.program, spawn.argv)
    orders = shim.orders(program, argv, spawn.env, to_set)
    # Daybell's own environment, with which Python and systemd-run work; the command gets its own.
    env = {**os.environ, TAG: spawn.run_id}
    with closing((spawn.channel or SocketChannel)()) as channel:
        try:
            popen = _popen_shim(spawn, command, env, channel.inlet)
        finally:
            os.close(channel.inlet)
        if not _is_ready(channel, popen):
            return None
        ready(popen.pid)
        if answer := channel.become(orders):
            popen.wait()
            raise shim.failure(answer)
    return popen


def _is_ready(channel: Channel, popen: subprocess.Popen[bytes]) -> bool:
    """Whether it runs; nothing of it is left where it does not."""
    is_ready = False
    try:
        is_ready = channel.is_ready()
    finally:
        if not is_ready:
            popen.kill()
            popen.wait()
    return is_ready


def _popen_shim(
    spawn: Spawn, command: Sequence[str], env: Mapping[str, str], channel: int
) -> subprocess.Popen[bytes]:
    try:
        return _popen(spawn, command, executable=None, env=env, stdin=channel)
    except FileNotFoundError as error:
        if error.filename != command[0]:
            raise
        # Not as an error of its own kind, which would be taken for one of the program.
        raise OSError(f"{_lack(spawn)}: {command[0]!r} is gone, restart Daybell") from error


def _popen(
    spawn: Spawn, argv: Sequence[str], *, executable: str | None, env: Mapping[str, str], stdin: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 running what the person's job file names is the purpose
        argv,
        executable=executable,
        cwd=spawn.cwd,
        env=env,
        stdin=stdin,
        stdout=spawn.output,
        stderr=spawn.output,
        start_new_session=True,
    )
