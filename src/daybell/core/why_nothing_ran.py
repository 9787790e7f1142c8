"""Why did nothing run for an instant? It was skipped for a reason, or missed and not made up for."""

import re
from datetime import datetime

from daybell.core import catchup
from daybell.core.account import UNKNOWN, Account, Told, delays, span
from daybell.core.circumstance_words import aways, one_after_the_other, paused
from daybell.core.notices import lasted
from daybell.core.views import count
from daybell.model.run import Run

RUN = re.compile(r"(?:run|oldest is) (\S+)")
WAITED = re.compile(r"(?:dependency|conditions|not settled): (?P<what>waited for .*) for \S+")
SUPERSEDED = "superseded by a newer instant"
GAPS: dict[str, str] = {
    catchup.OTHERS["skip"]: "this job makes up for nothing that it missed",
    catchup.OTHERS["all"]: f"no more than the newest {catchup.MOST['all']} are made up for",
}


def missed(account: Account, run: Run) -> Told:
    head = _times("Missed", run)
    decided = run.finished or account.now
    away = aways(account.past.away(*span(run, decided)), account.when)
    reasons = [one_after_the_other(away)] if away else [f"Daybell came to it only at {account.when(decided)}"]
    if run.reason == catchup.TOO_LATE:
        window = f" of {lasted(account.job.catch_up.window)}" if account.job else ""
        reasons.append(f"the time{window} in which it may be made up for was over by then")
    elif run.reason == catchup.OTHERS["latest"]:
        return _made_up(account, run, head, reasons[0])
    else:
        reasons.append(GAPS.get(run.reason or "", run.reason or UNKNOWN))
    return Told("missed", f"{head}: {'; '.join(reasons)}.", is_machine=True)


def _made_up(account: Account, run: Run, head: str, reason: str) -> Told:
    """The newest instant of the gap got a run."""
    last = run.due_to or run.due
    newer = [one for one in account.runs if one.cause == "catch_up" and one.due and last and one.due > last]
    newest = min(newer, key=lambda one: one.due or account.now, default=None)
    by = f" (run {newest.run_id})" if newest else ""
    them = "it" if run.due_to is None else "them"
    sentence = f"{head}: {reason}; the newest instant after {them} was made up for{by}."
    return Told("missed", sentence, is_machine=True)


def skipped(account: Account, run: Run) -> Told:
    head, reason = _times("Skipped", run), run.reason or UNKNOWN
    found = RUN.search(reason)
    blocked_by = found[1].rstrip(":,") if found else None
    decided = run.finished or account.now
    if reason == catchup.PAUSED:
        return Told("skipped", f"{head}: {_pause(account, run)}.")
    if reason == catchup.CANNOT_RECORD:
        return Told("skipped", f"{head}: Daybell could not record anything, and starts nothing unrecorded.")
    if reason == catchup.EDITED:
        return Told("skipped", f"{head}: {_edit(account, decided)}, and what was due before is not owed.")
    if reason == catchup.ZONE_CHANGED:
        return Told("skipped", f"{head}: {_zone(account, run, decided)}.")
    if matched := WAITED.fullmatch(reason):
        until = f"until {account.when(decided)}, the longest that it may"
        return Told("skipped", f"{head}: it {matched['what']} {until}.")
    if blocked_by is not None:
        return Told("skipped", f"{head}: {_obstacle(account, run, reason, blocked_by)}.", blocked_by)
    chain = delays(account, run, decided)
    if reason == SUPERSEDED:
        newer = f"at {account.when(decided)} a newer instant took its place"
        return Told("skipped", f"{head}: {chain or 'it waited'}; {newer}.", is_machine=True)
    before = f" Before that, {chain}." if chain else ""
    return Told("skipped", f"{head} at {account.when(decided)}: {reason}.{before}", is_machine=True)


def _obstacle(account: Account, run: Run, reason: str, blocked_by: str) -> str:
    """Another run of the job."""
    other = next((one for one in account.runs if one.run_id == blocked_by), None)
    words = reason.removeprefix("overlap: ").replace("has not ended", "had not ended")
    words = words.removeprefix("queue full: ").replace("waits already", "waited already")
    words = words.replace("have not ended, the oldest is", "had not ended, the oldest was")
    if other is None or other.started is None or (run.due and other.started > run.due):
        return words
    return f"{words}; it ran from {account.when(other.started)}" + (
        f" to {account.when(other.finished)}" if other.finished else " on, and still does"
    )


def _pause(account: Account, run: Run) -> str:
    instants = [one for one in (run.due_to, run.due, run.finished) if one is not None]
    found = [pause for one in instants if (pause := account.past.pause_at(one)) is not None]
    return paused(found[0], account.when) if found else "it was paused"


def _edit(account: Account, decided: datetime) -> str:
    entry = account.past.schedule_at(decided)
    when = f" at {account.when(entry.at)}" if entry else ""
    return f"it was disabled{when}" if entry and entry.rests else f"its schedule was edited{when}"


def _zone(account: Account, run: Run, decided: datetime) -> str:
    """An instant is due only if it is later on the clock there and on the one that was before."""
    change = account.past.zone_change(decided)
    if change is None:
        return "the time zone was changed"
    zone, since = change.words, account.when(change.at)
    if run.due is not None and run.due > change.at:
        return f"the clock had shown this time already before the time zone became {zone}, at {since}"
    return f"this time in {zone}, the time zone only since {since}, was over by then"


def _times(word: str, run: Run) -> str:
    if run.due_to is None:
        return word
    return f"{word} each time" if run.count is None else f"{word} {count(run.count, 'time')}"
