"""`timeline`, `stats`: what does a day look like, and how do runs go?"""

from argparse import Namespace
from datetime import date, datetime, time, timedelta
from typing import TypedDict, cast

from daybell.api.shapes import RunShape
from daybell.cli.asking import job_path
from daybell.cli.failure import Exit, UsageError
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.times import NOTHING, full, moment, took
from daybell.cli.words import OUTCOMES, counted
from daybell.core.tables import Cell, Column, Row

KINDS = {
    "succeeded": "succeeded",
    "failed": "failed",
    "timed_out": "failed",
    "missed": "missed",
    "skipped": "skipped",
}
"""How an outcome is drawn; all others ended early."""
ROOMY = 72
"""Columns of a window; a narrower one shows whole ids, which people type again, rather than all counts."""
DISPENSABLE = ("OTHER", "95 %")


class GapShape(TypedDict):
    """Instants for which nothing ran."""

    job_id: str
    since: str
    until: str
    outcome: str | None


class ComingShape(TypedDict):
    """A run that will be."""

    job_id: str
    at: str


class TimelineShape(TypedDict):
    """A stretch of time."""

    since: str
    until: str
    now: str
    runs: list[RunShape]
    gaps: list[GapShape]
    upcoming: list[ComingShape]
    truncated: bool


class SummaryShape(TypedDict):
    """How runs went."""

    runs: int
    outcomes: dict[str, int]
    success_rate: float | None
    duration_p50_ms: int | None
    duration_p95_ms: int | None


class StatsShape(TypedDict):
    """Of all jobs."""

    days: int
    since: str
    is_complete: bool
    whole: SummaryShape
    jobs: dict[str, SummaryShape]


class JobStatsShape(SummaryShape):
    """Of one job."""

    days: int
    since: str
    is_complete: bool


def timeline(args: Namespace, terminal: Terminal) -> int:
    begin, end = _day(args.day, terminal)
    query = {"from": begin.isoformat(), "to": end.isoformat()} | ({"job": args.job} if args.job else {})
    with reading(terminal, about=args.job or "") as client:
        answer = client.get("/api/v1/timeline", query)
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    line = cast("TimelineShape", answer)
    if not (line["runs"] or line["gaps"] or line["upcoming"]):
        terminal.say(f"nothing ran on {begin:%a %Y-%m-%d}, and nothing will")
        return Exit.OK
    terminal.print(f"{begin:%a %Y-%m-%d}", *_drawn(line, terminal, is_ascii=args.ascii))
    if line["truncated"]:
        terminal.say("some of it is left out: there was, or will be, more than fits; ask for one job")
    return Exit.OK


def _day(text: str | None, terminal: Terminal) -> tuple[datetime, datetime]:
    """From midnight to midnight, on the wall of the person."""
    try:
        day = date.fromisoformat(text) if text else terminal.now.astimezone(terminal.zone).date()
    except ValueError as error:
        raise UsageError(f"--day: expected a date such as 2026-11-20, found {text!r}") from error
    begin, end = (datetime.combine(one, time()) for one in (day, day + timedelta(days=1)))
    if terminal.zone is None:
        return begin.astimezone(), end.astimezone()
    return begin.replace(tzinfo=terminal.zone), end.replace(tzinfo=terminal.zone)


def _drawn(line: TimelineShape, terminal: Terminal, *, is_ascii: bool) -> list[str]:
    from daybell.core.chart import Frame, Lane, Pens, Span, chart  # noqa: PLC0415 - no other command draws

    now = moment(line["now"])
    spans: dict[str, list[Span]] = {}
    for run in line["runs"]:
        kind = KINDS.get(run["outcome"], "ended") if run["outcome"] else "running"
        began = moment(run["started"] or line["now"])
        ended = moment(run["finished"]) if run["finished"] else max(began, now)
        spans.setdefault(run["job_id"], []).append(Span(kind, began, ended))
    for gap in line["gaps"]:
        kind = KINDS.get(gap["outcome"] or "", "ended") if gap["outcome"] else "coming"
        spans.setdefault(gap["job_id"], []).append(Span(kind, moment(gap["since"]), moment(gap["until"])))
    for one in line["upcoming"]:
        spans.setdefault(one["job_id"], []).append(Span("coming", moment(one["at"]), moment(one["at"])))
    frame = Frame(moment(line["since"]), moment(line["until"]), now, terminal.zone)
    pens = Pens(is_ascii or not terminal.can_draw, terminal.has_colour)
    return chart([Lane(job_id, spans[job_id]) for job_id in sorted(spans)], frame, terminal.width, pens)


def stats(args: Namespace, terminal: Terminal) -> int:
    path = job_path(args.job, "stats") if args.job else "/api/v1/stats"
    with reading(terminal, about=args.job or "") as client:
        answer = client.get(path, {"days": args.days})
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    found = cast("StatsShape", answer)
    if args.job:
        terminal.print_pairs(_fields(args.job, cast("JobStatsShape", answer), terminal))
    elif found["jobs"]:
        _print_table(found, terminal)
    else:
        terminal.say(f"nothing has run in the last {counted(args.days, 'day')}")
    if not found["is_complete"]:
        terminal.say(f"there were more runs: only those since {full(found['since'], terminal.zone)} count")
    return Exit.OK


def _print_table(found: StatsShape, terminal: Terminal) -> None:
    columns = [Column("JOB", is_name=True)]
    columns += [
        Column(title, is_number=True) for title in ("RUNS", "OK", "FAILED", "OTHER", "RATE", "MEDIAN", "95 %")
    ]
    rows = [_row(job_id, one) for job_id, one in found["jobs"].items()]
    rows += [_row("all", found["whole"])] if len(rows) > 1 else []
    is_roomy = terminal.width >= ROOMY
    kept = [place for place, one in enumerate(columns) if is_roomy or one.title not in DISPENSABLE]
    terminal.print_table(
        [columns[place] for place in kept], [Row([row.cells[place] for place in kept]) for row in rows]
    )


def _row(title: str, one: SummaryShape) -> Row:
    outcomes = one["outcomes"]
    good, bad = outcomes.get("succeeded", 0), outcomes.get("failed", 0) + outcomes.get("timed_out", 0)
    other = sum(outcomes.values()) - good - bad
    return Row(
        [
            Cell(title),
            Cell(str(one["runs"])),
            Cell(str(good)),
            Cell(str(bad), "red" if bad else ""),
            Cell(str(other)),
            Cell(_rate(one)),
            Cell(_length(one["duration_p50_ms"])),
            Cell(_length(one["duration_p95_ms"])),
        ]
    )


def _fields(job_id: str, one: JobStatsShape, terminal: Terminal) -> list[tuple[str, str]]:
    outcomes = [f"{number} {OUTCOMES.get(name, (name, ''))[0]}" for name, number in one["outcomes"].items()]
    return [
        ("job", job_id),
        ("since", full(one["since"], terminal.zone)),
        ("runs", str(one["runs"])),
        ("outcomes", ", ".join(outcomes)),
        ("success rate", _rate(one)),
        ("median", _length(one["duration_p50_ms"])),
        ("95 % within", _length(one["duration_p95_ms"])),
    ]


def _rate(one: SummaryShape) -> str:
    """Nearly all is not all."""
    rate = one["success_rate"]
    if rate is None:
        return NOTHING
    return "99.9%" if 0.999 < rate < 1 else f"{rate:.1%}" if 0.99 < rate < 1 else f"{rate:.0%}"


def _length(milliseconds: int | None) -> str:
    return took(None if milliseconds is None else timedelta(milliseconds=milliseconds))
