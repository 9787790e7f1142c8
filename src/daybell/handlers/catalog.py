"""Which handler runs this job?"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from daybell.engine.ports import Attempt, AttemptResult, Handler
from daybell.model import job as definitions
from daybell.model.run import ProcessIdentity


class Catalog:
    """A handler made of all the others, each registered for one type of definition."""

    def __init__(self, handlers: Mapping[type[definitions.Handler], Handler]) -> None:
        self._handlers = dict(handlers)

    def run(self, attempt: Attempt, started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        handler = self._handlers.get(type(attempt.job.handler))
        if handler is None:
            kind = type(attempt.job.handler).__struct_config__.tag
            return AttemptResult(outcome="failed", error=f"there is no handler of type {kind!r}")
        return handler.run(attempt, started)

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        """Only a command has a process of its own, which may outlive Daybell."""
        handler = self._handlers.get(definitions.CommandHandler)
        if handler is None:
            return AttemptResult(outcome="unknown", error="there is no handler of commands")
        return handler.adopt(run_id, process)

    def end(self, run_id: str, grace: timedelta) -> None:
        """A handler ignores the runs of others."""
        for handler in self._handlers.values():
            handler.end(run_id, grace)
