"""A life that is killed at any of its system calls, or is refused any of them, loses nothing."""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from store import life
from store.aftermath import last_said, new_home, wrongs
from store.tracing import Call, Fault, injected, recorded, why_not

pytestmark = [
    pytest.mark.system,
    pytest.mark.no_cover,  # what it goes through a thousand times, others go through once
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.usefixtures("few_kept"),
]

CHANGES = "openat", "write", "truncate", "rename", "link", "unlink", "mkdir"
"""A kill at any other call leaves what one at the next of these leaves, when no less was acknowledged."""
REFUSED = "openat", "write", "fdatasync", "fsync", "rename", "link"
ERRORS = "EIO", "ENOSPC", "EACCES", "EPERM"


def hurt(home: Path) -> Path:
    """A home in which the next life has much to mend."""
    life.live(new_home(home), lambda _word, _number: None)
    state = home / "state/state.json"
    state.write_bytes(state.read_bytes().replace(b"backup", b"hackup"))
    (home / "state/.state.json.abc.tmp").write_bytes(b"half")
    (home / "history/.recent.jsonl.abc.tmp").write_bytes(b"half")
    for path in [home / "state/journal.jsonl", *home.glob("history/**/*.jsonl")]:
        content = path.read_bytes()
        if path.parent.name != "state":
            content = content.replace(b'"number":6', b'"number":7')
        path.write_bytes(content + b'{"crc":"half a li')
    return home


def lives(
    place: Path, faults: Sequence[Fault], make: Callable[[Path], Path] = new_home
) -> Iterator[tuple[Fault, Path, CompletedProcess[str]]]:
    """For each fault one life: what happens in it, its home, and how it ends."""
    homes = [make(place / str(number)) for number in range(len(faults))]
    with ThreadPoolExecutor(2) as pool:
        ends = pool.map(injected, homes, faults)
        yield from zip(faults, homes, ends, strict=True)


def changes(calls: Iterable[Call]) -> Iterator[Call]:
    created = set[str]()
    for call in calls:
        if not call.is_ours or call.name not in CHANGES or call.result < 0:
            continue
        if call.name != "openat":
            yield call
        elif "O_CREAT" in call.words and call.paths[0] not in created:
            created.add(call.paths[0])
            yield call


def test_a_kill_at_any_call_loses_nothing(place: Path) -> None:
    kills = [Fault(call, "signal=KILL") for call in changes(recorded(new_home(place / "first")))]
    assert {kill.call.name for kill in kills} >= {"openat", "write", "rename", "link", "mkdir"}
    found = {}
    for kill, home, end in lives(place, kills):
        assert end.returncode == -signal.SIGKILL, f"{kill}: it survived: {end.stderr}"
        found[str(kill)] = wrongs(home, end.stdout.splitlines())
    assert only_wrong(found) == {}


def test_a_kill_while_it_mends_loses_nothing_either(place: Path) -> None:
    mending = takewhile(lambda call: call.name != "writev", recorded(hurt(place / "first")))
    kills = [Fault(call, "signal=KILL") for call in changes(mending)]
    assert {kill.call.name for kill in kills} >= {"write", "truncate", "rename", "unlink"}
    found = {}
    for kill, home, end in lives(place, kills, make=hurt):
        assert end.returncode == -signal.SIGKILL, f"{kill}: it survived: {end.stderr}"
        said = ["appended 13"]
        # Of what was damaged before, somebody may still hear, but only once.
        found[str(kill)] = [*wrongs(home, said, may_complain=True), *wrongs(home, said)]
    assert only_wrong(found) == {}


def test_what_is_refused_is_refused_whole_and_nothing_else_is_lost(place: Path) -> None:
    ours = [call for call in recorded(new_home(place / "first")) if call.is_ours and call.name in REFUSED]
    once = [Fault(call, f"error={ERRORS[number % 4]}") for number, call in enumerate(ours)]
    found = {}
    for fault, home, end in lives(place, [*once, *(one._replace(for_good=True) for one in once[::5])]):
        said = end.stdout.splitlines()
        wrong = [end.stderr] if end.returncode else []
        if not fault.for_good and len([line for line in said if line.startswith("refused")]) > 1:
            wrong.append("it did not go on")
        with life.living(home) as again:
            if again.last != last_said(said, "appended"):
                wrong.append(f"{again.last} is there, which was refused")
        found[str(fault)] = [*wrong, *wrongs(home, said)]
    assert only_wrong(found) == {}


def only_wrong(found: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {where: wrong for where, wrong in found.items() if wrong}
