"""What still lives of the runs that an earlier life of Daybell left open?"""

import threading
from collections.abc import Iterable, Mapping, Sequence

from daybell.core.recovery import Living
from daybell.machine.processes.interface import Processes, Sighting
from daybell.model.run import ProcessIdentity

LOOKS = 3
"""At a run whose process was never recorded: it may be at the point of becoming what it was spawned for, and
what forks and is over while we look is not seen, nor is its child."""
PAUSE_SECONDS = 0.005


class RunSurvivors:
    """`engine.ports.Survivors` among the processes of this machine."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def find(self, runs: Mapping[str, ProcessIdentity | None]) -> Mapping[str, Sequence[Living]]:
        """The first of each run is its main process, or else the oldest: nothing of the run is older."""
        if not runs:
            return {}
        unrecorded = {run_id for run_id, main in runs.items() if main is None}
        found = living(runs, self._processes.sightings())
        for _ in range(LOOKS - 1):
            if unrecorded <= found.keys():
                break
            threading.Event().wait(PAUSE_SECONDS)
            found = living(runs, self._processes.sightings())
        return found


def living(
    runs: Mapping[str, ProcessIdentity | None], sightings: Iterable[Sighting]
) -> dict[str, list[Living]]:
    """What was seen of each run, its main process first, and then by age."""
    of_main = {main: run_id for run_id, main in runs.items() if main is not None}
    seen: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        run_id = of_main.get(sighting.identity) or next(
            (mark for mark in sighting.marks if mark in runs), None
        )
        if run_id is not None:
            seen.setdefault(run_id, []).append(sighting)
    return {run_id: _ranked(sightings, runs[run_id]) for run_id, sightings in seen.items()}


def _ranked(sightings: list[Sighting], recorded: ProcessIdentity | None) -> list[Living]:
    by_age = sorted(sightings, key=lambda one: (one.identity.create_time, one.identity.pid))
    leaders = (one.identity for one in by_age if one.leads)
    main = recorded or next(leaders, None)
    ranked = [Living(one.identity, is_main=one.identity == main) for one in by_age]
    return sorted(ranked, key=lambda one: not one.is_main)
