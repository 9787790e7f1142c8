"""What happens to a laptop with Daybell on it: it sleeps, it travels, its clock is set, the seasons change.

Each scenario plays in an app, a home and a time of its own, so that all play at once: most of it is waiting.
"""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from app_home import Home
from builders import at
from daybell.model.query import RunQuery
from daybell.model.run import Run
from daybell.store.history import RunHistory
from virtual_wall import VirtualWall

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
GAP = 3 * HOUR
PATIENCE = 80.0
"""Seconds until a scenario that does not come to its end is shown as it is."""
PAUSE = 0.2
"""Seconds from one look to the next: eight of them play on two processors."""


class Seen(Struct, frozen=True):
    """What a scenario leaves."""

    rows: Mapping[str, list[Run]]
    """The history of each job, the oldest row first."""
    moments: Mapping[str, datetime] = {}
    """When what happened."""
    coming: Mapping[str, datetime] = {}
    """When each job was due next, as the app said."""


class Laptop:
    """An app with a home and a time of its own."""

    def __init__(self, path: Path, library: Path, zone: str) -> None:
        path.mkdir()
        self.path = path
        self.wall = VirtualWall(library, path / "wall")
        self.home = Home(path / "home", **self.wall.environ, TZ=zone)

    def cron(self, job_id: str, expression: str, **keys: object) -> None:
        self.home.command(job_id, "true", triggers=[{"type": "cron", "expression": expression}], **keys)

    def once(self, job_id: str, instant: datetime) -> None:
        self.home.command(job_id, "true", triggers=[{"type": "once", "at": instant.isoformat()}])

    def rows(self, job_id: str) -> list[Run]:
        history = RunHistory(self.home.path / "data" / "history")
        return [row.run for row in reversed(history.select(RunQuery(job_id=job_id, limit=1000)))]

    def next_run(self, job_id: str) -> datetime:
        return datetime.fromisoformat(self.home.job(job_id)["next_run"])

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds, or for as long as makes sense: what there is then is for the tests to judge."""
        limit, pause = time.monotonic() + PATIENCE, threading.Event()
        while not holds() and time.monotonic() < limit:
            pause.wait(PAUSE)

    def seen(self, *job_ids: str, **moments: datetime) -> Seen:
        return Seen({job_id: self.rows(job_id) for job_id in job_ids}, moments)


GAP_ROWS = {"newest": 2, "each": 3, "none": 1, "urgent": 2}
"""Jobs, and how many rows a gap of three instants leaves of each."""


def three_instants(laptop: Laptop) -> datetime:
    """Jobs that are due three times in the coming gap, and not near its ends; when they first are."""
    first = laptop.wall.now().replace(second=0, microsecond=0) + 30 * MINUTE
    hourly = f"{first.minute} * * * *"
    laptop.cron("newest", hourly)
    laptop.cron("each", hourly, catch_up={"policy": "all"})
    laptop.cron("none", hourly, catch_up={"policy": "skip"})
    laptop.cron("urgent", hourly, priority=5)
    return first


def is_made_up_for(laptop: Laptop) -> bool:
    return all(len(laptop.rows(job_id)) >= count for job_id, count in GAP_ROWS.items())


def asleep(laptop: Laptop) -> Seen:
    """For three hours; and something is due one second, and twenty, after the wake."""
    first = three_instants(laptop)
    woke = laptop.wall.now() + GAP + MINUTE
    dues = {"at_once": woke + SECOND, "after": woke + 20 * SECOND}
    for job_id, due in dues.items():
        laptop.once(job_id, due)
    with laptop.home.running("--headless"):
        laptop.wall.sleep_until(woke)
        laptop.wait(lambda: is_made_up_for(laptop) and all(laptop.rows(job_id) for job_id in dues))
    return laptop.seen(*GAP_ROWS, *dues, first=first, woke=woke, **dues)


def set_forward(laptop: Laptop) -> Seen:
    """By three hours."""
    first = three_instants(laptop)
    with laptop.home.running("--headless"):
        woke = laptop.wall.step(GAP)
        laptop.wait(lambda: is_made_up_for(laptop))
    return laptop.seen(*GAP_ROWS, first=first, woke=woke)


def not_running(laptop: Laptop) -> Seen:
    """For three hours."""
    first = three_instants(laptop)
    with laptop.home.running("--headless"):
        pass
    woke = laptop.wall.sleep(GAP)
    with laptop.home.running("--headless"):
        laptop.wait(lambda: is_made_up_for(laptop))
    return laptop.seen(*GAP_ROWS, first=first, woke=woke)


def set_back(laptop: Laptop) -> Seen:
    """By an hour, shortly before something is due."""
    laptop.cron("often", "*/5 * * * * *")
    with laptop.home.running("--headless"):
        laptop.wait(lambda: len(laptop.rows("often")) >= 2)
        later = laptop.wall.now() + 20 * SECOND
        laptop.once("later", later)
        laptop.wait(lambda: any(job["id"] == "later" for job in laptop.home.json("status")["jobs"]))
        back = laptop.wall.step(-HOUR)
        laptop.wall.wait_until(max(later - HOUR, back + 22 * SECOND) + 3 * SECOND)
        now = laptop.wall.now()
        coming = {job_id: laptop.next_run(job_id) for job_id in ("often", "later")}
    rows = {job_id: laptop.rows(job_id) for job_id in coming}
    return Seen(rows, {"later": later, "now": now}, coming)


def stopped(laptop: Laptop) -> Seen:
    """By a signal, for longer than a run may be late."""
    laptop.cron("tick", "* * * * * *")
    with laptop.home.running("--headless") as app:
        laptop.wait(lambda: len(laptop.rows("tick")) >= 2)
        app.send_signal(signal.SIGSTOP)
        halted = laptop.wall.now()
        laptop.wall.wait_until(halted + 16 * SECOND)
        woke = laptop.wall.now()
        app.send_signal(signal.SIGCONT)
        laptop.wait(lambda: any(run.cause == "catch_up" for run in laptop.rows("tick")))
    return laptop.seen("tick", halted=halted, woke=woke)


def spring(laptop: Laptop) -> Seen:
    """In Berlin at 02:00, which is 01:00 UTC, the clock on the wall goes to 03:00."""
    instants = [at(f"2026-03-29 {time}") for time in ("01:00", "01:30", "02:00")]
    return night(laptop, at("2026-03-29 00:40"), *instants)


def autumn(laptop: Laptop) -> Seen:
    """At 03:00, which is 01:00 UTC, the clock on the wall goes back to 02:00."""
    instants = [at(f"2026-10-25 {time}") for time in ("00:30", "01:00", "01:30", "02:00")]
    return night(laptop, at("2026-10-25 00:10"), *instants)


def night(laptop: Laptop, start: datetime, *instants: datetime) -> Seen:
    """Asleep for most of it, but awake around these instants.

    A job that is due each second lets the app notice each sleep at once.
    """
    laptop.wall.step_to(start)
    laptop.cron("tick", "* * * * * *", catch_up={"policy": "skip"})
    laptop.cron("daily", "30 2 * * *")
    laptop.cron("hourly", "0 * * * *")
    laptop.cron("half-hourly", "*/30 * * * *")
    laptop.cron("even", "0 */2 * * *")
    with laptop.home.running("--headless"):
        for instant in instants:
            laptop.wall.sleep_until(instant - 4 * SECOND)
            laptop.wait(lambda instant=instant: has_decided(laptop, instant))  # type: ignore[misc]
            laptop.wall.wait_until(instant + 2 * SECOND)
    return laptop.seen("daily", "hourly", "half-hourly", "even")


def has_decided(laptop: Laptop, instant: datetime) -> bool:
    return any(run.due == instant for run in laptop.rows("half-hourly"))


def abroad(laptop: Laptop) -> Seen:
    """From Berlin to Tokyo."""
    link = laptop.path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    laptop.home.environ["TZ"] = f":{link}"
    laptop.cron("daily", "30 2 * * *")
    laptop.home.command(
        "pinned", "true", triggers=[{"type": "cron", "expression": "30 2 * * *", "timezone": "Europe/Berlin"}]
    )
    with laptop.home.running("--headless"):
        before = laptop.next_run("daily")
        link.unlink()
        link.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
        laptop.wait(lambda: laptop.next_run("daily") != before)
        coming = {job_id: laptop.next_run(job_id) for job_id in ("daily", "pinned")}
    return Seen({}, {"before": before}, coming)


SCENARIOS: Mapping[str, Callable[[Laptop], Seen]] = {
    scenario.__name__: scenario
    for scenario in (asleep, set_forward, not_running, set_back, stopped, spring, autumn, abroad)
}
ZONES = {"spring": "Europe/Berlin", "autumn": "Europe/Berlin"}
"""Elsewhere it is UTC."""


class Scenes:
    """All scenarios at once, below one directory; each is waited for when it is asked for."""

    def __init__(self, place: Path, library: Path) -> None:
        self._pool = ThreadPoolExecutor(len(SCENARIOS))
        self._futures: dict[str, Future[Seen]] = {}
        for number, (name, scenario) in enumerate(SCENARIOS.items()):
            laptop = Laptop(place / str(number), library, ZONES.get(name, "UTC"))
            self._futures[name] = self._pool.submit(scenario, laptop)

    def __getitem__(self, name: str) -> Seen:
        return self._futures[name].result(2 * PATIENCE)

    def close(self) -> None:
        """When all have come to their end."""
        self._pool.shutdown()
