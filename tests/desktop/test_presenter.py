"""When the tray gets a new view."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from builders import no_statistics
from cards import a_card, a_line
from daybell.core.views import TrayView
from daybell.desktop.tray.presenter import LONGEST, Beside, Presenter, seconds_until
from daybell.model.absence import Card
from daybell.model.status import JobStatus, SchedulerStatus, Status
from tray_host import wait_until

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class FakeClock:
    instant = NOON

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0


class FakeTray:
    why = ""

    def __init__(self) -> None:
        self.views: list[TrayView] = []

    def run(self, ready: Callable[[], None]) -> None:
        ready()

    def show(self, view: TrayView) -> None:
        self.views.append(view)

    def stop(self) -> None:
        pass


class World:
    """A status that the test changes, and what became of it."""

    def __init__(self) -> None:
        self.tray = FakeTray()
        self.clock = FakeClock()
        self.jobs = 1
        self.looks = 0
        self.presenter = Presenter(self.status, self.tray, lambda: ZoneInfo("UTC"), self.clock, pause=0.05)

    def status(self) -> Status:
        self.looks += 1
        if not self.jobs:
            raise RuntimeError("no status")
        scheduler = SchedulerStatus(
            state="running", started=None, version="1", home="/", pid=1, stats=no_statistics()
        )
        jobs = tuple(
            JobStatus(id=str(n), name="", state="idle", schedule="", next_run=NOON + timedelta(hours=13))
            for n in range(self.jobs)
        )
        return Status(scheduler=scheduler, jobs=jobs, problems=())

    def change(self, jobs: int) -> None:
        self.jobs = jobs
        self.presenter.changed()


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.presenter.start()
    wait_until(lambda: len(world.tray.views) == 1, "the first view")
    yield world
    world.presenter.stop()
    assert "tray-view" not in [thread.name for thread in threading.enumerate()]


def test_the_first_view_comes_by_itself(world: World) -> None:
    assert world.tray.views[0].menu[0].label == "Daybell — 1 job"


def test_a_change_is_shown(world: World) -> None:
    world.change(2)
    wait_until(lambda: len(world.tray.views) == 2, "the change")
    assert world.tray.views[-1].menu[0].label == "Daybell — 2 jobs"


def test_many_jobs_are_grouped_by_the_tags_of_the_moment() -> None:
    world = World()
    tags: dict[str, tuple[str, ...]] = {"3": ("web",)}
    world.presenter = Presenter(
        world.status,
        world.tray,
        lambda: ZoneInfo("UTC"),
        world.clock,
        beside=Beside(tags=lambda: tags),
        pause=0.05,
    )
    world.jobs = 13
    world.presenter.start()
    wait_until(lambda: len(world.tray.views) == 1, "the first view")
    tags["4"] = ("web",)
    world.presenter.changed()
    wait_until(lambda: len(world.tray.views) == 2, "the next view")
    assert [view.menu[2].label for view in world.tray.views] == ["web (1)", "web (2)"]
    world.presenter.stop()


def test_what_happened_meanwhile_is_shown_until_it_is_dealt_with() -> None:
    world = World()
    cards: list[Card | None] = [a_card(a_line()), None]
    world.presenter = Presenter(
        world.status,
        world.tray,
        lambda: ZoneInfo("UTC"),
        world.clock,
        beside=Beside(card=lambda: cards.pop(0)),
        pause=0.05,
    )
    world.presenter.start()
    wait_until(lambda: len(world.tray.views) == 1, "the first view")
    world.presenter.changed()
    wait_until(lambda: len(world.tray.views) == 2, "the next view")
    keys = [[entry.key for entry in view.menu] for view in world.tray.views]
    assert ["away" in each for each in keys] == [True, False]
    world.presenter.stop()


def test_an_equal_view_is_not_shown_again(world: World) -> None:
    world.change(1)
    wait_until(lambda: world.looks == 2, "the second look")
    world.change(2)
    wait_until(lambda: world.looks == 3, "the third look")
    wait_until(lambda: len(world.tray.views) == 2, "the change")


def test_a_storm_of_changes_ends_in_few_looks(world: World) -> None:
    for jobs in range(1, 500):
        world.change(jobs)
    wait_until(lambda: world.tray.views[-1].menu[0].label == "Daybell — 499 jobs", "the last change")
    assert world.looks < 20


def test_a_quiet_tray_is_not_looked_at(world: World) -> None:
    threading.Event().wait(0.3)
    assert world.looks == 1


def test_at_midnight_times_read_differently() -> None:
    world = World()
    world.clock.instant = datetime(2026, 11, 20, 23, 59, 59, 900_000, tzinfo=UTC)
    world.presenter.start()
    wait_until(lambda: len(world.tray.views) == 1, "the view of the evening")
    world.clock.instant += timedelta(seconds=1)
    wait_until(lambda: len(world.tray.views) == 2, "the view of the next day")
    assert [view.menu[2].label for view in world.tray.views] == ["0 — next Sat 01:00", "0 — next 01:00"]
    world.presenter.stop()


@pytest.mark.parametrize(
    ("stale", "seconds"),
    [
        (None, LONGEST),
        (NOON - timedelta(hours=8), 0.0),
        (NOON + timedelta(seconds=30), 30.0),
        (NOON + timedelta(hours=8), LONGEST),
    ],
)
def test_a_midnight_that_passes_in_sleep_is_noticed_soon_after(
    stale: datetime | None, seconds: float
) -> None:
    assert seconds_until(stale, NOON) == seconds


def test_a_status_that_fails_is_logged_and_the_next_one_shown(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.change(0)
    wait_until(lambda: bool(caplog.records), "the log line")
    world.change(2)
    wait_until(lambda: len(world.tray.views) == 2, "the next view")
    assert caplog.records[0].levelno == logging.ERROR


def test_it_can_be_stopped_before_it_started() -> None:
    World().presenter.stop()
