"""Where are the schedulers of node programs that this machine may have as rivals?"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from app import HERE
from figures import Skipped

PATIENCE = 60.0
"""Seconds that npm may take."""


class Package(NamedTuple):
    """One of npm's."""

    name: str
    version: str
    entry: str
    """The module to import, below the package."""


CRONER = Package("croner", "11.0.1", "dist/croner.js")
NODE_CRON = Package("node-cron", "4.6.0", "dist/node-cron.js")


def find(package: Package) -> Path:
    """Its module, which npm fetches once into a cache of our own; Skipped where that cannot be."""
    if shutil.which("node") is None:
        raise Skipped("node is not installed")
    place = user_cache_path("daybell-bench") / f"{package.name}-{package.version}"
    module = place / "node_modules" / package.name / package.entry
    if not module.exists():
        _fetch(package, place)
    if not module.exists():
        raise Skipped(f"npm could not install it into {place}")
    script = ["--input-type=module", "--eval", f"await import({json.dumps(module.as_uri())})"]
    if subprocess.run(["node", *script], capture_output=True, check=False).returncode != 0:
        raise Skipped("this node is too old for it")
    return module


def croner_command(module: Path, count: int, seconds: str, file: str, program: Iterable[str]) -> list[str]:
    """As in croner.mjs; `program` is one or none."""
    script = str(HERE / "croner.mjs")
    return ["node", script, str(module), str(count), seconds, file, *program]


def node_cron_command(module: Path, count: int) -> list[str]:
    """As in node_cron.mjs."""
    return ["node", str(HERE / "node_cron.mjs"), str(module), str(count)]


def _fetch(package: Package, place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Skipped("npm is not installed")
    sys.stderr.write(f"npm installs {package.name} {package.version} into {place} (once) ...\n")
    place.mkdir(parents=True, exist_ok=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
    command = [npm, "install", *quiet, "--prefix", str(place), f"{package.name}@{package.version}"]
    try:
        subprocess.run(command, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise Skipped(f"npm did not install it within {PATIENCE:g} s") from error
