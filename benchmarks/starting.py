"""How long until the tray can be used, and until the API answers? From the start of the process."""

import time
from collections.abc import Iterator

from app import bare, desktop, home, running
from figures import Budget, Figure, median
from past import write_past
from tray_host import TrayHost

JOBS = 10
MANY, PAST = 10_000, 1_000_000
RIVAL = "bare APScheduler"


def measure(*, quick: bool) -> Iterator[Figure]:
    yield from _with_many(2 if quick else 5)
    serving, menu, theirs = [], [], []
    with desktop() as (bus, host):
        for _ in range(3 if quick else 9):
            with bare(JOBS) as rival:
                theirs.append(rival.seconds)
            to_api, to_menu = _start(bus, host)
            serving.append(to_api)
            menu.append(to_menu)
    rival_s = median(theirs)
    yield Figure(f"start: {JOBS} jobs, to API", median(serving), "s", RIVAL, rival_s)
    yield Figure(f"start: {JOBS} jobs, to menu", median(menu), "s", RIVAL, rival_s, Budget(0.6, 0.6))


def _with_many(times: int) -> Iterator[Figure]:
    """The first start meets all those jobs anew; each later one is what a person waits for."""
    with home() as place:
        place.write_far(MANY)
        write_past(place, PAST)
        with running(place, None):
            pass
        ours, theirs = [], []
        for _ in range(times):
            with bare(MANY) as rival:
                theirs.append(rival.seconds)
            with running(place, None) as app:
                ours.append(app.seconds)
    what = f"start: {MANY:,} jobs, {PAST:,} past runs, to API"
    yield Figure(what, median(ours), "s", RIVAL, median(theirs), Budget(2.0, 2.0))


def _start(bus: str, host: TrayHost) -> tuple[float, float]:
    """Seconds until it answers a request, and until a panel has its icon and its menu of jobs."""
    with home() as place:
        place.write_far(JOBS)
        with running(place, bus) as app:
            host.wait_item()
            host.wait(lambda menu: len(menu.children) > JOBS)
            to_menu = time.monotonic() - app.began
        host.wait_gone()
        return app.seconds, to_menu
