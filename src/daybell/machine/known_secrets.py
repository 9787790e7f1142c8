"""Which of the secrets that jobs refer to are there? A short-lived child asks, for names alone."""

import logging
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from subprocess import DEVNULL, PIPE

import msgspec
from msgspec import Struct

from daybell.core.references import secrets_of
from daybell.core.secret_words import SILENT, lacking, without_keyring
from daybell.engine.ports import Clock
from daybell.machine.own_command import WARDEN, own_role
from daybell.machine.secret_wire import Look, encode, word_of
from daybell.model.job import CommandHandler
from daybell.model.status import Problem

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds for the keyring: somebody may wait for what is said of a job."""
MISSING, THERE, TROUBLE = 1.0, 10.0, 30.0
"""Seconds for which an answer holds: that something is missing, as many jobs are looked at at once; that all
is there; and that the keyring does not help, which may have taken its time."""
FIRST, LAST = 27.0, 1800.0
"""Seconds until the next look while something is missing: twice as long each time."""
STOP_SECONDS = 2.0


class Answer(Struct, frozen=True):
    """What is known."""

    asked: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    why: str = ""
    """There is no keyring that says it; empty where there is."""


class KnownSecrets:
    """`check` is for any thread, and waits for the keyring where its last answer is too old."""

    def __init__(
        self, clock: Clock, command: Sequence[str] | None = None, patience: float = PATIENCE
    ) -> None:
        """`command` is the command line of the child."""
        self._clock = clock
        self._command = own_role(WARDEN) if command is None else command
        self._patience = patience
        self._changed: Callable[[], None] = lambda: None
        self._looking = threading.Lock()
        self._wanted: frozenset[str] = frozenset()
        self._known = Answer()
        self._looked_at = 0.0
        self._has_begun = False
        self._next, self._wait = 0.0, FIRST
        self._is_look_coming = False
        """As soon as the answer that something is missing is no longer fresh."""
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def check(self, handler: CommandHandler, file: str) -> list[Problem]:
        """What of this job file refers to secrets that are not there, or that nobody can tell of."""
        names = frozenset(secrets_of(handler).values())
        if not names:
            return []
        if not self._has_begun:  # a start waits for nobody
            self._wanted |= names
            return []
        known = self._known_of(names)
        if known.why:
            return without_keyring(handler, file, known.why)
        return lacking(handler, file, known.absent)

    def begin(self, changed: Callable[[], None]) -> None:
        """Look for what has been asked for so far; returns at once. `changed` hears of each other answer."""
        self._changed = changed
        self._has_begun = True
        if self._wanted:
            self._next = self._clock.monotonic() + FIRST
            self._look_soon()

    def beat(self) -> float:
        """Look again now and then for what was missing; says in how many seconds to ask."""
        now = self._clock.monotonic()
        is_wanting = bool(self._known.why or self._known.absent)
        if is_wanting and now >= self._next and not self._looking.locked():
            self._wait = min(2 * self._wait, LAST)
            self._next = now + self._wait
            self._look_soon()
        return FIRST

    def stop(self) -> None:
        """Wait a moment for a look that is on: it ends by itself."""
        self._has_begun = False
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _known_of(self, names: frozenset[str]) -> Answer:
        with self._looking:
            self._wanted |= names
            known = self._known
            holds = TROUBLE if known.why else MISSING if names & known.absent else THERE
            if names <= known.asked and self._clock.monotonic() < self._looked_at + holds:
                if holds == MISSING and not self._is_look_coming:  # what has just been kept is found then
                    self._look_soon(MISSING)
                    self._is_look_coming = True
                return known
            self._next, self._wait = self._clock.monotonic() + FIRST, FIRST
            return self._look()

    def _look_soon(self, after: float = 0.0) -> None:
        self._thread = threading.Thread(
            target=self._look_anew, args=[after], name="secret-names", daemon=True
        )
        self._thread.start()

    def _look_anew(self, after: float) -> None:
        if self._is_over.wait(after):
            return
        with self._looking:
            self._is_look_coming = False
            old = self._known
            new = self._look()
        if self._has_begun and (old.absent, old.why) != (new.absent, new.why):
            self._changed()

    def _look(self) -> Answer:
        wanted = self._wanted
        self._known = _answer(self._command, wanted, self._patience)
        self._looked_at = self._clock.monotonic()
        if self._known.why:
            log.warning("secrets of jobs: %s", self._known.why)
        return self._known


def _answer(command: Sequence[str], wanted: frozenset[str], patience: float) -> Answer:
    line = encode(Look(tuple(sorted(wanted)))) + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=line,
            stdout=PIPE,
            stderr=DEVNULL,
            env=os.environ,
            timeout=patience,
            check=False,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        word = word_of(done.stdout)
    except subprocess.TimeoutExpired:
        return Answer(wanted, why=SILENT)
    except (OSError, msgspec.DecodeError):
        return Answer(wanted, why="its secrets cannot be looked for: the process that does it has ended")
    return Answer(wanted, frozenset(word.names), word.refusal or "")
