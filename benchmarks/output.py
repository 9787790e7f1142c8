"""What does a command that prints without end take: of the disk, and of the app's memory?"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from app import Home, home, running, wait_until
from daybell.api.client import Client
from daybell.core.excerpt import BLOCK, marker
from daybell.model.job import Keep
from figures import Budget, Figure, Skipped
from procfs import high_water, resident

SIZE, LITTLE = 5 << 30, 512 << 20
"""Bytes that it prints."""
MEGABYTE = 1 << 20
STEP = 0.01
"""Seconds between two looks at the disk."""
SECOND = round(1 / STEP)
PATIENCE = 600.0
ROOM = 8 << 30
JOB = "big"
BEGINNING, END = b"the beginning\n", b"the end\n"


class Watched:
    """The sizes of a file, seen again and again."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.on_disk: list[int] = []

    @property
    def most_a_second(self) -> int:
        """The greatest growth between two looks a second apart."""
        return max(
            (after - before for before, after in zip(self.sizes, self.sizes[SECOND:], strict=False)),
            default=0,
        )


def measure(*, quick: bool) -> Iterator[Figure]:
    size = LITTLE if quick else SIZE
    flood = f"yes 'one more line of what nobody will ever read' | head -c {size}"
    line = f"echo 'the beginning'; {flood}; echo 'the end'"
    with home() as place:
        room = os.statvfs(place.path)
        if room.f_bavail * room.f_frsize < ROOM:
            raise Skipped("the disk has no room for the output of a second")
        place.write(JOB, {"type": "once", "at": "2000-01-01T00:00:00Z"}, ["sh", "-c", line])
        with running(place, None) as app:
            before = resident(app.pid)
            with watching(place) as seen:
                app.client.post(f"/api/v1/jobs/{JOB}/run")
                wait_until(lambda: _ended(app.client) is not None, "the command ends", PATIENCE, 0.05)
            peak = high_water(app.pid)
            run = _ended(app.client) or {}
        _check(_log(place), run, size)
    what = f"output: of {size / MEGABYTE:,.0f} MB printed"
    cap = Keep().output
    yield Figure(
        f"{what}, peak on the disk",
        max(seen.on_disk) / MEGABYTE,
        "MB",
        "cap and most in 1 s",
        (cap + seen.most_a_second) / MEGABYTE,
        Budget(1, 1, of_ratio=True),
    )
    yield Figure(
        f"{what}, kept",
        seen.on_disk[-1] / MEGABYTE,
        "MB",
        "cap",
        cap / MEGABYTE,
        Budget(1.01, 1.05, of_ratio=True),
    )
    yield Figure(
        "output: memory of the app, peak", peak, "MB", "before", before, Budget(1.2, 1.3, of_ratio=True)
    )


@contextmanager
def watching(place: Home) -> Iterator[Watched]:
    """Until the end of the block."""
    seen, is_over = Watched(), threading.Event()

    def look() -> None:
        path = _log(place)
        about = path.stat() if path else None
        seen.sizes.append(about.st_size if about else 0)
        seen.on_disk.append(about.st_blocks * 512 if about else 0)

    def watch() -> None:
        while not is_over.wait(STEP):
            look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
        look()


def _log(place: Home) -> Path | None:
    return next((place.path / "log" / "runs" / JOB).glob("*.log"), None)


def _ended(client: Client) -> dict[str, object] | None:
    page = cast(
        "dict[str, list[dict[str, object]]]", client.get("/api/v1/runs", {"job": JOB, "cause": "manual"})
    )
    return next((run for run in page["runs"] if run["outcome"]), None)


def _check(path: Path | None, run: dict[str, object], size: int) -> None:
    """Head and tail are there, and the line between them says how much is not."""
    assert path
    content = path.read_bytes()
    assert content.startswith(BEGINNING)
    assert content.endswith(END)
    assert len(content) <= Keep().output + 2 * BLOCK
    assert run["output_bytes"] == size + len(BEGINNING) + len(END)
    assert marker(cast("int", run["output_dropped"])) in content
