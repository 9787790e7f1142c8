"""Where do editors find what may stand in a job's file? Beside the jobs, without any network."""

import json
import logging
import re
from pathlib import Path

from daybell.store.atomic import replace_file
from daybell.store.remedies import complaint

log = logging.getLogger(__name__)

IDENTITY = re.compile(r"urn:daybell:schema:[a-z]+:(\d{1,6})\.(\d{1,6})\.(\d{1,6})")

SHIPPED = ("job", "settings", "run", "status")
"""By name: what a person writes, and what Daybell answers."""

Version = tuple[int, ...]


def put_schemas(shipped: Path, directory: Path) -> None:
    """Write those that are missing, damaged or older. Nothing is raised: only editors need them."""
    try:
        for path in sorted(shipped.glob("*.json")):
            content = path.read_bytes()
            there = _present(directory / path.name)
            if there != content and version_of(there) <= version_of(content):
                replace_file(directory / path.name, content)
    except OSError as error:
        log.warning("%s", complaint(directory, error, "cannot be written"))


def version_of(schema: bytes) -> Version:
    """As its identity names it; empty where that is not one of ours."""
    try:
        identity = json.loads(schema)["$id"]
    except (ValueError, KeyError, TypeError):
        return ()
    found = IDENTITY.fullmatch(str(identity))
    return tuple(map(int, found.groups())) if found else ()


def _present(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
