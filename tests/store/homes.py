"""Homes for tests of archives: the one of version 1, and lives that are being written."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from builders import at
from daybell.store.directories import Directories, create, find
from daybell.store.instance import Instance

V1 = Path(__file__).parents[1] / "data" / "home-v1"
NOW = at("2026-11-20 15:00")
ASKED = Instance(pid=1, started=NOW, version="0.1.0")


def home_at(path: Path) -> Directories:
    """A new one, with nothing in it."""
    home = find({"DAYBELL_HOME": str(path)})
    create(home)
    return home


def home_v1(path: Path) -> Directories:
    """A copy of what an early Daybell wrote, and was killed over."""
    shutil.copytree(V1, path)
    return home_at(path)


def contents(*directories: Path) -> Mapping[str, bytes]:
    """Of all files below, by their paths."""
    return {
        str(path.relative_to(directory.parent)): path.read_bytes()
        for directory in directories
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }
