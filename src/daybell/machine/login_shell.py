"""Which environment does this person's shell have after a login?"""

import os
import secrets
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import NamedTuple

from daybell.core.login_shells import Heard, Question, question
from daybell.core.search_path import clean_environment
from daybell.machine.own_session import end_session

PATIENCE = 3.0
"""Seconds for all that the shell's own files do, where a person waits for the answer."""
SHARE = 2 / 3
"""Of the patience, for the files of an interactive shell: what they ask or wait for must not be all."""
LEAVING = 2.0
"""Seconds for a shell that has answered to end."""
CHUNK = 1 << 16
ENDED = "ended without an answer"
SILENT = "says nothing of its environment"
"""Such as where `env` is an old one."""


class Answer(NamedTuple):
    """What the shell said."""

    environ: Mapping[str, str] | None
    word: str = ""
    """Why it said nothing, or not all it should; empty where all is well."""


class LoginShell:
    """One person's shell. `ask` blocks; `stop` is for any thread, and for good."""

    def __init__(self, path: str, environ: Mapping[str, str]) -> None:
        """`environ` is that of this process: what it has of the session, the shell is given."""
        self.path = path
        self._environ = clean_environment(environ)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        return self._is_stopped

    def ask(self, seconds: float) -> Answer:
        """As an interactive one, where many people set their PATH; if that fails, as a login alone."""
        begun = time.monotonic()
        first = self._ask(seconds * SHARE, is_interactive=True)
        if first.environ is not None or self._is_stopped:
            return first
        second = self._ask(seconds - (time.monotonic() - begun), is_interactive=False)
        if second.environ is None:
            return Answer(None, f"{self.path} {first.word}")
        return Answer(second.environ, f"{self.path}, asked as an interactive shell, {first.word}")

    def stop(self) -> None:
        """End whatever is being asked."""
        with self._lock:
            self._is_stopped = True
            if self._child is not None:
                end_session(self._child)

    def _ask(self, seconds: float, *, is_interactive: bool) -> Answer:
        mark = secrets.token_hex(12)
        asked = question(Path(self.path).name, mark, is_interactive=is_interactive)
        if asked is None:
            return Answer(None, "is no shell that Daybell knows how to ask")
        try:
            child = self._start(asked)
        except OSError as error:
            return Answer(None, f"cannot be started: {error.strerror or error}")
        if child is None:
            return Answer(None, "was not asked, as Daybell stops")
        answer = _listen(child, mark, seconds)
        self._forget(child, is_over=answer.environ is not None or answer.word in {ENDED, SILENT})
        if answer.word == ENDED and child.returncode:
            return Answer(None, f"{ENDED} (exit code {child.returncode})")
        return answer

    def _start(self, asked: Question) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._is_stopped:
                return None
            self._child = subprocess.Popen(  # noqa: S603 - the person's own shell
                [asked.argv0, *asked.flags],
                executable=self.path,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                env=self._environ,
                cwd=self._environ.get("HOME") if Path(self._environ.get("HOME", "")).is_dir() else "/",
                start_new_session=True,  # without a terminal, which an interactive shell would take from us
            )
            return self._child

    def _forget(self, child: "subprocess.Popen[bytes]", *, is_over: bool) -> None:
        """One that has answered may leave in order what it started, such as an agent for keys."""
        assert child.stdout is not None
        child.stdout.close()
        if is_over:
            with suppress(subprocess.TimeoutExpired):
                child.wait(LEAVING)
        with self._lock:
            self._child = None
            if child.poll() is None:
                end_session(child)
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)


def login_path(environ: Mapping[str, str], seconds: float = PATIENCE) -> str | None:
    """As the shell says; None where nobody can tell, or it takes longer."""
    shell = login_shell(environ)
    answer = Answer(None) if shell is None else LoginShell(shell, environ).ask(seconds)
    return None if answer.environ is None else answer.environ.get("PATH")


def is_known(shell: str) -> bool:
    """Whether there is a way to ask this one."""
    return question(Path(shell).name, "", is_interactive=False) is not None


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


def _listen(child: "subprocess.Popen[bytes]", mark: str, seconds: float) -> Answer:
    """Until it has said all, or time is over: what it has left running may hold the pipe for ever."""
    if sys.platform == "win32":
        return Answer(None, "is not asked on Windows")
    assert child.stdout is not None
    heard, end = Heard(mark), time.monotonic() + seconds
    poll = select.poll()
    poll.register(child.stdout, select.POLLIN)
    while (left := end - time.monotonic()) > 0 and poll.poll(left * 1000):
        chunk = os.read(child.stdout.fileno(), CHUNK)
        if not chunk:
            return Answer(None, ENDED)
        try:
            found = heard.feed(chunk)
        except ValueError:
            return Answer(None, "says more than an environment can be")
        if found is not None:
            return Answer(found) if found else Answer(None, SILENT)
    return Answer(None, f"did not answer within {seconds:.2g} s")
