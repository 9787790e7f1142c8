"""The real app on a laptop that sleeps through three instants: with the desktop around it, and without a bus.

Both play at once, in time that is moved under them; most of it is waiting.
"""

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from daybell.model.run import Run
from laptops import HOUR, MINUTE, SECOND, Laptop
from machine_bus import MOCKS_NEEDED, MachineBus, has_mocks
from notice_server import NoticeServer
from tray_host import private_bus
from virtual_wall import compiled, why_not

pytestmark = [
    pytest.mark.system,
    pytest.mark.desktop,
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.skipif(not has_mocks(), reason=MOCKS_NEEDED),
]

FLAPS = 100
SETTLED = timedelta(seconds=30)
STEADY = timedelta(seconds=10)
PUNCTUAL = timedelta(seconds=8)
"""What two apps on two busy processors may take."""
JOBS: dict[str, dict[str, Any]] = {
    "plain": {"priority": 1},
    "photos": {"priority": 5, "conditions": {"network": "online"}},
    "mail": {"conditions": {"network": "online"}},
    "power": {"priority": -1, "conditions": {"power": "ac"}},
}


class Morning(Struct):
    """What the person finds."""

    first: datetime
    """The first instant that was missed."""
    woke: datetime
    online: datetime
    card: dict[str, Any]
    told: list[str]
    """The titles of the notices."""
    told_after: timedelta
    rows: dict[str, list[Run]]

    def late(self, job_id: str) -> Run:
        (run,) = [run for run in self.rows[job_id] if run.started]
        return run


def begin(laptop: Laptop) -> datetime:
    """Jobs that are due three times in the coming sleep; when they first are."""
    first = laptop.wall.now().replace(microsecond=0) + 10 * MINUTE
    every = {"type": "interval", "every": "1h", "anchor": first.isoformat()}
    for job_id, keys in JOBS.items():
        laptop.home.command(job_id, "sleep", "1", triggers=[every], **keys)
    return first


def card(laptop: Laptop) -> dict[str, Any]:
    events = [json.loads(line)["event"] for line in journal(laptop).read_text().splitlines()]
    (noted,) = [event for event in events if event["type"] == "absence_noted"]
    return noted["absence"]  # type: ignore[no-any-return]  # JSON


def journal(laptop: Laptop) -> Path:
    return laptop.home.path / "state" / "journal.jsonl"


def has_card(laptop: Laptop) -> bool:
    return "absence_noted" in journal(laptop).read_text()


def ended(laptop: Laptop, *job_ids: str) -> bool:
    return all(any(run.started for run in laptop.rows(job_id)) for job_id in job_ids)


def on_a_desktop(laptop: Laptop) -> Morning:
    with ExitStack() as stack:
        machine = stack.enter_context(MachineBus(stack.enter_context(private_bus())))
        session = stack.enter_context(private_bus())
        screen = stack.enter_context(NoticeServer(session))
        laptop.home.environ |= {**machine.environ, "DBUS_SESSION_BUS_ADDRESS": session}
        first = begin(laptop)
        stack.enter_context(laptop.home.running("--headless"))
        machine.set_network()
        machine.set_battery(on_battery=True, percent=60)
        laptop.wall.wait_until(laptop.wall.now() + STEADY + 2 * SECOND)
        machine.wake()  # a word too many: no sleep came before it
        machine.sleep()
        woke = laptop.wall.sleep(3 * HOUR)
        machine.wake()
        laptop.wait(lambda: bool(screen.history))
        told_after = laptop.wall.now() - woke
        flap(machine)
        laptop.wait(lambda: ended(laptop, "plain"))
        machine.set_network(wired=True)
        online = laptop.wall.now()
        laptop.wait(lambda: ended(laptop, *JOBS))
        rows = {job_id: laptop.rows(job_id) for job_id in JOBS}
        return Morning(first, woke, online, card(laptop), screen.history, told_after, rows)


