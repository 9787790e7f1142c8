"""Where do programs of this person find the TCP door, and what do they show there? In a private file."""

import hmac
import json
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
HELLO = "/api/v1/hello"


class Endpoint(NamedTuple):
    """The content of `endpoint.json`."""

    port: int
    pid: int
    started: str
    """When the door was opened, as ISO 8601 says it."""
    token: str


class LooseEndpoint(Exception):
    """Others could have read or written the file."""


def write_endpoint(path: Path, endpoint: Endpoint) -> None:
    """For this person alone, whole or not at all. OSError."""
    beside = path.with_name(f".{path.name}.{endpoint.pid}.new")
    beside.unlink(missing_ok=True)  # a crash may have left it
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as content:
            json.dump(endpoint._asdict(), content)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_endpoint(path: Path) -> Endpoint | None:
    """None where no door is open, as far as the file tells. LooseEndpoint; OSError."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(file, encoding="utf-8") as content:
        if _is_loose(os.fstat(file)):
            raise LooseEndpoint(f"others than you may use {path}; remove it, and start Daybell again")
        with suppress(ValueError):
            return _endpoint(json.load(content))
    return None


def forget_endpoint(path: Path, port: int) -> None:
    """Remove the file, unless another app has put its own there meanwhile."""
    with suppress(OSError, LooseEndpoint):
        endpoint = read_endpoint(path)
        if endpoint is not None and (endpoint.port, endpoint.pid) == (port, os.getpid()):
            path.unlink()


def proof(token: str, nonce: str) -> str:
    """What only a holder of the token can answer to that nonce."""
    return hmac.new(token.encode(), nonce.encode(), "sha256").hexdigest()


def _is_loose(about: os.stat_result) -> bool:
    if sys.platform == "win32":
        return False  # a person's profile is private there by inheritance
    return about.st_uid != os.getuid() or bool(stat.S_IMODE(about.st_mode) & 0o077)


def _endpoint(value: object) -> Endpoint | None:
    if not isinstance(value, Mapping):
        return None
    port, pid, started, token = (value.get(name) for name in Endpoint._fields)
    if isinstance(port, int) and isinstance(pid, int) and isinstance(started, str) and isinstance(token, str):
        return Endpoint(port, pid, started, token)
    return None
