"""Kill Daybell again and again in the middle of its work, and look at what it makes of it.

`python tests/torture.py 1000` does so a thousand times and prints what it found; the suite does a few.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from app_home import DAYBELL, Home
from daybell.api.client import ApiError, Client, NotRunning
from waiting import until

SECOND = timedelta(seconds=1)
JOBS: dict[str, tuple[str, dict[str, object]]] = {
    "tick": ("sleep 0.2", {"triggers": [{"type": "cron", "expression": "* * * * * *"}]}),
    "long": ("sleep 1.3", {"triggers": [{"type": "cron", "expression": "*/2 * * * * *"}]}),
    "again": (
        "(sleep 0.4); true",
        {"triggers": [{"type": "cron", "expression": "*/3 * * * * *"}], "on_interrupt": "rerun"},
    ),
    "ended": (
        "sleep 5 & sleep 0.7",
        {"triggers": [{"type": "cron", "expression": "*/3 * * * * *"}], "on_interrupt": "end"},
    ),
    "by-hand": ("sleep 0.1", {}),
}


@dataclass
class Findings:
    """What was counted; all but the first four should stay at nought."""

    kills: int = 0
    in_a_run: int = 0
    """Kills at whose moment at least one command ran."""
    promises: int = 0
    """Runs and pauses that Daybell had acknowledged."""
    starts: int = 0
    """Of commands, as they wrote down themselves."""
    corrupt: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    """Due instants of the job of every second without exactly one outcome."""

    @property
    def is_clean(self) -> bool:
        return not (self.corrupt or self.lost or self.doubled or self.untracked or self.undecided)

    def __str__(self) -> str:
        counts = {
            name: len(value) if isinstance(value, list) else value for name, value in vars(self).items()
        }
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


class Torture:
    """One home, and life after life of the app in it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.api = Client(home.path / "run" / "api.sock")
        self.starts = home.path / "starts"
        self.found = Findings()
        self._acknowledged: set[str] = set()
        for job_id, (line, keys) in JOBS.items():
            witness = f'echo "{job_id} $DAYBELL_RUN_ID" >> {self.starts}'
            self.home.shell(job_id, f"{witness}; {line}", **keys)

    def run(self, kills: int) -> Findings:
        app = self._start()
        for number in range(kills):
            self._work(moments(number))
            self._kill(app)
            # Every fourth life ends before it has really begun.
            if number % 4 == 3:
                app = self._start()
                self._rest(next(moments(number + 1)) / 4)
                self._kill(app)
            app = self._start()
            self._wait(app)
            self._check()
        self._finish(app)
        return self.found

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.home.path / "stderr").open("ab") as errors:
            return subprocess.Popen([*DAYBELL, "start", "--headless"], env=self.home.environ, stderr=errors)

    def _wait(self, app: subprocess.Popen[bytes]) -> None:
        def answers() -> bool:
            if app.poll() is not None:
                raise AssertionError((self.home.path / "stderr").read_text()[-2000:])
            with suppress(NotRunning, ApiError):
                self.api.get("/api/v1/status")
                return True
            return False

        until(answers, 20)

    def _work(self, waits: Iterator[float]) -> None:
        """Ask for things, and remember what was acknowledged."""
        with suppress(NotRunning, ApiError):
            for wait in waits:
                self._rest(wait)
                with suppress(ApiError):
                    run = cast("dict[str, str]", self.api.post("/api/v1/jobs/by-hand/run"))
                    self._acknowledged.add(run["run_id"])
                    self.found.promises += 1

    def _rest(self, seconds: float) -> None:
        """Let it work for a moment."""
        end = time.monotonic() + seconds
        with suppress(AssertionError):
            until(lambda: time.monotonic() >= end, seconds + 0.01)

    def _kill(self, app: subprocess.Popen[bytes]) -> None:
        app.send_signal(signal.SIGKILL)
        app.wait()
        self.found.kills += 1
        self.found.in_a_run += any(True for _ in self._living())

    def _living(self) -> Iterator[tuple[int, str]]:
        """The processes that lead a run of this home, with its id."""
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                environ = (entry / "environ").read_bytes()
                home = f"DAYBELL_HOME={self.home.path}\0".encode()
                if b"DAYBELL_RUN_ID=" not in environ or home not in environ:
                    continue
                pid = int(entry.name)
                if os.getsid(pid) == pid:
                    yield pid, environ.partition(b"DAYBELL_RUN_ID=")[2].partition(b"\0")[0].decode()

    def _check(self) -> None:
        """Right after a start: what is said of runs must be so."""
        problems = cast("dict[str, Any]", self.api.get("/api/v1/status"))["problems"]
        self.found.corrupt += [problem["message"] for problem in problems]
        living = dict(self._living())
        runs = {run_id: self._run(run_id) for run_id in set(living.values()) | self._acknowledged}
        for pid, run_id in living.items():
            is_open = runs[run_id] is not None and runs[run_id]["outcome"] is None
            if not is_open and pid in dict(self._living()):
                self.found.untracked.append(run_id)
        self.found.lost += [run_id for run_id in self._acknowledged if runs[run_id] is None]
        self._acknowledged.clear()

    def _run(self, run_id: str) -> Any:
        try:
            return self.api.get(f"/api/v1/runs/{run_id}")
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def _finish(self, app: subprocess.Popen[bytes]) -> None:
        app.send_signal(signal.SIGTERM)
        app.wait(40)
        rows = self._rows()
        by_id = {row["run_id"]: row for row in rows}
        started = [line.split()[1] for line in self.starts.read_text().splitlines()]
        self.found.starts = len(started)
        self.found.doubled += twice(started) + twice([row["run_id"] for row in rows])
        keys = [f"{row['job_id']} {row['due']}" for row in rows if row["due"]]
        self.found.doubled += twice(keys)
        self.found.lost += [run_id for run_id in started if run_id not in by_id]
        self.found.undecided += undecided([row for row in rows if row["job_id"] == "tick" and row["due"]])

    def _rows(self) -> list[dict[str, Any]]:
        files = (self.home.path / "data" / "history").glob("*/20??-??.jsonl")
        return [json.loads(line)["run"] for file in files for line in file.read_bytes().splitlines()]


def moments(number: int) -> Iterator[float]:
    """How long to wait between requests: different in each life, the same in each torture."""
    for step in range(1 + number % 4):
        yield (number * 7919 + step * 104_729) % 1000 / 1000 * 0.25


def twice(keys: Sequence[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def undecided(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The seconds between the first and the last row that no row stands for, or more than one."""
    spans = sorted((moment(row["due"]), moment(row.get("due_to") or row["due"])) for row in rows)
    wrong = []
    for (_, end), (begin, _) in pairwise(spans):
        if begin != end + SECOND:
            wrong.append(f"{end} to {begin}")
    return wrong


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="daybell-torture-") as directory:
        findings = Torture(Home(Path(directory))).run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
        sys.stdout.write(f"{findings}\n")
        for name in ("corrupt", "lost", "doubled", "untracked", "undecided"):
            for each in getattr(findings, name):
                sys.stdout.write(f"{name}: {each}\n")
    sys.exit(not findings.is_clean)