def flap(machine: MachineBus) -> None:
    """A charger that wobbles, a hundred times in ten seconds, and holds in the end."""
    pause = threading.Event()
    for number in range(FLAPS):
        machine.set_battery(on_battery=number % 2 == 0, percent=60)
        pause.wait(STEADY.total_seconds() / FLAPS)


def without_a_bus(laptop: Laptop) -> Morning:
    first = begin(laptop)
    with laptop.home.running("--headless"):
        woke = laptop.wall.sleep(3 * HOUR)
        laptop.wait(lambda: has_card(laptop))
        told_after = laptop.wall.now() - woke
        laptop.wait(lambda: ended(laptop, *JOBS))
        rows = {job_id: laptop.rows(job_id) for job_id in JOBS}
        return Morning(first, woke, woke, card(laptop), [], told_after, rows)


@pytest.fixture(scope="module")
def mornings() -> Iterator[tuple[Morning, Morning]]:
    place = Path(tempfile.mkdtemp(prefix="daybell-laptop-"))  # short, as the path of a socket must be
    library = compiled(place)
    with ThreadPoolExecutor(2) as at_once:
        desktop = at_once.submit(on_a_desktop, Laptop(place / "a", library, "Europe/Berlin"))
        bare = at_once.submit(without_a_bus, Laptop(place / "b", library, "Europe/Berlin"))
        yield desktop.result(), bare.result()
    shutil.rmtree(place)


def outline(morning: Morning) -> list[tuple[str, str, timedelta, timedelta]]:
    return sorted(
        (
            run["job_id"],
            run["fate"],
            datetime.fromisoformat(run["due"]) - morning.first,
            datetime.fromisoformat(run["due_to"]) - morning.first,
        )
        for run in morning.card["runs"]
    )


def test_there_is_one_card_and_one_notice_as_soon_as_the_machine_wakes(
    mornings: tuple[Morning, Morning],
) -> None:
    desktop, _ = mornings
    assert desktop.told == ["While you were away"]
    assert desktop.told_after < 5 * SECOND, "the system said so; the clocks alone may take nine seconds"
    assert outline(desktop) == [(job_id, "late", timedelta(0), 2 * HOUR) for job_id in sorted(JOBS)]


def test_without_any_bus_it_is_the_same_card(mornings: tuple[Morning, Morning]) -> None:
    desktop, bare = mornings
    assert (bare.card["kind"], outline(bare)) == (desktop.card["kind"], outline(desktop))
    slept = [datetime.fromisoformat(bare.card[name]) for name in ("since", "until")]
    assert abs(slept[1] - slept[0] - 3 * HOUR) < 5 * SECOND


def test_M10_no_late_run_starts_before_the_machine_has_settled(mornings: tuple[Morning, Morning]) -> None:
    for morning in mornings:
        for job_id in JOBS:
            started = morning.late(job_id).started
            assert started is not None
            assert started >= morning.woke + SETTLED


def test_M10_nor_before_its_network_is_there(mornings: tuple[Morning, Morning]) -> None:
    desktop, _ = mornings
    for job_id in ("photos", "mail"):
        started = desktop.late(job_id).started
        assert started is not None
        assert desktop.online + STEADY <= started <= desktop.online + STEADY + PUNCTUAL


def test_M10_late_runs_start_one_at_a_time_the_most_urgent_first(mornings: tuple[Morning, Morning]) -> None:
    desktop, bare = mornings
    for morning, order in ((desktop, ["photos", "mail"]), (bare, ["photos", "plain", "mail", "power"])):
        runs = [morning.late(job_id) for job_id in order]
        for before, after in pairwise(runs):
            assert before.finished is not None
            assert after.started is not None
            assert before.finished <= after.started


def test_K2_a_charger_that_wobbles_a_hundred_times_makes_one_run(mornings: tuple[Morning, Morning]) -> None:
    desktop, _ = mornings
    assert desktop.late("power").outcome == "succeeded"
