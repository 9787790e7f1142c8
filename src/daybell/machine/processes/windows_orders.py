"""What is the shim of Windows told to begin?"""

from daybell.machine.processes import shim
from daybell.machine.processes.conventions import windows_shell
from daybell.machine.processes.interface import Spawn
from daybell.machine.processes.windows_shim import IS_LINE


def orders_of(spawn: Spawn, comspec: str) -> bytes:
    """As `shim.orders`; a line for the shell is one word."""
    if spawn.shell:
        return shim.orders(comspec, [windows_shell(spawn.argv, comspec)], spawn.env, {IS_LINE: 1})
    return shim.orders(spawn.program, spawn.argv, spawn.env, {})
