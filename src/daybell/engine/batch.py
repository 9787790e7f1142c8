"""What a batch of messages came to: facts to record first, and then what to do about them."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

from msgspec import Struct, field

from daybell.engine.messages import Message
from daybell.engine.ports import Attempt
from daybell.model.errors import DaybellError
from daybell.model.events import AnyEvent
from daybell.model.incident import NoticeText

Answer = tuple[str, ...] | DaybellError


class End(Struct, frozen=True):
    """End the attempt of this run."""

    run_id: str
    grace: timedelta


class Deadline(Struct, frozen=True):
    """Send the message after that time; None takes the deadline of this key back."""

    key: str
    after: timedelta | None
    message: Message | None = None


class Batch(Struct):
    """Collected while deciding; carried out by the loop once its events are durable."""

    events: list[AnyEvent] = field(default_factory=list)
    starts: list[Attempt] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    answers: list[tuple[Future[tuple[str, ...]], Answer]] = field(default_factory=list)
    notices: list[NoticeText] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Jobs whose alarm and snapshot must be made anew."""

    def fail_answers(self, run_ids: Sequence[str], error: DaybellError) -> None:
        """Whoever asked for one of these runs hears the error instead."""
        withdrawn = set(run_ids)
        self.answers = [
            (reply, error if isinstance(answer, tuple) and withdrawn.intersection(answer) else answer)
            for reply, answer in self.answers
        ]
