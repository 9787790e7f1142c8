"""What a batch of messages came to: facts to record first, and then what to do about them."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta

from msgspec import Struct, field

from daybell.engine.messages import Message
from daybell.engine.ports import Attempt
from daybell.model.errors import DaybellError
from daybell.model.events import AnyEvent
from daybell.model.incident import NoticeText
from daybell.model.run import ProcessIdentity

Answer = tuple[str, ...] | DaybellError


class End(Struct, frozen=True):
    """End the attempt of this run."""

    run_id: str
    grace: timedelta


class Adoption(Struct, frozen=True):
    """Hold what an earlier life started."""

    run_id: str
    process: ProcessIdentity


class Deadline(Struct, frozen=True):
    """Send the message after that time; None takes the deadline of this key back."""

    key: str
    after: timedelta | None
    message: Message | None = None


class Batch(Struct):
    """Collected while deciding; carried out by the loop once its events are durable."""

    events: list[AnyEvent] = field(default_factory=list)
    starts: list[Attempt] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    answers: list[tuple[Future[tuple[str, ...]], Answer]] = field(default_factory=list)
    promises: list[Future[tuple[str, ...]]] = field(default_factory=list)
    """Whose answer is relied on after a crash as well."""
    regrets: list[Callable[[], None]] = field(default_factory=list)
    """What takes back, the last one first, what may not be so if it cannot be recorded."""
    notices: list[NoticeText] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Jobs whose alarm and snapshot must be made anew."""
    is_ahead: bool = False
    """An alarm rang a moment ahead and decided nothing: it must be set to the instant itself."""

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.touched)

    def break_promises(self, error: DaybellError) -> None:
        """Whoever was promised something hears the error instead."""
        self.answers = [
            (reply, error if reply in self.promises else answer) for reply, answer in self.answers
        ]
