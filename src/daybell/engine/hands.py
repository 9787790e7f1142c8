"""What must happen outside, now that it is durable? Carries out what a batch came to."""

import logging
from collections.abc import Callable

from daybell.engine.batch import Adoption, Batch, Deadline
from daybell.engine.messages import AttemptEnded, Message
from daybell.engine.ports import Attempt, AttemptResult, Clock, Deadlines, Workers

log = logging.getLogger(__name__)

Post = Callable[[Message], None]


class Hands:
    """Whatever the system refuses becomes a message like any other."""

    def __init__(self, post: Post, clock: Clock, workers: Workers, deadlines: Deadlines) -> None:
        self._post = post
        self._clock = clock
        self._workers = workers
        self._deadlines = deadlines

    def carry_out(self, batch: Batch) -> None:
        for attempt in batch.starts:
            self._start(attempt)
        for adoption in batch.adoptions:
            self._adopt(adoption)
        for end in batch.ends:
            self._workers.end(end.run_id, end.grace)
        for deadline in batch.deadlines:
            self.set(deadline)

    def set(self, deadline: Deadline) -> None:
        """Set it, move it, or take it back."""
        message = deadline.message
        if deadline.after is None or message is None:
            self._deadlines.clear(deadline.key)
        else:
            self._deadlines.set(deadline.key, deadline.after, _posting(self._post, message))

    def _start(self, attempt: Attempt) -> None:
        """A run that no thread can be had for fails by itself."""
        try:
            self._workers.start(attempt)
        except Exception as error:  # whatever the system refuses
            log.exception("a run could not be started", extra={"event": "engine_error"})
            result = AttemptResult(outcome="failed", error=f"it could not be started: {error}")
            self._post(AttemptEnded(attempt.run.run_id, result, self._clock.now()))

    def _adopt(self, adoption: Adoption) -> None:
        """One that no thread can be had for is not known any more, but lives."""
        try:
            self._workers.adopt(adoption.run_id, adoption.process)
        except Exception as error:  # whatever the system refuses
            log.exception("a run could not be adopted", extra={"event": "engine_error"})
            result = AttemptResult(outcome="unknown", error=str(error))
            self._post(AttemptEnded(adoption.run_id, result, self._clock.now()))


def _posting(post: Post, message: Message) -> Callable[[], None]:
    return lambda: post(message)
