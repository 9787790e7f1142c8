"""What a click in the menu does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast, get_args

import pytest

from builders import a_job, a_run, at
from daybell.core.views import Action, Verb
from daybell.desktop.tray.clicks import Clicks
from daybell.desktop.tray.tags import tags_of
from daybell.engine.service import SchedulerService
from daybell.model.errors import Conflict, JobNotFound, RunNotFound
from daybell.model.job import Job
from daybell.model.run import Run
from daybell.model.status import JobStatus, SchedulerStatus, Status
from desktop.running import HeardNotices, RunningTray, a_view
from tray_host import TrayHost, wait_until


class FakeService:
    """Notes what it is asked for; some verbs take as long as the test wants, or fail."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.runs: tuple[Run, ...] = ()
        self.jobs: dict[str, Job] = {}

    def run_now(self, job_id: str) -> str:
        self.gate.wait(10)
        self.asked.append(("run", job_id))
        if job_id == "gone":
            raise JobNotFound("there is no job 'gone'")
        return "a run"

    def cancel_run(self, job_id: str) -> None:
        self.asked.append(("cancel", job_id))

    def pause_job(self, job_id: str) -> None:
        self.asked.append(("pause", job_id))

    def resume_job(self, job_id: str) -> None:
        self.asked.append(("resume", job_id))

    def pause_all(self) -> None:
        self.asked.append(("pause_all",))

    def resume_all(self) -> None:
        self.asked.append(("resume_all",))

    def request_stop(self) -> None:
        self.asked.append(("quit",))

    def status(self) -> Status:
        scheduler = SchedulerStatus(state="running", started=None, version="1.2", home="/jobs", pid=1)
        return Status(scheduler=scheduler, jobs=(), problems=())

    def history(self, job_id: str) -> tuple[Run, ...]:
        return self.runs

    def log_file(self, run_id: str) -> Path:
        if run_id == "rotated":
            raise RunNotFound("run rotated has no output")
        return Path(f"/runs/{run_id}.log")

    def list_jobs(self) -> tuple[JobStatus, ...]:
        ids = [*self.jobs, "broken"]
        return tuple(JobStatus(id=each, name="", state="idle", schedule="") for each in ids)

    def get_job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise JobNotFound
        return self.jobs[job_id]


class World:
    def __init__(self) -> None:
        self.service = FakeService()
        self.notices = HeardNotices()
        self.opened: list[Path] = []
        self.clicks = Clicks(cast("SchedulerService", self.service), self.notices, self.open)

    def open(self, path: Path) -> None:
        self.opened.append(path)
        if path == Path("/runs/closed.log"):
            raise Conflict("no program to open it with was found")

    @contextmanager
    def running(self) -> Iterator["World"]:
        self.clicks.start()
        yield self
        self.service.gate.set()
        self.clicks.stop()


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as world:
        yield world


JOB_VERBS = ("run", "cancel", "pause", "resume")
APP_VERBS = ("pause_all", "resume_all", "quit")
SHOWING = ("open_log", "open_folder", "about")


def test_every_verb_is_asked_of_the_service(world: World) -> None:
    for verb in JOB_VERBS:
        world.clicks.act(Action(verb, "backup"))  # type: ignore[arg-type]  # they are verbs
    for verb in APP_VERBS:
        world.clicks.act(Action(verb))  # type: ignore[arg-type]  # as above
    wanted = [*((verb, "backup") for verb in JOB_VERBS), *((verb,) for verb in APP_VERBS)]
    wait_until(lambda: world.service.asked == wanted, "all verbs")
    assert {*JOB_VERBS, *APP_VERBS, *SHOWING} == set(get_args(Verb))


def test_the_output_of_the_last_run_that_started_is_opened(world: World) -> None:
    skipped = a_run(run_id="skipped", started=None, outcome="skipped")
    world.service.runs = (skipped, a_run(run_id="new", started=at("2026-03-02 12:00")))
    world.clicks.act(Action("open_log", "backup"))
    wait_until(lambda: world.opened == [Path("/runs/new.log")], "the log")


@pytest.mark.parametrize(
    ("run_ids", "why"),
    [([], "not printed anything"), (["rotated"], "no output"), (["closed"], "no program to open it")],
)
def test_what_cannot_be_opened_is_said_in_a_notice(world: World, run_ids: list[str], why: str) -> None:
    world.service.runs = tuple(a_run(run_id=each, started=at("2026-03-02 12:00")) for each in run_ids)
    world.clicks.act(Action("open_log", "backup"))
    wait_until(lambda: bool(world.notices.heard), "the notice")
    ((title, body),) = world.notices.heard
    assert title == "Daybell cannot do that"
    assert why in body


def test_the_job_folder_opens_and_daybell_says_who_it_is(world: World) -> None:
    world.clicks.act(Action("open_folder"))
    world.clicks.act(Action("about"))
    wait_until(lambda: bool(world.notices.heard), "the notice")
    assert world.opened == [Path("/jobs")]
    assert world.notices.heard == [("Daybell 1.2", "It runs the jobs in /jobs.")]


def test_a_job_that_is_gone_is_said_in_a_notice(world: World) -> None:
    world.clicks.act(Action("run", "gone"))
    wait_until(lambda: bool(world.notices.heard), "the notice")
    assert world.notices.heard == [("Daybell cannot do that", "there is no job 'gone'")]


@pytest.mark.desktop
def test_a_click_that_takes_its_time_leaves_the_menu_alive(bus: str, host: TrayHost, world: World) -> None:
    world.service.gate.clear()
    with RunningTray(bus, world.clicks.act).running() as running:
        running.tray.show(a_view())
        host.wait_item()
        host.wait(lambda menu: menu.has("Quit"))
        host.click("Back up photos", "Run now")
        running.tray.show(a_view(tooltip="meanwhile"))
        wait_until(lambda: host.tooltip()[0] == "meanwhile", "the tooltip")
        assert host.menu().has("Back up photos", "Run now")
        host.click("Back up photos", "Enabled")
        assert world.service.asked == []
        world.service.gate.set()
        wait_until(lambda: world.service.asked == [("run", "backup"), ("pause", "backup")], "both clicks")


def test_tags_are_those_of_the_definitions() -> None:
    service = FakeService()
    service.jobs = {"a": a_job(id="a", tags=("web",)), "b": a_job(id="b")}
    assert tags_of(cast("SchedulerService", service)) == {"a": ("web",)}
