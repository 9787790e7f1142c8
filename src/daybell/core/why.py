"""Why did a job run, run late, wait or not run? One sentence for each instant that was decided."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from daybell.core import catchup
from daybell.core.account import UNKNOWN, Account, Told, delays, span, upper
from daybell.core.catchup import LATE
from daybell.core.circumstance_words import aways, changed, surroundings
from daybell.core.notices import lasted, problem
from daybell.core.views import count
from daybell.core.why_nothing_ran import missed, skipped
from daybell.model.run import Run
from daybell.model.why import Explanation, Verdict

MOST_BACKGROUND = 5
ENDED = "Daybell ended"
"""So begin the reasons of runs that an earlier life left open."""


def explain(account: Account, runs: Sequence[Run]) -> tuple[Explanation, ...]:
    """An explanation for each of these, in their order."""
    return tuple(_explained(account, run) for run in runs)


def _explained(account: Account, run: Run) -> Explanation:
    told = _running(account, run) if run.outcome is None else _ended(account, run)
    return Explanation(
        verdict=told.verdict,
        sentence=told.sentence,
        due=run.due,
        due_to=run.due_to,
        count=run.count,
        background=tuple(_background(account, run, told)),
        run_id=run.run_id,
        blocked_by=told.blocked_by,
    )


def _running(account: Account, run: Run) -> Told:
    if run.started is not None and account.waiting_for is not None and run.earlier:
        told = _started(account, run, "Began at")
        return Told("waits", f"{told.sentence} It waits for {account.waiting_for}.", is_machine=True)
    if run.started is not None:
        return _started(account, run, "Runs since")
    chain = delays(account, run, account.now)
    because = f" Before that, {chain}." if chain else ""
    what = f"Waits for {account.waiting_for}" if account.waiting_for else "Waits for its turn"
    if account.waiting_for and account.waiting_until is not None:
        what += f", at most until {account.when(account.waiting_until)}"
    return Told("waits", f"{what}.{because}", is_machine=True)


def _ended(account: Account, run: Run) -> Told:
    if run.started is not None:
        return _started(account, run, "Ran at")
    if run.outcome == "missed":
        return missed(account, run)
    if run.is_failure:
        return Told("failed", f"Failed before it could start: {problem(run).rstrip('.')}.")
    if run.outcome == "skipped":
        return skipped(account, run)
    chain = delays(account, run, run.finished or account.now)
    before = f" Before that, {chain}." if chain else ""
    return Told("cut_short", f"{_end_before_start(account, run)}.{before}", is_machine=True)


def _end_before_start(account: Account, run: Run) -> str:
    reason = run.reason or UNKNOWN
    if run.outcome is None or not reason.startswith(run.outcome):
        return f"Cut off before it started: {reason}"
    at = f" at {account.when(run.finished)}" if run.finished else ""
    return f"{upper(reason)}{at}, before it started"


def _started(account: Account, run: Run, began: str) -> Told:
    """`began` as in "Ran at"."""
    assert run.started is not None
    head, tail = f"{began} {account.when(run.started)}", _outcome(account, run)
    chain, blocked_by = delays(account, run, run.started), None
    if run.due is None:
        because = f": {chain}" if chain else ""
        return Told(_verdict(run, "ran"), f"{head}, {_occasion(run)}{because}.{tail}")
    delay = run.started - run.due
    window: timedelta = account.job.jitter if account.job else timedelta(0)
    if delay <= LATE:
        return Told(_verdict(run, "ran"), f"{head}, on time.{tail}")
    if delay <= LATE + window and not chain:
        return Told(
            _verdict(run, "ran"), f"{head}: it may start up to {lasted(window)} after it is due.{tail}"
        )
    if not chain:
        chain, blocked_by = _slot(account, run)
    late = f"{head}, {lasted(delay)} after it was due: {chain}"
    return Told(_verdict(run, "ran_late"), f"{late}.{tail}", blocked_by, is_machine=True)


def _verdict(run: Run, otherwise: Verdict) -> Verdict:
    if run.outcome is None:
        return "runs"
    if run.outcome == "succeeded":
        return otherwise
    return "failed" if run.is_failure else "cut_short"


def _occasion(run: Run) -> str:
    """Of a run that was due without an instant of its own."""
    if run.retry_of is not None:
        return f"once more after run {run.retry_of}, which was cut off"
    return f"after run {run.follows}" if run.follows else "when Daybell started"


def _outcome(account: Account, run: Run) -> str:
    """What follows the sentence on how it began."""
    again = f" after {count(run.attempts, 'attempt')}" if run.attempts > 1 else ""
    end = f" at {account.when(run.finished)}" if run.finished else ""
    match run.outcome:
        case None:
            return ""
        case "succeeded":
            length = timedelta(milliseconds=run.duration_ms or 0)
            took = f" It took {lasted(length)}." if length >= timedelta(seconds=1) else ""
            return f" It succeeded{again}." if again else took
        case "failed":
            return f" It failed{again}: {_lower(problem(run)).rstrip('.')}."
        case "timed_out":
            return f" It was ended{end}{again}, because it took too long."
        case "cancelled":
            return f" It was {run.reason or 'cancelled'}{end}."
        case "replaced":
            return f" It was {run.reason or 'replaced by a newer run'}{end}."
        case _ if (run.reason or "").startswith(ENDED):  # when it is found, not when it was
            return f" It was cut off: {run.reason}."
        case _:
            return f" It was cut off{end}: {run.reason or UNKNOWN}."


def _slot(account: Account, run: Run) -> tuple[str, str | None]:
    """Nothing is known to have held it up but others that ran."""
    for other in account.runs:
        is_before = other.started is not None and run.started is not None and other.started < run.started
        if is_before and run.due and (other.finished is None or other.finished > run.due):
            return f"it waited for run {other.run_id} to end", other.run_id
    return "as many runs as may at once were under way", None


def _background(account: Account, run: Run, told: Told) -> Iterator[str]:
    """What the sentence does not tell; of one that simply ran, nothing."""
    is_cut = told.verdict == "cut_short"
    decided = (run.finished if is_cut else run.started or run.finished) or account.now
    since, until = span(run, decided)
    found: list[str] = []
    if not told.is_machine:
        found += aways(account.past.away(since, until), account.when)
    changes = account.past.changes(since, until)
    is_told = run.reason == catchup.ZONE_CHANGED
    found += [changed(one, account.when) for one in changes if not (is_told and one.kind == "zone")]
    if told.verdict != "ran":
        found += _surroundings(account, account.now if told.verdict == "waits" else since)
    return (f"{upper(one)}." for one in found[:MOST_BACKGROUND])


def _surroundings(account: Account, at: datetime) -> Iterator[str]:
    """What nobody has written down is not told."""

    def since(name: str) -> str:
        found = account.past.fact_since(name, at)
        return f" since {account.when(found)}" if found is not None else ""

    is_now = at == account.now
    facts = account.facts if is_now else account.past.facts_at(at, account.facts)
    if facts is not None:
        yield from surroundings(facts, account.conditions, since, is_now=is_now)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
