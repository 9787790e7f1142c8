"""How long does a command of the command line take, from its process's start to its end?"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from app import PROGRAM, Home, environment, home, running
from figures import Budget, Figure, median

JOBS = 100
LIMIT = Budget(100, 100)
"""In ms."""
RATIO = Budget(5, of_ratio=True)
RIVAL = "python -c pass"
OVER_THE_SOCKET = ("status", "list", "history")
COMMANDS = {
    "nothing": [sys.executable, "-c", "pass"],
    **{name: [PROGRAM, name] for name in (*OVER_THE_SOCKET, "version")},
}


def measure(*, quick: bool) -> Iterator[Figure]:
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with home() as place:
        place.write_far(JOBS)
        env = _as_at_home(place)
        with running(place, None):
            for _ in range(7 if quick else 25):
                for name, command in COMMANDS.items():
                    took[name].append(_milliseconds(command, env))
    floor = median(took.pop("nothing"))
    for name, times in took.items():
        yield Figure(f"cli: daybell {name}", median(times), "ms", RIVAL, floor, LIMIT)
        if name in OVER_THE_SOCKET:
            yield Figure("", median(times), "ms", RIVAL, floor, RATIO)


def _as_at_home(place: Home) -> dict[str, str]:
    """As a person has it: nobody says where the files are, and each command looks for them."""
    session = place.path / "session"
    session.mkdir(mode=0o700)
    (session / "daybell").symlink_to(place.path / "run")
    usual = {name: value for name, value in environment().items() if name != "DAYBELL_HOME"}
    return usual | {"XDG_RUNTIME_DIR": str(session)}


def _milliseconds(command: Sequence[str], env: Mapping[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    took = (time.perf_counter() - began) * 1000
    assert b"not running" not in done.stderr
    return took
