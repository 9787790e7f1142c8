"""Is all of Daybell at work? Each part says for itself."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from msgspec import Struct

from daybell.engine.bus import Bus
from daybell.engine.mailbox import Mailbox
from daybell.engine.ports import Ledger
from daybell.engine.registry import JobRegistry
from daybell.model.status import Problem

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds for the engine to end the batch it is at; a slow disk takes one."""
JOURNAL = "journal.jsonl"


class Part(Struct, frozen=True):
    """How one part of Daybell is."""

    state: Literal["ok", "off", "degraded", "failed"]
    """`off`: by wish, or for want of what it needs; `degraded`: worth a look; `failed`: jobs do not run."""
    message: str = ""


class Health(Struct, frozen=True):
    """How Daybell is as a whole."""

    live: bool
    """Its engine answers; one that does not for minutes should be started anew."""
    ready: bool
    """Jobs run when they are due."""
    parts: dict[str, Part]


OK = Part("ok")

Check = Callable[[], Part]
"""Asked on any thread; what it raises is its part's failure."""


class Checks:
    """Asked one after the other, each time somebody wants to know; whoever builds a part adds its own."""

    def __init__(self, engine: Check) -> None:
        self._checks: dict[str, Check] = {"engine": engine}

    def add(self, name: str, check: Check) -> None:
        self._checks[name] = check

    def look(self) -> Health:
        parts = {name: _ask(name, check) for name, check in list(self._checks.items())}
        is_ready = all(part.state != "failed" for part in parts.values())
        return Health(parts["engine"].state != "failed", is_ready, parts)


def scheduler_checks(mailbox: Mailbox, bus: Bus, registry: JobRegistry, ledger: Ledger) -> Checks:
    """Those of what every scheduler has."""
    checks = Checks(partial(_engine, mailbox, bus, registry))
    checks.add("ledger", lambda: _ledger(registry.problems, ledger.problems))
    checks.add("job_files", lambda: _job_files(registry.problems, ledger.problems))
    return checks


def _ask(name: str, check: Check) -> Part:
    try:
        return check()
    except Exception as error:  # the others must still be asked
        log.exception("the part %s cannot say how it is", name)
        return Part("failed", str(error) or type(error).__name__)


def _engine(mailbox: Mailbox, bus: Bus, registry: JobRegistry) -> Part:
    """It rests, or ends a batch within that time: no message is needed, and nothing is woken."""
    if registry.whole is None:
        return Part("failed", "it has not started")
    heard = threading.Event()
    unsubscribe = bus.subscribe(lambda _: heard.set())
    try:
        if mailbox.is_awaited or heard.wait(PATIENCE):
            return OK
        return Part("failed", f"it has not answered for {PATIENCE:g} seconds")
    finally:
        unsubscribe()


def _ledger(problems: Sequence[Problem], known: Sequence[Problem]) -> Part:
    """What cannot be written comes and goes; what was found damaged, and mended, stays to be read."""
    for problem in problems:
        if problem.file == JOURNAL and problem not in known:
            return Part("failed", problem.message)
    return Part("degraded", _first(known)) if known else OK


def _job_files(problems: Sequence[Problem], known: Sequence[Problem]) -> Part:
    own = [problem for problem in problems if problem.file != JOURNAL and problem not in known]
    return Part("degraded", _first(own)) if own else OK


def _first(problems: Sequence[Problem]) -> str:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].file}: {problems[0].message}{more}"
