"""A service as the tray sees it, which notes what it is asked for, and what clicks lead to around it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from builders import BERLIN, at, no_statistics
from daybell.core.views import Action, Verb
from daybell.desktop.tray.clicks import Clicks
from daybell.desktop.tray.verbs import Doings, Verbs
from daybell.engine.memory import VirtualClock
from daybell.engine.service import SchedulerService
from daybell.model.errors import Conflict, JobNotFound, RunNotFound
from daybell.model.job import Job
from daybell.model.query import RunPage, RunQuery
from daybell.model.run import Run
from daybell.model.status import JobStatus, Problem, SchedulerStatus, Status
from desktop.running import HeardNotices

NOW = at("2026-03-02 22:30")


class FakeAway:
    """What happened while nobody looked: two runs, whatever is asked for."""

    def __init__(self, asked: list[tuple[object, ...]]) -> None:
        self._asked = asked

    def run(self, job_id: str | None) -> tuple[str, ...]:
        self._asked.append(("run_away", job_id))
        return "one", "two"

    def skip(self, job_id: str | None) -> tuple[str, ...]:
        self._asked.append(("skip_away", job_id))
        return "one", "two"

    def dismiss(self) -> tuple[str, ...]:
        self._asked.append(("see_away",))
        return "one", "two"


class FakeService:
    """Some verbs take as long as the test wants, or fail."""

    def __init__(self, home: Path) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.away = FakeAway(self.asked)
        self.paused_by: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.runs: tuple[Run, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.jobs: dict[str, Job] = {}
        self.files: dict[str, bytes] = {}
        self.home = home

    def run_now(self, job_id: str) -> str:
        self.gate.wait(10)
        self.asked.append(("run", job_id))
        if job_id == "gone":
            raise JobNotFound("there is no job 'gone'")
        return "a run"

    def cancel_run(self, job_id: str) -> None:
        self.asked.append(("cancel", job_id))

    def pause_job(self, job_id: str, until: datetime | None = None, *, by: str) -> None:
        self.asked.append(("pause", job_id, until) if until else ("pause", job_id))
        self.paused_by.append(by)

    def resume_job(self, job_id: str) -> None:
        self.asked.append(("resume", job_id))

    def snooze_job(self, job_id: str, until: datetime) -> None:
        self.asked.append(("snooze", job_id, until))

    def pause_all(self, by: str) -> None:
        self.asked.append(("pause_all",))
        self.paused_by.append(by)

    def resume_all(self) -> None:
        self.asked.append(("resume_all",))

    def request_stop(self) -> None:
        self.asked.append(("quit",))

    def add_job(self, job_id: str, definition: bytes) -> None:
        if job_id in self.files:
            raise Conflict(f"there is a job {job_id} already")
        self.files[job_id] = definition

    def status(self) -> Status:
        scheduler = SchedulerStatus(
            state="running", started=None, version="1.2", home=str(self.home), pid=1, stats=no_statistics()
        )
        return Status(scheduler=scheduler, jobs=self.list_jobs(), problems=self.problems)

    def history(self, query: RunQuery) -> RunPage:
        return RunPage([run for run in self.runs if query.matches(run)])

    def get_run(self, run_id: str) -> Run:
        return next(run for run in self.runs if run.run_id == run_id)

    def log_file(self, run_id: str) -> Path:
        path = self.home / f"{run_id}.log"
        if not path.exists():
            raise RunNotFound(f"run {run_id} has no output")
        return path

    def list_jobs(self) -> tuple[JobStatus, ...]:
        ids = [*self.jobs, "broken"]
        return tuple(JobStatus(id=each, name="", state="idle", schedule="", next_run=NOW) for each in ids)

    def get_job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise JobNotFound
        return self.jobs[job_id]


class World:
    """Clicks, what they ask of the service, what they say and what they open."""

    def __init__(self, home: Path) -> None:
        self.service = FakeService(home)
        self.notices = HeardNotices()
        self.opened: list[tuple[Path, int | None]] = []
        service = cast("SchedulerService", self.service)
        self.clicked: list[str] = []
        clock, clicked = VirtualClock(NOW), self.clicked.append
        self.at_login: list[bool] = []
        others: Doings = {
            "open_dashboard": lambda _: None,
            "start_at_login": lambda _: self.at_login.append(True),
            "not_at_login": lambda _: self.at_login.append(False),
        }
        self.verbs = Verbs(
            service, self.notices, self.open, clock, lambda: BERLIN, clicked=clicked, others=others
        )
        self.clicks = Clicks(self.verbs.carry_out, self.notices)

    def open(self, path: Path, line: int | None) -> None:
        self.opened.append((path, line))
        if path.name == "closed.log":
            raise Conflict("no program to open it with was found")

    def does(self, verb: Verb, job_id: str | None = None, run_id: str | None = None) -> None:
        self.verbs.carry_out(Action(verb, job_id, run_id))

    @contextmanager
    def running(self) -> Iterator["World"]:
        self.clicks.start()
        yield self
        self.service.gate.set()
        self.clicks.stop()
