"""What may this Daybell set for the commands it starts, on this machine?"""

import os
import sys

from daybell.machine.processes.limits import Ground, least_nice
from daybell.machine.processes.shim import ioprio_call

if sys.platform == "linux":
    import resource


def ground_here() -> Ground:
    if sys.platform == "win32":
        return Ground(system="windows", least_nice=-20, has_io_priorities=False)
    elif sys.platform == "linux":  # noqa: RET505 only so do type checkers see one branch a platform
        ceiling, _ = resource.getrlimit(resource.RLIMIT_NICE)
        call = ioprio_call(os.uname().machine, is_64_bit=sys.maxsize > 1 << 32)
        return Ground(system="linux", least_nice=_least_nice(ceiling), has_io_priorities=call is not None)
    else:
        return Ground(system="macos", least_nice=_least_nice(0))


if sys.platform != "win32":

    def _least_nice(ceiling: int) -> int:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        return least_nice(own, ceiling, is_root=os.geteuid() == 0)
