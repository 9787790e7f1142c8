"""What does the menu say above the jobs? What happened meanwhile, and what the computer is kept awake for."""

from daybell.core.away import became, headline
from daybell.core.cards import to_run, to_skip
from daybell.core.views import SEPARATOR, TITLE_LENGTH, Action, Entry, When, job_title, note, one_line
from daybell.model.absence import Card, CardRun
from daybell.model.status import Status

RUNS_AT_MOST = 10
NAMED_AT_MOST = 3


def away_entries(card: Card | None, when: When) -> tuple[Entry, ...]:
    """A submenu with all of it; nothing where nothing happened that somebody has not dealt with."""
    if card is None:
        return ()
    number = len(card.runs) + card.left_out
    entries = [note("headline", headline(card, when))]
    entries += [run_entry(one, when) for one in card.runs[:RUNS_AT_MOST]]
    if more := number - min(RUNS_AT_MOST, len(card.runs)):
        entries.append(note("left_out", f"and {more} more: see “daybell away”"))
    entries += [
        SEPARATOR,
        Entry("Run all now", Action("run_away"), enabled=bool(to_run(card)), key="run_away"),
        Entry("Skip all", Action("skip_away"), enabled=bool(to_skip(card)), key="skip_away"),
        Entry("Dismiss", Action("see_away"), key="see_away"),
    ]
    label = f"While you were away ({number})" if number else "While you were away"
    return (Entry(label, entries=tuple(entries), key="away"),)


def run_entry(one: CardRun, when: When) -> Entry:
    """What was due, what became of it, and how it stands now where that is something else."""
    line = f"{one_line(one.name, TITLE_LENGTH) or one.job_id} — {became(one, when)}"
    if one.state is not None and (one.again or one.state != one.fate):
        line += f"; {'run again:' if one.again else 'now'} {one.state.replace('_', ' ')}"
    entries = (
        Entry("Run now", Action("run_away", one.job_id), enabled=one.can_run, key="run_away"),
        Entry("Skip", Action("skip_away", one.job_id), enabled=one.can_skip, key="skip_away"),
    )
    return Entry(line, entries=entries, key=f"away:{one.run_id}")


def awake_note(status: Status) -> tuple[Entry, ...]:
    """Which jobs keep the computer awake: "Keeping the computer awake: Backup"."""
    words = kept_awake(status)
    return (note("awake", words),) if words else ()


def kept_awake(status: Status) -> str:
    """Empty where nothing does."""
    ids = status.scheduler.keeping_awake
    names = [job_title(job) for job in status.jobs if job.id in ids]
    shown = names[:NAMED_AT_MOST]
    shown += [f"{len(names) - NAMED_AT_MOST} more"] if len(names) > NAMED_AT_MOST else []
    refused = status.scheduler.not_awake
    begin = f"Cannot keep the computer awake ({refused})" if refused else "Keeping the computer awake"
    return f"{begin}: {', '.join(shown)}" if shown else ""
