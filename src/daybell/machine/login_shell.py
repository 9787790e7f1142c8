"""Which PATH does this person's shell have after a login?"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL

from daybell.core.search_path import clean_environment, path_said

PATIENCE = 3.0
"""Seconds for all that the shell's own files do."""
SPEAKERS = {"sh", "bash", "dash", "zsh", "ksh", "mksh", "fish", "busybox"}
"""Shells that take -lic and know printf; others are not asked."""


def login_path(environ: Mapping[str, str], seconds: float = PATIENCE) -> str | None:
    """As the shell says; None where nobody can tell, or it takes longer."""
    shell = login_shell(environ)
    if shell is None or Path(shell).name not in SPEAKERS:
        return None
    mark = secrets.token_hex(8)
    # Into a file: a pipe would be held open by whatever the shell's own files have left running.
    with tempfile.TemporaryFile() as printed:
        command = [shell, "-lic", f"printf '%s%s%s' {mark} \"$PATH\" {mark}"]
        try:
            process = subprocess.Popen(  # noqa: S603 - the person's own shell
                command,
                stdin=DEVNULL,
                stdout=printed,
                stderr=DEVNULL,
                env=clean_environment(environ, os.defpath),
                start_new_session=True,  # without a terminal, which an interactive shell would take from us
            )
        except OSError:
            return None
        if not _ends(process, seconds):
            return None
        printed.seek(0)
        return path_said(printed.read(), mark)


def login_shell(environ: Mapping[str, str]) -> str | None:
    """The person's; None on systems without one."""
    if sys.platform == "win32":
        return None
    named = environ.get("SHELL", "")
    if not named:
        import pwd  # noqa: PLC0415 - not on Windows

        with suppress(KeyError):
            named = pwd.getpwuid(os.getuid()).pw_shell
    return shutil.which(named) if named else None


def _ends(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether it does by itself; if not, it is ended, with what it started."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        return False
    return True
