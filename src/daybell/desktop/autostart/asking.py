"""What does a program of the system say? Asked without a shell, and not for long."""

import subprocess
from collections.abc import Mapping, Sequence
from functools import partial

from daybell.desktop.autostart.interface import NOT_THERE, Ask, Said

PATIENCE = 10.0
"""Seconds."""


def asker(environ: Mapping[str, str], patience: float = PATIENCE) -> Ask:
    return partial(_ask, environ, patience)


def _ask(environ: Mapping[str, str], patience: float, command: Sequence[str]) -> Said:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is the system's own
            command,
            env={**environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(NOT_THERE, f"{command[0]} did not answer within {patience:g} s")
    except OSError as error:
        return Said(NOT_THERE, f"{command[0]} cannot be run: {error.strerror}")
    return Said(done.returncode, (done.stdout or done.stderr).decode(errors="replace").strip())
