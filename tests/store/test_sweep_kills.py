"""A sweep that is killed at any of its calls loses nothing that stays, and the next one ends its work."""

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store import tracing
from store.tracing import Call, Fault, injected, recorded, why_not
from sweeps import Findings, Life, Sweeps, staying

pytestmark = [
    pytest.mark.system,
    pytest.mark.no_cover,  # what it goes through a thousand times, others go through once
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]

BEFORE, RUNS = 740, 9
"""Runs that were swept, over the end of a month, and runs that have ended since."""
CHANGES = "openat", "write", "rename", "unlink", "unlinkat"


@pytest.fixture
def first(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which something goes of each job."""
    monkeypatch.setattr(tracing, "LIFE", Path(__file__).with_name("sweep_life.py"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    home = place / "first" / "ages"
    life = Life(home)
    while life.last < BEFORE:
        life.end_run()
    life.sweep(lambda: None)
    while life.last < BEFORE + RUNS:
        life.end_run()
    life.ledger.close()
    return home


def copies(home: Path, count: int) -> Iterator[Path]:
    """The rules go by the last name, and what is old by the files' times."""
    for number in range(count):
        copy = shutil.copytree(home.parent, home.parents[1] / str(number), copy_function=copied)
        yield Path(copy) / home.name


def copied(source: str, copy: str) -> None:
    """What runs have left is only ever removed: another name for it will do."""
    if {"logs", "artifacts"} & {*Path(source).parts}:
        os.link(source, copy)
    else:
        shutil.copy2(source, copy)


def wrongs(home: Path) -> list[str]:
    """At once, and after the next sweep."""
    found = Findings()
    Sweeps(home, found).check([])
    life = Life(home)
    life.sweep(lambda: None)
    left = {row.number for row in life.rows()}
    if left - staying(life.rules, life.last):
        found.overdue.append(str(left))
    known = {row.run.run_id for row in life.rows()}
    found.overdue += [str(path) for path in home.glob("logs/*/*") if path.stem not in known]
    found.overdue += [str(path) for path in home.glob("artifacts/*/*") if path.name not in known]
    found.overdue += [str(path) for path in home.rglob("history/**/.*.tmp")]
    life.ledger.close()
    return [*found.lost, *found.disorder, *found.overdue]


def is_change(call: Call) -> bool:
    is_made = call.is_ours and call.name in CHANGES and call.result >= 0
    return is_made and (call.name != "openat" or "O_CREAT" in call.words)


def test_a_kill_at_any_call_of_a_sweep_loses_nothing(first: Path) -> None:
    (example,) = copies(first, 1)
    calls = recorded(example)
    shutil.rmtree(example.parent)
    kills = [Fault(call, "signal=KILL") for call in calls if is_change(call)]
    assert {kill.call.name for kill in kills} >= {"openat", "write", "rename", "unlinkat"}
    homes = [*copies(first, len(kills))]
    with ThreadPoolExecutor(2) as pool:
        ends = [*pool.map(injected, homes, kills)]
    found = {}
    for kill, home, end in zip(kills, homes, ends, strict=True):
        assert end.returncode == -signal.SIGKILL, f"{kill}: it survived: {end.stderr}"
        found[str(kill)] = wrongs(home)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
