"""What does Windows let us do with a Job Object, and with a console's Ctrl+Break?"""

import ctypes
import sys
from collections.abc import Callable
from ctypes import wintypes

from daybell.machine.processes.limits import JobObjectLimits

assert sys.platform == "win32"  # the form that type checkers know

KILL_ON_JOB_CLOSE = 0x2000
BASIC_ACCOUNTING_INFORMATION = 1
BASIC_PROCESS_ID_LIST = 3
EXTENDED_LIMIT_INFORMATION = 9
ERROR_MORE_DATA = 234
CTRL_BREAK_EVENT = 1
SYNCHRONIZE = 0x100000
INFINITE = 0xFFFFFFFF

MOST_PIDS = 1024
"""How many processes of a tree are listed; those beyond it are ended all the same."""
KILLED = 1
"""The exit code that a terminated process gets."""

kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)


class BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
        ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    )


class ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_ulonglong * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class BasicAccounting(ctypes.Structure):
    _fields_ = (
        ("TotalUserTime", wintypes.LARGE_INTEGER),
        ("TotalKernelTime", wintypes.LARGE_INTEGER),
        ("ThisPeriodTotalUserTime", wintypes.LARGE_INTEGER),
        ("ThisPeriodTotalKernelTime", wintypes.LARGE_INTEGER),
        ("TotalPageFaultCount", wintypes.DWORD),
        ("TotalProcesses", wintypes.DWORD),
        ("ActiveProcesses", wintypes.DWORD),
        ("TotalTerminatedProcesses", wintypes.DWORD),
    )


class ProcessIds(ctypes.Structure):
    _fields_ = (
        ("NumberOfAssignedProcesses", wintypes.DWORD),
        ("NumberOfProcessIdsInList", wintypes.DWORD),
        ("ProcessIdList", ctypes.c_size_t * MOST_PIDS),
    )


kernel32.CreateJobObjectW.restype = wintypes.HANDLE
kernel32.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
kernel32.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
kernel32.QueryInformationJobObject.argtypes = (
    wintypes.HANDLE,
    ctypes.c_int,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.LPDWORD,
)
kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
kernel32.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
kernel32.OpenProcess.restype = wintypes.HANDLE
kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
kernel32.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
kernel32.AttachConsole.argtypes = (wintypes.DWORD,)
kernel32.GenerateConsoleCtrlEvent.argtypes = (wintypes.DWORD, wintypes.DWORD)


class JobObject:
    """A process and all it starts. Should Daybell die, Windows ends them with it."""

    def __init__(self, limits: JobObjectLimits) -> None:
        self._handle: int | None = _checked(kernel32.CreateJobObjectW(None, None))
        self._limits = limits
        self._limit(KILL_ON_JOB_CLOSE)

    def add(self, process: int) -> None:
        """Take in the process of this handle; OSError if it cannot be."""
        _checked(kernel32.AssignProcessToJobObject(self._handle, process))

    def pids(self) -> list[int]:
        """What lives in it."""
        ids = ProcessIds()
        size = ctypes.sizeof(ids)
        done = kernel32.QueryInformationJobObject(
            self._handle, BASIC_PROCESS_ID_LIST, ctypes.byref(ids), size, None
        )
        if not done and ctypes.get_last_error() != ERROR_MORE_DATA:
            raise ctypes.WinError(ctypes.get_last_error())
        return list(ids.ProcessIdList[: ids.NumberOfProcessIdsInList])

    def cpu_seconds(self) -> float:
        """What all that ever was in it has used."""
        used = BasicAccounting()
        self._query(BASIC_ACCOUNTING_INFORMATION, used)
        return float(used.TotalUserTime + used.TotalKernelTime) / 10_000_000

    def peak_memory(self) -> int:
        """The most bytes that all in it had together."""
        limits = ExtendedLimits()
        self._query(EXTENDED_LIMIT_INFORMATION, limits)
        return int(limits.PeakJobMemoryUsed)

    def terminate(self) -> None:
        """End all of it by force."""
        kernel32.TerminateJobObject(self._handle, KILLED)

    def keep_on_close(self) -> None:
        """What lives in it goes on living when this is closed, with its limits."""
        self._limit(0)

    def close(self) -> None:
        if self._handle is not None:
            kernel32.CloseHandle(self._handle)
            self._handle = None

    def _limit(self, flags: int) -> None:
        limits = ExtendedLimits()
        basic = limits.BasicLimitInformation
        basic.LimitFlags = flags | self._limits.flags
        basic.PerProcessUserTimeLimit = self._limits.process_time
        limits.JobMemoryLimit = self._limits.job_memory
        size = ctypes.sizeof(limits)
        _checked(
            kernel32.SetInformationJobObject(
                self._handle, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size
            )
        )

    def _query(self, kind: int, into: BasicAccounting | ExtendedLimits) -> None:
        """OSError if it cannot be told."""
        size = ctypes.sizeof(into)
        _checked(kernel32.QueryInformationJobObject(self._handle, kind, ctypes.byref(into), size, None))


def send_ctrl_break(pid: int) -> None:
    """Ask the process group of this pid to end, if its hidden console can be reached.

    The event reaches only those who share a console with the sender, and a process has one console:
    from a terminal it cannot be sent, and the tree is ended by force when the grace is over.
    """
    if not kernel32.AttachConsole(pid):
        return
    try:
        kernel32.GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, pid)
    finally:
        kernel32.FreeConsole()


def wait_over(pid: int, is_same: Callable[[], bool]) -> None:
    """Block until the process of this pid is over, if it is the one that was meant.

    OSError if it is and cannot be watched.
    """
    handle = kernel32.OpenProcess(SYNCHRONIZE, False, pid)
    try:
        # The handle keeps the pid from being used again, so that this stays true.
        if is_same():
            _checked(handle)
            kernel32.WaitForSingleObject(handle, INFINITE)
    finally:
        if handle:
            kernel32.CloseHandle(handle)


def _checked(result: int) -> int:
    if not result:
        raise ctypes.WinError(ctypes.get_last_error())
    return result
