"""A Daybell that starts commands and is killed, and what the next one finds of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.interface import TAG, Processes, Spawn
from daybell.model.run import ProcessIdentity


class Order(Struct):
    """What an earlier life is told to spawn."""

    run_id: str
    argv: tuple[str, ...]
    shell: bool
    log: str


class EarlierLife:
    """A process that spawns as Daybell does, until it is killed as Daybell may be."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ordered: dict[str, ProcessIdentity | None] = {}
        self.app = subprocess.Popen(
            [sys.executable, __file__],
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def spawn(self, line: str) -> tuple[str, ProcessIdentity]:
        """The run of a shell line, and its main process."""
        run_id = self.order(line, shell=True)
        assert self.app.stdout is not None
        main = msgspec.json.decode(self.app.stdout.readline(), type=ProcessIdentity)
        self._ordered[run_id] = main
        return run_id, main

    def order(self, *argv: str, shell: bool = False) -> str:
        """The run of a command, which may not be spawned yet."""
        run_id = f"test-{uuid4().hex}"
        self._ordered[run_id] = None
        assert self.app.stdin is not None
        order = Order(run_id, argv, shell, str(self.log(run_id)))
        self.app.stdin.write(msgspec.json.encode(order) + b"\n")
        self.app.stdin.flush()
        return run_id

    def log(self, run_id: str) -> Path:
        return self._directory / f"{run_id}.log"

    def kill(self) -> None:
        self.app.kill()
        self.app.communicate()

    def clean_up(self, processes: Processes) -> None:
        """End what a failed test would leave."""
        self.kill()
        for main in self._ordered.values():
            if main is not None:
                with suppress(ProcessLookupError):
                    os.killpg(main.pid, signal.SIGKILL)
        for one in processes.sightings():
            if not one.marks.isdisjoint(self._ordered):
                with suppress(ProcessLookupError):
                    os.kill(one.identity.pid, signal.SIGKILL)


@contextmanager
def this_machine() -> Iterator[Processes]:
    """The processes of this machine, with the deadlines that end them."""
    clock = SystemClock()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    yield machine_processes(deadlines, clock)
    deadlines.stop()


def live() -> None:
    """Spawn what is ordered, until the end comes."""
    with this_machine() as processes:
        for line in sys.stdin:
            order = msgspec.json.decode(line, type=Order)
            output = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            process = processes.spawn(
                Spawn(
                    program=order.argv[0],
                    argv=order.argv,
                    shell=order.shell,
                    cwd=Path.cwd(),
                    env={**os.environ, TAG: order.run_id},
                    output=output,
                    run_id=order.run_id,
                )
            )
            os.close(output)
            sys.stdout.write(msgspec.json.encode(process.identity).decode() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    live()
