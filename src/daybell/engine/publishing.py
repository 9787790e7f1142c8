"""Who is told what batches came to, and when? Whoever watches, once it is durable.

At once. But where runs wait for nothing but a slot, each run that ends makes a batch of its own, and those
that wait would wait for all who watch too: in such a rush many batches are published together.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from msgspec import Struct, field

from daybell.engine.batch import Answer, Batch
from daybell.engine.bus import Bus
from daybell.engine.overview import Overview
from daybell.engine.planning import Look
from daybell.engine.ports import Clock, Teller
from daybell.engine.recording import Recorder
from daybell.engine.registry import JobRegistry
from daybell.engine.state import State
from daybell.model.errors import DaybellError
from daybell.model.events import Numbered
from daybell.model.incident import NoticeText

PACE = 0.25
"""Seconds for which nobody may have heard of what happens in a rush: to whoever looks on that is at once."""


class Unpublished(Struct):
    """What batches came to, of which nobody has heard yet."""

    numbered: list[Numbered] = field(default_factory=list)
    """Their events, durable."""
    touched: set[str] = field(default_factory=set)
    """As in `Batch`."""
    answers: list[tuple[Future[tuple[str, ...]], Answer]] = field(default_factory=list)
    notices: list[NoticeText] = field(default_factory=list)
    has_starts: bool = False
    is_ahead: bool = False
    """As in `Batch`."""

    def add(self, batch: Batch, numbered: Sequence[Numbered]) -> None:
        self.numbered += numbered
        self.touched |= batch.touched
        self.answers += batch.answers
        self.notices += batch.notices
        self.has_starts |= bool(batch.starts)
        self.is_ahead |= batch.is_ahead


class Audience(Struct, frozen=True):
    """Who hears of it."""

    registry: JobRegistry
    bus: Bus
    teller: Teller


class Publisher:
    """Keeps what nobody has heard of yet."""

    def __init__(
        self, state: State, clock: Clock, recorder: Recorder, overview: Overview, audience: Audience
    ) -> None:
        self._state = state
        self._clock = clock
        self._recorder = recorder
        self._overview = overview
        self._audience = audience
        self._kept: Unpublished | None = None
        self._since = 0.0

    @property
    def patience(self) -> float | None:
        """Seconds for which what is kept may wait; None where there is nothing."""
        if self._kept is None:
            return None
        return max(0.0, self._since + PACE - self._clock.monotonic())

    @property
    def may_wait(self) -> bool:
        """Whether nobody waits for it but those who look on, and whoever waits for a slot is in a hurry."""
        is_quiet = self._state.records.is_rush and not self._state.is_stopped and not self._recorder.problem
        is_wanted = self._kept is not None and (self._kept.answers or self._kept.is_ahead)
        return is_quiet and not is_wanted and self.patience != 0

    def add(self, batch: Batch, numbered: Sequence[Numbered]) -> None:
        """It was carried out; an empty one may have changed problems and the like."""
        self._state.tally.count([one.event for one in numbered], self._clock.now())
        if self._kept is None:
            self._kept = Unpublished()
            self._since = self._clock.monotonic()
        self._kept.add(batch, numbered)

    def take(self) -> Unpublished:
        """All of it, to be published now."""
        news, self._kept = self._kept or Unpublished(), None
        return news

    def publish(self, news: Unpublished, looks: Mapping[str, Look]) -> None:
        """Snapshots come first, so that whoever is told finds them new.

        `looks`: how each job stands that was touched, as far as that is known.
        """
        events = [one.event for one in news.numbered]
        self._replace_snapshots(looks)
        for reply, answer in news.answers:
            if isinstance(answer, DaybellError):
                reply.set_exception(answer)
            else:
                reply.set_result(answer)
        self._audience.bus.publish(events)
        for notice in news.notices:
            self._audience.teller.tell(notice)

    def _replace_snapshots(self, looks: Mapping[str, Look]) -> None:
        secret = self._recorder.unwritten_ends
        jobs = {run.job_id for run in secret}
        open_runs = [open_run.run for open_run in self._state.records.open_runs.values()]
        shown = {job_id: look.snapshot for job_id, look in looks.items() if look.snapshot is not None}
        self._audience.registry.publish(
            changed=[snapshot for job_id, snapshot in shown.items() if job_id not in jobs],
            gone=[job_id for job_id, look in looks.items() if look.snapshot is None],
            open_runs=(*open_runs, *secret),
            problems=self._overview.problems(),
            whole=self._overview.whole(),
        )
