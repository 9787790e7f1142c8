"""Which environment do jobs get? The login shell's, once it has answered; until then Daybell's own."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from daybell.core.environment_view import Known
from daybell.core.login_shells import profiles, sane
from daybell.engine.ports import Clock
from daybell.machine.login_shell import Answer, LoginShell, is_known, login_shell
from daybell.model.errors import Conflict, NoFindings

log = logging.getLogger(__name__)

LIMIT = 30.0
"""Seconds for the shell to answer; nobody waits for it but who has asked for that."""
STOP_SECONDS = 2.0
EVERY = 60.0
"""Seconds between two looks at the files that the shell reads."""
ANEW = 10
"""Looks after which a shell that has never answered is asked again: the network may have come, or a disk."""

WAITS = "has not answered yet"

Marks = tuple[tuple[int, int] | None, ...]
"""Of files: when they were changed last, in ns, and how large they were; None: not there. Empty until the
shell was asked."""


class JobEnvironment:
    """`base` is for any thread and returns at once. There is a thread only while the shell is asked."""

    def __init__(self, environ: Mapping[str, str], clock: Clock, limit: float = LIMIT) -> None:
        own = {**environ}
        path = login_shell(own)
        self._shell = LoginShell(path, own) if path and is_known(path) else None
        self._home = own.get("HOME") or str(Path("~").expanduser())
        self._clock = clock
        self._changed: Callable[[], None] = lambda: None
        self._limit = limit
        self._asking = threading.Lock()
        self._looks = 0
        self._files = _files(path, own, self._home) if path else ()
        self._marks: Marks = ()
        self._known = self._of(own, _of_system(own))
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> Known:
        """What is known now."""
        return self._known

    @property
    def is_first_answer_awaited(self) -> bool:
        """Nothing is known to be wrong so far."""
        return WAITS in self._known.word

    def base(self) -> Mapping[str, str]:
        """What all jobs get; not to be changed."""
        return self._known.base

    def start(self) -> None:
        """Have the shell asked; returns at once."""
        if self._shell is not None:
            self._thread = threading.Thread(target=self._ask_unless_asked, name="login-shell", daemon=True)
            self._thread.start()

    def tell(self, changed: Callable[[], None]) -> None:
        """Whenever jobs get another environment than before; on any thread, and now if they do already."""
        self._changed = changed
        if self._known.login is not None:
            changed()

    def beat(self) -> float:
        """Look whether what the shell reads has changed; says in how many seconds to again."""
        self._looks += 1
        if not self._asking.locked():
            if sys.platform == "win32":
                self._take(Answer(None))
            elif self._marks and (_marks(self._files) != self._marks or self._is_to_be_asked_again):
                self.start()
        return EVERY

    @property
    def _is_to_be_asked_again(self) -> bool:
        return self._known.login is None and self._looks % ANEW == 0

    def refresh(self) -> Known:
        """Ask anew, and wait. Conflict while it is asked already; NoFindings where there is no answer."""
        if self._shell is None and sys.platform != "win32":
            raise NoFindings(self._known.word)
        if not self._asking.acquire(blocking=False):
            raise Conflict("the login shell is being asked already; look again in a moment")
        try:
            self._ask()
        finally:
            self._asking.release()
        if self._shell is not None and self._known.login is None:
            raise NoFindings(self._known.word)
        return self._known

    def stop(self) -> None:
        """Ask no more."""
        if self._shell is not None:
            self._shell.stop()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _ask_unless_asked(self) -> None:
        if self._asking.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._asking.release()

    def _ask(self) -> None:
        # Before the answer: what is changed meanwhile is found at the next look.
        self._marks, before = _marks(self._files), self._known.login
        answer = Answer(None) if self._shell is None else self._shell.ask(self._limit)
        if self._shell is not None and self._shell.is_stopped:
            return  # it was Daybell that did not wait
        self._take(answer)
        if self._known.login is not None and self._known.login == before:
            # But a shell that writes such a file itself would be asked each minute.
            self._marks = _marks(self._files)

    def _take(self, answer: Answer) -> None:
        before = self._known
        # What was had before stays until there is something better.
        if self._shell is not None and answer.environ is None and before.login is not None:
            answer = Answer(before.login, f"{answer.word}: jobs get what it said before")
        if self._shell is None:
            answer = _of_system(before.own)
        self._known = self._of(before.own, answer)
        if self._known.word != before.word and self._known.word:
            log.warning("environment of jobs: %s", self._known.word)
        if self._known.base != before.base:
            log.info("jobs get %s environment", "the login shell's" if self._known.login else "Daybell's own")
            self._changed()

    def _of(self, own: Mapping[str, str], answer: Answer) -> Known:
        login = answer.environ
        base = sane(own if login is None else login, sys.platform, self._home, is_login=login is not None)
        path = "" if self._shell is None else self._shell.path
        instead = "" if login is not None else ": jobs get Daybell's own environment"
        word = f"the login shell {answer.word}{instead}" if answer.word else ""
        asked = self._clock.now() if login is not None else None
        return Known(own, login, base, path, word, asked)


def _of_system(own: Mapping[str, str]) -> Answer:
    """Where no shell has to be asked for it."""
    if sys.platform == "win32":
        from daybell.machine.registry_environment import registry_environment  # noqa: PLC0415 - Windows only

        try:
            return Answer(registry_environment(own))
        except OSError as error:
            return Answer(None, f"is not asked on Windows, and the registry says {error.strerror}")
    path = login_shell(own)
    if path is None:
        return Answer(None, "cannot be found")
    return Answer(None, WAITS if is_known(path) else f"{path} is none that Daybell knows how to ask")


def _files(shell: str, own: Mapping[str, str], home: str) -> tuple[str, ...]:
    config = own.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")  # noqa: PTH118 - only a text
    return profiles(Path(shell).name, home, config, own.get("ZDOTDIR", ""))


def _marks(files: tuple[str, ...]) -> Marks:
    return tuple(_mark(file) for file in files)


def _mark(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - once a minute for each, without a Path
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
