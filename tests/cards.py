"""Cards of what happened while nobody looked, for tests: a night in which the computer slept."""

from builders import at
from daybell.core.cards import with_choices
from daybell.model.absence import AbsenceKind, Card, CardRun

SINCE, UNTIL = at("2026-03-01 23:04 Europe/Berlin"), at("2026-03-02 07:42 Europe/Berlin")
DUE = at("2026-03-02 02:30 Europe/Berlin")


def a_line(run_id: str = "1", **changes: object) -> CardRun:
    """A missed instant of a job of its own, unless the changes say otherwise."""
    fields = {"job_id": f"job-{run_id}", "fate": "missed", "due": DUE, "name": "Fetch mail", **changes}
    fields.setdefault("state", fields["fate"])
    return CardRun(run_id=run_id, **fields)  # type: ignore[arg-type]  # a builder


def a_card(*lines: CardRun, kind: AbsenceKind = "asleep", left_out: int = 0) -> Card:
    headline = "While you were away, the computer slept from Sun 23:04 to 07:42 (8 h 38 min)"
    runs = with_choices(lines)
    return Card(kind=kind, since=SINCE, until=UNTIL, headline=headline, runs=runs, left_out=left_out)
