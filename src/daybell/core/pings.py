"""What is a server told that watches over jobs, and the person of pings that do not get there?"""

import uuid
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from daybell.core.ping_urls import Signal, host_of, signalled
from daybell.model.events import AnyEvent, RunFinished, RunStarted
from daybell.model.run import Run

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:daybell:run")
LONGEST_BODY = 10_000
"""Bytes of an error that are sent."""

PingOf = Callable[[str], str | None]
"""The address that a job pings, by its id; Daybell's own for "". None: no address, or no such job."""


class Ping(Struct, frozen=True):
    """One request."""

    url: str
    job_id: str = ""
    """Whose it is; empty: Daybell's own."""
    body: str | None = None
    """Sent along with a failure."""


class Delivery(Struct, frozen=True):
    """What became of a ping."""

    failure: str = ""
    """In words, without the address; empty: it got there."""
    is_refusal: bool = False
    """The server is there, but does not want this ping; with another address it may be different."""


class Trouble(Struct, frozen=True):
    """Pings that do not get there, until one does."""

    host: str
    job_id: str
    """Whose ping failed last."""
    failure: str
    is_refusal: bool

    @property
    def key(self) -> tuple[str, str]:
        """A server that is not there is one trouble; one that refuses is one for each job."""
        return self.host, self.job_id if self.is_refusal else ""


def pings_for(events: Sequence[AnyEvent], ping_of: PingOf) -> list[Ping]:
    """Runs ping when they start, succeed, and fail for good; no others, and nothing that never ran."""
    return [ping for event in events for ping in _pings_for(event, ping_of)]


def rid(run_id: str) -> str:
    """The run's id in the form that servers want: the same UUID for all its pings."""
    return str(uuid.uuid5(NAMESPACE, run_id))


def after(troubles: Sequence[Trouble], ping: Ping, delivery: Delivery) -> tuple[Trouble, ...]:
    """The troubles, once it is known what became of this ping."""
    host = host_of(ping.url)
    if not delivery.failure:
        return tuple(
            one for one in troubles if one.host != host or (one.is_refusal and one.job_id != ping.job_id)
        )
    new = Trouble(host, ping.job_id, delivery.failure, delivery.is_refusal)
    return (*(one for one in troubles if one.key != new.key), new)


def in_words(troubles: Sequence[Trouble], ping_of: PingOf) -> str:
    """What a person should know; of addresses that nobody pings any more, nothing."""
    left = [one for one in troubles if host_of(ping_of(one.job_id) or "") == one.host]
    if not left:
        return ""
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    return f"{told(left[-1])}{more}"


def told(trouble: Trouble) -> str:
    """Such as "pings to hc-ping.com fail: timed out"."""
    whose = f" of {trouble.job_id}" if trouble.is_refusal and trouble.job_id else ""
    return f"pings{whose} to {trouble.host} fail: {trouble.failure}"


def _pings_for(event: AnyEvent, ping_of: PingOf) -> Iterator[Ping]:
    match event:
        case RunStarted(job_id=job_id, run_id=run_id, attempt=1):
            yield from _ping(job_id, run_id, "start", ping_of)
        case RunFinished(run=Run(outcome="succeeded") as run):
            yield from _ping(run.job_id, run.run_id, "", ping_of)
        case RunFinished(run=run) if run.is_failure:
            for ping in _ping(run.job_id, run.run_id, "fail", ping_of):
                yield Ping(ping.url, ping.job_id, _body(run))
        case _:
            pass


def _ping(job_id: str, run_id: str, signal: Signal, ping_of: PingOf) -> Iterator[Ping]:
    if url := ping_of(job_id):
        yield Ping(signalled(url, signal, rid(run_id)), job_id)


def _body(run: Run) -> str:
    """The last line of the error: what a notice shows as well, and never more of the output."""
    lines = (run.error or "").strip().splitlines() or [f"{run.outcome}".replace("_", " ")]
    return lines[-1].strip().encode(errors="replace")[:LONGEST_BODY].decode(errors="ignore")
