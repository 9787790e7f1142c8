from collections.abc import Mapping, Sequence

import pytest

from daybell.core.recovery import Living
from daybell.machine.processes import survivors
from daybell.machine.processes.interface import Process, Sighting, Spawn
from daybell.machine.processes.survivors import LOOKS, RunSurvivors, living
from daybell.model.run import ProcessIdentity

OLD, MID, NEW = (
    ProcessIdentity(pid, create_time, "boot") for pid, create_time in ((9, 100), (3, 101), (4, 101))
)


def seen(identity: ProcessIdentity, *marks: str, leads: bool = False) -> Sighting:
    return Sighting(identity, frozenset(marks), leads)


def main(identity: ProcessIdentity) -> Living:
    return Living(identity, is_main=True)


def other(identity: ProcessIdentity) -> Living:
    return Living(identity, is_main=False)


@pytest.mark.parametrize(
    ("runs", "sightings", "expected"),
    [
        ({"r1": OLD}, [], {}),
        ({"r1": OLD}, [seen(MID, "r2"), seen(NEW)], {}),
        ({"r1": OLD}, [seen(OLD)], {"r1": [main(OLD)]}),
        ({"r1": NEW}, [seen(OLD, "r1", leads=True), seen(NEW)], {"r1": [main(NEW), other(OLD)]}),
        ({"r1": NEW}, [seen(MID, "r1", leads=True)], {"r1": [other(MID)]}),
        ({"r1": None}, [seen(MID, "r1", leads=True)], {"r1": [main(MID)]}),
        ({"r1": None}, [seen(MID, "r1")], {"r1": [other(MID)]}),
        ({"r1": None}, [seen(OLD, "r0", "r1", leads=True)], {"r1": [main(OLD)]}),
        (
            {"r1": None},
            [seen(NEW, "r1", leads=True), seen(OLD, "r1"), seen(MID, "r1", leads=True)],
            {"r1": [main(MID), other(OLD), other(NEW)]},
        ),
        (
            {"r1": None, "r2": None},
            [seen(NEW, "r1", leads=True), seen(OLD, "r2")],
            {"r1": [main(NEW)], "r2": [other(OLD)]},
        ),
    ],
    ids=[
        "nothing lives",
        "only strangers live",
        "the recorded one without a tag",
        "the recorded one, whoever else leads",
        "the recorded one is over",
        "the one that leads",
        "none leads",
        "it carries another tag as well",
        "the oldest of those that lead",
        "two runs",
    ],
)
def test_L4_what_lives_of_a_run(
    runs: Mapping[str, ProcessIdentity | None],
    sightings: Sequence[Sighting],
    expected: Mapping[str, Sequence[Living]],
) -> None:
    assert living(runs, sightings) == expected


class FakeProcesses:
    """Shows one list of processes at each look, and nothing when there is none left."""

    def __init__(self, *looks: Sequence[Sighting]) -> None:
        self.looked = 0
        self._looks = list(looks)

    def sightings(self) -> Sequence[Sighting]:
        self.looked += 1
        return self._looks.pop(0) if self._looks else []

    def spawn(self, spawn: Spawn) -> Process:
        raise AssertionError

    def adopt(self, identity: ProcessIdentity, run_id: str) -> Process:
        raise AssertionError

    def is_alive(self, identity: ProcessIdentity) -> bool:
        raise AssertionError


def test_without_runs_it_does_not_look() -> None:
    processes = FakeProcesses([seen(OLD, "r1")])
    assert RunSurvivors(processes).find({}) == {}
    assert processes.looked == 0


def test_it_looks_once_for_runs_whose_process_was_recorded() -> None:
    processes = FakeProcesses([seen(OLD)])
    assert RunSurvivors(processes).find({"r1": OLD, "r2": MID}) == {"r1": [main(OLD)]}
    assert processes.looked == 1


def test_it_looks_again_for_a_run_that_was_never_recorded() -> None:
    """Its process was just becoming what it was spawned for."""
    processes = FakeProcesses([seen(OLD)], [seen(OLD), seen(NEW, "r2", leads=True)])
    expected = {"r1": [main(OLD)], "r2": [main(NEW)]}
    assert RunSurvivors(processes).find({"r1": OLD, "r2": None}) == expected
    assert processes.looked == 2


def test_it_does_not_look_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survivors, "PAUSE_SECONDS", 0)
    processes = FakeProcesses()
    assert RunSurvivors(processes).find({"r1": None}) == {}
    assert processes.looked == LOOKS
