"""A home for tests: its job files, the real app in a process of its own, and the real command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waiting import until

DESKTOP = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
PACKED = os.environ.get("DAYBELL_PROGRAM")
"""A packed program to test instead."""
DAYBELL = (PACKED,) if PACKED else (sys.executable, "-m", "daybell")


class Home:
    """All of it lies below one directory."""

    program: Sequence[str] = DAYBELL

    def __init__(self, path: Path, **environ: str) -> None:
        self.path = path
        self.jobs = path / "config" / "jobs"
        self.jobs.mkdir(parents=True, mode=0o700)
        kept = {name: value for name, value in os.environ.items() if name not in DESKTOP}
        alone = {  # not this machine's battery, nor its person's PATH, and nothing that starts at login
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={path}/no-bus",
            "SHELL": "/bin/false",
            "XDG_CONFIG_HOME": str(path / "desktop"),
        }
        self.environ = {**kept, **alone, "DAYBELL_HOME": str(path), "NO_COLOR": "1", **environ}

    def write(self, job_id: str, definition: Mapping[str, object] | str) -> None:
        content = definition if isinstance(definition, str) else json.dumps(definition)
        (self.jobs / f"{job_id}.json").write_text(content)

    def command(self, job_id: str, *argv: str, **keys: object) -> None:
        """A job that runs this command."""
        self.write(job_id, {"handler": {"type": "command", "argv": argv}, **keys})

    def shell(self, job_id: str, line: str, **keys: object) -> None:
        self.write(job_id, {"handler": {"type": "command", "argv": [line], "shell": True}, **keys})

    def daybell(self, *args: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.program, *args],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def json(self, *args: str) -> Any:
        """What a reading command prints with --json."""
        done = self.daybell(*args, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def job(self, job_id: str) -> Any:
        """Its entry in the status."""
        return next(job for job in self.json("status")["jobs"] if job["id"] == job_id)

    def history(self, job_id: str) -> Any:
        return self.json("history", job_id)["runs"]

    def ended(self, job_id: str) -> list[Any]:
        """Its runs that have an outcome, newest first."""
        return [run for run in self.history(job_id) if run["outcome"]]

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.path / "log" / "daybell.log").read_text().splitlines()]

    @contextmanager
    def running(self, *args: str) -> Iterator[subprocess.Popen[str]]:
        """The app, until the end of the block; it must then have stopped cleanly."""
        app = self.start(*args)
        try:
            yield app
            if app.poll() is None:
                app.send_signal(signal.SIGTERM)
            assert app.wait(30) == 0
        finally:
            if app.poll() is None:
                app.kill()
                app.wait(10)

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Returns once the app answers."""
        errors = (self.path / "stderr").open("w")
        with errors:
            app = subprocess.Popen(
                [*self.program, "start", *args], env=self.environ, stderr=errors, text=True
            )
        until(lambda: app.poll() is not None or self.answers(), 60)
        assert app.poll() is None, (self.path / "stderr").read_text()
        return app

    def answers(self) -> bool:
        socket = self.path / "run" / "api.sock"
        return socket.exists() and self.daybell("status").returncode == 0
