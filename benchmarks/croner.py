"""Where is croner, the scheduler of node programs that this machine may have as a rival?"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_cache_path

from app import HERE
from figures import Skipped

VERSION = "11.0.1"
PATIENCE = 60.0
"""Seconds that npm may take."""


def find_croner() -> Path:
    """Its module, which npm fetches once into a cache of our own; Skipped where that cannot be."""
    if shutil.which("node") is None:
        raise Skipped("node is not installed")
    place = user_cache_path("daybell-bench") / f"croner-{VERSION}"
    module = place / "node_modules" / "croner" / "dist" / "croner.js"
    if not module.exists():
        _fetch(place)
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


def _fetch(place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Skipped("npm is not installed")
    sys.stderr.write(f"npm installs croner {VERSION} into {place} (once) ...\n")
    place.mkdir(parents=True, exist_ok=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
    command = [npm, "install", *quiet, "--prefix", str(place), f"croner@{VERSION}"]
    try:
        subprocess.run(command, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise Skipped(f"npm did not install it within {PATIENCE:g} s") from error
