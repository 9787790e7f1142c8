"""What does a life ask of the system? strace tells, and can answer any one call with an error or a kill."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

LIFE = Path(__file__).with_name("life.py")
CALLS = (
    "openat,close,write,writev,pwrite64,fdatasync,fsync,ftruncate,truncate,"
    "?rename,renameat,renameat2,?link,linkat,?unlink,unlinkat,?mkdir,mkdirat"
)
LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
FILE = re.compile(r"^(\d+)<")


class Call(NamedTuple):
    """A system call, as it was made."""

    name: str
    nth: int
    """Of all calls of that name, from 1."""
    words: str
    """Its arguments, as strace writes them."""
    result: int
    is_ours: bool
    """It concerns the home, and no library of Python's."""

    @property
    def strings(self) -> list[bytes]:
        return [ast.literal_eval(f'b"{text}"') for text in STRING.findall(self.words)]

    @property
    def paths(self) -> list[str]:
        return [text.decode() for text in self.strings]

    @property
    def file(self) -> int:
        """The descriptor it is about."""
        found = FILE.match(self.words)
        return int(found[1]) if found else -1


@cache
def why_not() -> str:
    """Why no system call can be traced here; empty where they can."""
    if shutil.which("strace") is None:
        return "install strace to run it: apt-get install strace"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "this machine lets no process be traced: allow ptrace to run it"


def live(home: Path, *options: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """One life in that home under strace; stdout is what it acknowledged."""
    traced = ["strace", "-f", "-qq", *options, sys.executable, str(LIFE), str(home)]
    return subprocess.run(
        [*traced, *without.split()], capture_output=True, text=True, timeout=60, check=False
    )


def recorded(home: Path, without: str = "") -> list[Call]:
    """The calls of one life that nothing happens to."""
    trace = home / "trace"
    done = live(
        home,
        "--seccomp-bpf",
        "-y",
        "-s",
        "1000000",
        "-o",
        str(trace),
        "-e",
        f"trace={CALLS}",
        without=without,
    )
    assert done.returncode == 0, done.stderr
    calls, counts = [], Counter[tuple[str, str]]()
    for line in trace.read_text().splitlines():
        if (found := LINE.match(line)) is None:
            continue
        process, name, words, result = found.groups()
        counts[process, name] += 1
        calls.append(Call(name, counts[process, name], words, int(result), str(home) in line))
    trace.unlink()
    return calls


class Fault(NamedTuple):
    """What happens at one call, or from it on."""

    call: Call
    what: str
    """As strace has it: "signal=KILL", "error=EIO"."""
    for_good: bool = False

    def __str__(self) -> str:
        return f"{self.what} at {self.call.name} {self.when}: {self.call.words[:120]}"

    @property
    def when(self) -> str:
        return f"{self.call.nth}{'+' * self.for_good}"


def injected(home: Path, fault: Fault) -> subprocess.CompletedProcess[str]:
    """One life in which that happens."""
    call, what, _ = fault
    # With its filter strace is three times as fast, and delivers no signals.
    quick = [] if what.startswith("signal") else ["--seccomp-bpf"]
    inject = f"inject={call.name}:{what}:when={fault.when}"
    return live(home, *quick, "-o", os.devnull, "-e", f"trace={call.name}", "-e", inject)
