"""Two Daybells fight for one home, and are killed again and again: does anything start twice?

`python tests/rivals.py 50` kills fifty times, half of them with the instance's lock taken away before.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app_home import DAYBELL, Home
from waiting import until

JOBS = 8
EVERY_SECOND = [{"type": "cron", "expression": "* * * * * *"}]
REFUSED = 7
"""The exit code of a Daybell whose home is taken."""


@dataclass
class Findings:
    """What became of two that wanted the same."""

    kills: int = 0
    refused: int = 0
    instants: int = 0
    doubled: list[str] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """Exit codes of a rival that neither ran nor was refused."""


class Rivals:
    """Each job writes down each of its starts."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.starts = home.path / "starts"
        self.found = Findings()
        for number in range(JOBS):
            line = f'echo "$DAYBELL_RUN_ID" >> {self.starts}'
            self.home.shell(f"job-{number}", line, triggers=EVERY_SECOND)

    def run(self, kills: int) -> Findings:
        for number in range(kills):
            self._fight(0.5 + number % 5 / 10, without_lock=number % 2 == 1)
        with self.home.running("--headless"):
            self._count()
        return self.found

    def _fight(self, seconds: float, *, without_lock: bool) -> None:
        first = self._start()
        until((self.home.path / "run" / "instance.json").exists, 10)
        if without_lock:
            (self.home.path / "run" / "instance.lock").unlink(missing_ok=True)
        second = self._start()
        end = time.monotonic() + seconds
        with contextlib.suppress(AssertionError):
            until(lambda: time.monotonic() > end and second.poll() is not None, 10)
        for app in (first, second):
            if app.poll() is None:
                app.kill()
                self.found.kills += 1
            elif app.returncode == REFUSED:
                self.found.refused += 1
            else:
                self.found.others.append(app.returncode)
            app.wait()
        (self.home.path / "run" / "instance.json").unlink(missing_ok=True)

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.home.path / "stderr").open("ab") as errors:
            return subprocess.Popen([*DAYBELL, "start", "--headless"], env=self.home.environ, stderr=errors)

    def _count(self) -> None:
        files = (self.home.path / "data" / "history").glob("*/20??-??.jsonl")
        rows = [json.loads(line)["run"] for file in files for line in file.read_bytes().splitlines()]
        due = {row["run_id"]: f"{row['job_id']} {row['due']}" for row in rows if row["due"]}
        started = self.starts.read_text().split()
        keys = Counter(due.get(run_id, run_id) for run_id in started)
        self.found.instants = len(keys)
        self.found.doubled = [key for key, count in keys.items() if count > 1]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="daybell-rivals-") as directory:
        findings = Rivals(Home(Path(directory))).run(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
    sys.stdout.write(f"{findings}\n")
    sys.exit(bool(findings.doubled or findings.others))
