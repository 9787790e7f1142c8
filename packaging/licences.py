"""Whose words and works travel in the packed program? Their licences go with it."""

import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

NAMES = ("AUTHORS", "COPYING", "LICENCE", "LICENSE", "NOTICE")


def bundled(root: str = "daybell") -> list[Distribution]:
    """What the program needs on this system, and what that needs, without extras."""
    found: dict[str, Distribution] = {}
    waiting = [root]
    while waiting:
        one = distribution(waiting.pop())
        if found.setdefault(one.name.lower(), one) is one:
            waiting.extend(_needs(one))
    return [one for name, one in sorted(found.items()) if name != root]


def licences() -> list[tuple[str, str]]:
    """Each file, and the directory of the packed program it belongs in."""
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    found = [(str(path), f"licences/{one.name}") for one in bundled() for path in _files(one)]
    return [*found, *([(str(python), "licences/Python")] if python.exists() else [])]


def _needs(one: Distribution) -> Iterator[str]:
    for line in one.requires or ():
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            try:
                yield distribution(needed.name).name
            except PackageNotFoundError:  # of another system's variant of it
                continue


def _files(one: Distribution) -> Iterator[Path]:
    for file in one.files or ():
        is_about = file.parts[0].endswith(".dist-info") and file.name.upper().startswith(NAMES)
        if is_about and Path(str(one.locate_file(file))).is_file():
            yield Path(str(one.locate_file(file)))


if __name__ == "__main__":
    for path, _ in licences():
        print(path)
