"""How long does a command of the command line take, from its process's start to its end?"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from app import PROGRAM, environment, home, running
from figures import Budget, Figure, median

JOBS = 100
LIMIT = Budget(100, 100)
"""In ms."""
RIVAL = "python -c pass"
COMMANDS = {
    "nothing": [sys.executable, "-c", "pass"],
    "status": [PROGRAM, "status"],
    "list": [PROGRAM, "list"],
    "version": [PROGRAM, "version"],
}


def measure(*, quick: bool) -> Iterator[Figure]:
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with home() as place:
        place.write_far(JOBS)
        env = environment(place)
        with running(place, None):
            for _ in range(7 if quick else 25):
                for name, command in COMMANDS.items():
                    took[name].append(_milliseconds(command, env))
    floor = median(took.pop("nothing"))
    for name, times in took.items():
        yield Figure(f"cli: daybell {name}", median(times), "ms", RIVAL, floor, LIMIT)


def _milliseconds(command: Sequence[str], env: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000
