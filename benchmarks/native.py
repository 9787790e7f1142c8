"""The two C programs: the stamp that a job runs, and the floor that starts it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from figures import Skipped

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Stamp:
    """A start of the stamp program."""

    at: int
    """When it began, in ns since 1970."""
    label: str


@contextmanager
def compiled() -> Iterator[tuple[str, str]]:
    """The paths of the stamp and of the floor, static where the C library allows it."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Skipped("there is no C compiler (cc) for the floor it is measured against")
    with tempfile.TemporaryDirectory(prefix="daybell-bench-") as directory:
        paths = []
        for name in ("stamp", "floor"):
            path = Path(directory) / name
            command = [compiler, "-O2", "-o", str(path), str(HERE / f"{name}.c")]
            if subprocess.run([*command, "-static"], capture_output=True, check=False).returncode != 0:
                subprocess.run(command, check=True)
            paths.append(str(path))
        yield paths[0], paths[1]


def read_stamps(path: Path) -> list[Stamp]:
    """In the order in which they were written; none while there is no file."""
    if not path.exists():
        return []
    lines = [line.split() for line in path.read_text().splitlines()]
    return [Stamp(int(at), label) for at, label in lines]
