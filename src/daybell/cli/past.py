"""`history`, `logs`: what has run, and what did it print?"""

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

from daybell.api.client import NEXT, ApiError, Client, Json, Query
from daybell.api.shapes import RunShape, RunsShape
from daybell.cli.asking import run_path
from daybell.cli.failure import Exit, Failure, UsageError
from daybell.cli.flags import MOST_ROWS
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.times import between, moment, short, took
from daybell.cli.words import OUTCOMES, cause_word, detail, outcome_word
from daybell.core.tables import Cell, Column, Row
from daybell.model.durations import Duration

Write = Callable[[bytes], None]
RUNS = "/api/v1/runs"
STARTED = [name for name in OUTCOMES if name not in ("skipped", "missed")]
LOOK = 0.5
"""Seconds between two looks at a growing file; the end of the run cuts the last one short."""


def history(args: Namespace, terminal: Terminal) -> int:
    terminal = terminal._replace(is_absolute=args.absolute)
    query = _query(args, terminal.now)
    with reading(terminal, about=args.job or "") as client:
        page = _page(client, query, args.n)
    if args.json:
        terminal.print_json(cast("Json", page))
        return Exit.OK
    runs = page["runs"][: args.n]
    if not runs:
        terminal.say("no run is like that" if set(query) - {"job"} else "nothing has run yet")
        return Exit.OK
    columns = [Column("STARTED"), Column("JOB", is_name=True), Column("CAUSE"), Column("OUTCOME")]
    columns += [Column("TOOK", is_number=True), Column("DETAIL")]
    terminal.print_table(columns, [_run_row(run, terminal) for run in runs])
    if page["next"] or len(page["runs"]) > len(runs):
        terminal.say(_hint(runs))
    return Exit.OK


def logs(args: Namespace, terminal: Terminal) -> int:
    with reading(terminal, about=args.target) as client:
        run = run_meant(client, args.target)
        lines = JsonLines(run["run_id"], terminal)
        write = lines.write if args.json else terminal.print_bytes
        written = _write_from(client, run["run_id"], 0, write, must_exist=not args.follow)
        if args.follow and not client.is_still:
            _follow(client, run, written, write)
        lines.end()
    return Exit.OK


class JsonLines:
    """What a run printed, an object for each line as soon as it is whole. What is no UTF-8 is not kept."""

    def __init__(self, run_id: str, terminal: Terminal) -> None:
        self._run_id = run_id
        self._terminal = terminal
        self._rest = b""

    def write(self, content: bytes) -> None:
        *whole, self._rest = (self._rest + content).split(b"\n")
        for line in whole:
            self._print(line.removesuffix(b"\r"))

    def end(self) -> None:
        """The last line may have no end of its own."""
        if self._rest:
            self._print(self._rest)

    def _print(self, line: bytes) -> None:
        one = {"run_id": self._run_id, "line": line.decode(errors="replace")}
        self._terminal.print_bytes(json.dumps(one).encode() + b"\n")


def _query(args: Namespace, now: datetime) -> dict[str, str | Sequence[str]]:
    words = {shown: name for name, (shown, _) in OUTCOMES.items()}
    query: dict[str, str | Sequence[str]] = {
        "job": args.job or "",
        "outcome": [words.get(word.lower(), word.lower().replace("-", "_")) for word in args.outcome],
        "cause": [word.lower().replace("-", "_") for word in args.cause],
        "since": given_moment("--since", args.since, now),
        "until": given_moment("--until", args.until, now),
        "text": args.grep or "",
    }
    return {key: value for key, value in query.items() if value}


def given_moment(name: str, text: str | None, now: datetime) -> str:
    """So long ago; or a time, which the app reads on the wall of its own zone."""
    if text is None:
        return ""
    with suppress(ValueError, OverflowError):
        return (now - Duration.parse(text)).isoformat()
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        examples = "how long ago, such as 7d or 2h, or a time such as 2026-11-01 or 2026-11-01T14:30"
        raise UsageError(f"{name}: expected {examples}, found {text!r}") from error
    return text


def _page(client: Client, query: Query, most: int) -> RunsShape:
    """So many runs, if there are; looking for a text, the app may answer with a part of them at a time."""
    page = cast("RunsShape", client.get(RUNS, {**query, "limit": most}))
    while page["next"] and len(page["runs"]) < most:
        rest = most - len(page["runs"])
        more = cast("RunsShape", client.get(RUNS, {**query, "limit": rest, "cursor": page["next"]}))
        page = {"runs": page["runs"] + more["runs"], "next": more["next"]}
    return page


def _hint(shown: Sequence[RunShape]) -> str:
    """How to see more than these; `--until` rather shows some again than leaves some out."""
    last = shown[-1]["started"] or shown[-1]["due"] or shown[-1]["finished"]
    ways = [f"`-n {min(MOST_ROWS, 10 * len(shown))}`"] if len(shown) < MOST_ROWS else []
    ways += [f"`--until {moment(last) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}`"] if last else []
    return f"there are more: {' or '.join(ways)}"


def _run_row(run: RunShape, terminal: Terminal) -> Row:
    begin = run["started"] or run["due"]
    when = terminal.when(begin)
    if run["due_to"]:  # two lengths of time would not read as one of them
        when = " to ".join(short(one, terminal.now, terminal.zone) for one in (begin, run["due_to"]))
    return Row(
        [
            Cell(when),
            Cell(run["job_id"]),
            Cell(cause_word(run)),
            Cell(*outcome_word(run)),
            Cell(took(between(run["started"], run["finished"]))),
            Cell(detail(run), "dim"),
        ]
    )


def run_meant(client: Client, target: str) -> RunShape:
    """The last run of that job that ran, or tried to, or is about to; or the run of that id."""
    try:
        newest = cast("RunsShape", client.get(RUNS, {"job": target, "limit": 1}))["runs"]
    except ApiError as error:
        if error.status != 404:
            raise
        return cast("RunShape", client.get(run_path(target)))
    if newest and newest[0]["outcome"] is None:
        return newest[0]
    started = cast("RunsShape", client.get(RUNS, {"job": target, "outcome": STARTED, "limit": 1}))["runs"]
    if not started:
        raise Failure(f"{target} has not run yet; `daybell run {target}` runs it now", Exit.NOT_FOUND)
    return started[0]


def _write_from(client: Client, run_id: str, offset: int, write: Write, *, must_exist: bool) -> int:
    """Print what there is beyond the offset; from where on there may be more."""
    ends = [offset]
    try:
        for chunk in client.chunks(
            run_path(run_id, "log"), {"offset": offset}, lambda said: ends.append(int(said[NEXT]))
        ):
            write(chunk)
    except ApiError as error:
        if error.status != 404:
            raise
        if must_exist:
            raise Failure(error.message, Exit.NOT_FOUND) from error
    return ends[-1]


def _follow(client: Client, run: RunShape, written: int, write: Write) -> None:
    while run["outcome"] is None:
        run = cast("RunShape", client.get(run_path(run["run_id"]), {"wait": str(LOOK)}))
        written = _write_from(client, run["run_id"], written, write, must_exist=False)
