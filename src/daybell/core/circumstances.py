"""What was about the machine, Daybell and a job at some time? Read from the chronicle."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from daybell.model.chronicle import Entry, EntryKind
from daybell.model.facts import Facts

AwayKind = Literal["slept", "held_up", "clock_set", "stopped", "crashed", "machine_off", "lost"]
"""`lost`: Daybell did not run, and nobody knows how the life before had ended."""
SPANS: dict[EntryKind, AwayKind] = {
    "slept": "slept",
    "held_up": "held_up",
    "crashed": "crashed",
    "machine_off": "machine_off",
}
"""Entries that say themselves since when it was so."""


class Away(Struct, frozen=True):
    """A time in which nobody could start anything."""

    kind: AwayKind
    since: datetime
    until: datetime


class Pause(Struct, frozen=True):
    """A pause, and who asked for it."""

    since: datetime
    until: datetime | None
    """When it ended, or is to end by itself; None: somebody must end it."""
    reason: str | None
    by: str | None
    is_of_all: bool


class Wait(Struct, frozen=True):
    """One thing that a run waited for."""

    words: str
    since: datetime
    limit: datetime | None
    """The longest it could last."""
    until: datetime | None
    """When something else came; None: it was the last."""

    def end(self, latest: datetime) -> datetime:
        """When it was over; at that time at the latest."""
        return min(one for one in (self.until, self.limit, latest) if one is not None)


class Circumstances:
    """Of one job: what is about it, and what is about all."""

    def __init__(self, entries: Iterable[Entry], job_id: str) -> None:
        """`entries` in their order."""
        self._entries = [one for one in entries if one.job_id in (None, job_id)]
        self._aways = tuple(aways(self._entries))

    def away(self, since: datetime, until: datetime) -> list[Away]:
        """What overlaps that time, the oldest first. Of a life that was lost only its end is known."""
        return [
            one
            for one in self._aways
            if one.since < until and one.until > since and (one.kind != "lost" or one.until <= until)
        ]

    def pause_at(self, instant: datetime) -> Pause | None:
        """The newest that held for that instant."""
        own: Entry | None = None
        all_jobs: Entry | None = None
        for one in self._of("paused", "resumed"):
            if one.at >= instant:  # and yet not the end, where the clock was set back
                continue
            held = one if one.kind == "paused" else None
            if one.job_id is None:
                all_jobs = held
            else:
                own = held
        holding = [one for one in (own, all_jobs) if one and (one.until is None or instant <= one.until)]
        if not holding:
            return None
        one = max(holding, key=lambda held: held.number)
        ends = [later.at for later in self._of("resumed") if _ends(later, one)][:1]
        until = min([*ends, *([one.until] if one.until else [])], default=None)
        return Pause(one.at, until, one.words, one.by, one.job_id is None)

    def waits(self, run_id: str) -> list[Wait]:
        """In their order. What is said of the same wait again is one."""
        told: list[Entry] = []
        for one in self._of("waited"):
            if one.run_id == run_id and (not told or one.words != told[-1].words):
                told.append(one)
        ends = [*(one.at for one in told[1:]), None][: len(told)]
        return [Wait(one.words or "", one.at, one.until, end) for one, end in zip(told, ends, strict=True)]

    def schedule_at(self, instant: datetime) -> Entry | None:
        """The last time before that at which its schedule was new, or its file gone."""
        known = [one for one in self._of("scheduled", "removed") if one.at <= instant]
        return known[-1] if known else None

    def schedule_after(self, instant: datetime) -> Entry | None:
        """The first time after that."""
        return next((one for one in self._of("scheduled", "removed") if one.at > instant), None)

    def stopped(self) -> datetime | None:
        """When Daybell stopped, where it has not started since."""
        last = [*self._of("started", "stopped")][-1:]
        return last[0].at if last and last[0].kind == "stopped" else None

    def reaches(self, instant: datetime) -> bool:
        """Whether it is known what was then."""
        return bool(self._entries) and self._entries[0].at <= instant

    def changes(self, since: datetime, until: datetime) -> list[Entry]:
        """When in that time the zone changed or the clock was set back."""
        return [
            one
            for one in self._of("zone", "clock_set")
            if since <= one.at <= until and (one.kind == "zone" or (one.seconds or 0) < 0)
        ]

    def zone_change(self, until: datetime) -> Entry | None:
        """The last one up to then."""
        found = [one for one in self._of("zone") if one.at <= until]
        return found[-1] if found else None

    def facts_at(self, instant: datetime, now: Facts) -> Facts | None:
        """What counted then, `now` being what counts at present; None where nobody has written it down."""
        lived = self._life_at(instant)
        before = [one for one in lived if one.kind == "surroundings" and one.at <= instant]
        if before:
            return before[-1].facts
        is_this_life = not lived or lived[-1] is self._entries[-1]
        is_unchanged = all(one.kind != "surroundings" for one in lived)
        return now if is_this_life and is_unchanged else None

    def fact_since(self, name: str, instant: datetime) -> datetime | None:
        """Since when it had been as it was then; None where that is not known."""
        since: datetime | None = None
        known: list[object] = []
        for one in self._life_at(instant):
            if one.kind != "surroundings" or one.at > instant or one.facts is None:
                continue
            value = getattr(one.facts, name)
            if known and value != known[-1]:
                since = one.at
            known.append(value)
        return since

    def _life_at(self, instant: datetime) -> Sequence[Entry]:
        """All that was written down in the life of Daybell that this instant is in."""
        begin, end = 0, len(self._entries)
        for place, one in enumerate(self._entries):
            if one.kind == "started" and one.at <= instant:
                begin = place
            elif one.kind == "started":
                end = place
                break
        return self._entries[begin:end]

    def _of(self, *kinds: EntryKind) -> Iterator[Entry]:
        return (one for one in self._entries if one.kind in kinds)


def _ends(resumed: Entry, pause: Entry) -> bool:
    return resumed.job_id == pause.job_id and resumed.number > pause.number


def aways(entries: Iterable[Entry]) -> Iterator[Away]:
    """The times of which these entries tell, in the order of their ends."""
    ended: datetime | None = None
    """When Daybell stopped in order."""
    before: datetime | None = None
    is_told = True
    """How the last life ended."""
    for one in entries:
        kind = SPANS.get(one.kind)
        if kind is not None and one.since is not None:
            yield Away(kind, one.since, one.at)
            is_told = is_told or one.kind in ("crashed", "machine_off")
        elif one.kind == "clock_set" and (one.seconds or 0) > 0:
            yield Away("clock_set", one.at - timedelta(seconds=one.seconds or 0), one.at)
        elif one.kind == "stopped":
            ended = one.at
        elif one.kind == "started":
            if ended is not None:
                yield Away("stopped", ended, one.at)
            elif before is not None and not is_told:
                yield Away("lost", before, one.at)
            ended, is_told = None, False
        before = one.at
