"""Which of the process back ends fits this machine?"""

import os
import sys

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.processes.interface import Processes

if sys.platform == "win32":
    from daybell.machine.processes.windows import WindowsProcesses
elif sys.platform == "linux":
    from daybell.machine.processes.linux import LinuxCensus
    from daybell.machine.processes.posix import PosixProcesses
    from daybell.machine.processes.scopes import Scopes
else:
    from daybell.machine.processes.macos import MacCensus
    from daybell.machine.processes.posix import PosixProcesses


def machine_processes(deadlines: Deadlines, clock: Clock) -> Processes:
    """The one back end of this machine."""
    if sys.platform == "win32":
        return WindowsProcesses(deadlines, clock)
    elif sys.platform == "linux":  # noqa: RET505 only so do type checkers see one branch a platform
        return PosixProcesses(LinuxCensus(), deadlines, clock, Scopes(os.environ, os.getuid()))
    else:
        return PosixProcesses(MacCensus(), deadlines, clock, None)
