"""What does a process set for itself before it becomes a job's command?

A script of its own, `python -I -S shim.py`, whose input is a socket to the Daybell that spawned it. The
process reads what to set and what to become, sets it, and becomes it: the same process, in whose
environment, descriptors and signals nothing of this is left. It imports little, as each import delays
the command.
"""

import marshal
import os
import signal
import sys
from collections.abc import Mapping, Sequence

if sys.platform != "win32":
    import resource

READY = b"+"
"""The first thing it says; whoever hears nothing knows that it never ran."""
CPU_GRACE = 5
"""Seconds of CPU time between the signal that a program can answer and the end by force."""

Settings = dict[str, int]
"""What to set: `nice`, `io_priority` as the system has it, `memory` in bytes, `cpu_seconds`."""


def orders(program: str, argv: Sequence[str], env: Mapping[str, str], settings: Settings) -> bytes:
    """What the shim reads until the end of its input."""
    words = [os.fsencode(word) for word in argv]
    variables = {os.fsencode(name): os.fsencode(value) for name, value in env.items()}
    return marshal.dumps((os.fsencode(program), words, variables, settings))


def with_variables(orders: bytes, added: Mapping[str, str]) -> bytes:
    """The same orders, with more in the environment."""
    program, words, variables, settings = marshal.loads(orders)  # noqa: S302 this same file has written it
    variables |= {os.fsencode(name): os.fsencode(value) for name, value in added.items()}
    return marshal.dumps((program, words, variables, settings))


def failure(answer: bytes) -> OSError | ValueError:
    """What kept the shim from becoming the command, as it told."""
    number, message = marshal.loads(answer)  # noqa: S302 this same file has written it
    return OSError(number, message) if number else ValueError(message)


def refused(message: str) -> bytes:
    """What `failure` reads, of whoever could not ask a shim."""
    return marshal.dumps((None, message))


def ioprio_call(machine: str, *, is_64_bit: bool) -> int | None:
    """The number of Linux's ioprio_set, which the C library has no name for; None if it is not known here."""
    if is_64_bit:
        numbers = {"x86_64": 251, "ppc64": 273, "ppc64le": 273, "s390x": 282}
        return numbers.get(machine, 30 if machine in {"aarch64", "riscv64", "loongarch64"} else None)
    if machine.startswith(("arm", "aarch64")):
        return 314
    return 289 if machine in {"x86_64", "i386", "i486", "i586", "i686"} else None


def clipped(wanted: int, hard: int) -> int:
    """Nobody but root may raise a hard limit that is set already; a negative one is none at all."""
    return wanted if hard < 0 else min(wanted, hard)


if sys.platform != "win32":

    def main() -> None:
        channel = os.dup(0)  # not inherited: the other end hears it close when the command takes over
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.close(null)
        try:
            os.write(channel, READY)
            content = b"".join(iter(lambda: os.read(channel, 65536), b""))
            program, argv, env, settings = marshal.loads(content)  # noqa: S302 this same file has written it
            _apply(settings)
            os.execve(program, argv, env)  # noqa: S606 becoming it is the purpose
        except (BrokenPipeError, EOFError):  # Daybell is gone, and nobody would hear of the run
            pass
        except OSError as error:
            _answer(channel, error.errno, error.strerror)
        except ValueError as error:
            _answer(channel, None, str(error))
        except MemoryError:
            _answer(channel, None, "its memory limit leaves too little for its arguments and environment")
        os._exit(127)

    def _answer(channel: int, number: int | None, message: str | None) -> None:
        os.write(channel, marshal.dumps((number, message)))

    def _apply(settings: Settings) -> None:
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and so would the command
            signal.signal(number, signal.SIG_DFL)
        if "nice" in settings:
            _set_nice(settings["nice"])
        if "io_priority" in settings:
            _set_io_priority(settings["io_priority"])
        if "cpu_seconds" in settings:
            seconds = settings["cpu_seconds"]
            _limit(resource.RLIMIT_CPU, seconds, seconds + CPU_GRACE)
        if "memory" in settings:  # the last, as it counts for the shim as well
            _limit(resource.RLIMIT_AS, settings["memory"], settings["memory"])

    def _set_nice(nice: int) -> None:
        """As far as this person may: what needs more rights is told when the job file is read."""
        try:
            os.setpriority(os.PRIO_PROCESS, 0, nice)
        except PermissionError:
            return
        try:
            # Where Linux groups processes by session, only the groups' values count between them.
            group = os.open("/proc/self/autogroup", os.O_WRONLY)
        except OSError:
            return
        try:
            os.write(group, str(nice).encode())
        except OSError:  # it may be set ten times a second only
            pass
        finally:
            os.close(group)

    def _set_io_priority(priority: int) -> None:
        import ctypes  # noqa: PLC0415 it takes milliseconds, and few jobs need it

        libc = ctypes.CDLL(None, use_errno=True)
        call = ioprio_call(os.uname().machine, is_64_bit=sys.maxsize > 1 << 32)
        if sys.platform != "linux":
            libc.setiopolicy_np(0, 0, priority)  # of disks, for the process and what it starts
        elif call is not None:
            libc.syscall(call, 1, 0, priority)  # of this process

    def _limit(what: int, soft: int, hard: int) -> None:
        _, already = resource.getrlimit(what)
        hard = clipped(hard, already)
        resource.setrlimit(what, (min(soft, hard), hard))

    if __name__ == "__main__":
        main()
