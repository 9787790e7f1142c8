"""`why`: why did a job run, run late, or not run?"""

from argparse import Namespace
from collections.abc import Iterator
from typing import cast

from daybell.api.shapes import ExplanationShape, WhyShape
from daybell.cli.asking import job_path
from daybell.cli.failure import Exit
from daybell.cli.past import given_moment
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.times import NOTHING, short
from daybell.core.tables import GAP, clean, columns_of, paint, wrapped

STYLES = {
    "ran": "green",
    "ran_late": "yellow",
    "failed": "red",
    "cut_short": "yellow",
    "runs": "green",
    "waits": "green",
    "missed": "yellow",
}
"""Of verdicts; all others are plain."""
NARROWEST = 40
"""Columns for a sentence beside the time and the verdict; with less it stands below them."""


def why(args: Namespace, terminal: Terminal) -> int:
    terminal = terminal._replace(is_absolute=args.absolute)
    query = {"at": given_moment("--at", args.at, terminal.now)} if args.at else {}
    with reading(terminal, about=args.job) as client:
        answer = client.get(job_path(args.job, "why"), query)
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    found = cast("WhyShape", answer)
    terminal.print(*_lines(found["explanations"], terminal))
    return Exit.OK


def _lines(told: list[ExplanationShape], terminal: Terminal) -> Iterator[str]:
    """The time, the verdict, and beside them or below what there is to say."""
    whens = [_when(one, terminal) for one in told]
    verdicts = [one["verdict"].replace("_", " ") for one in told]
    widths = [max(map(columns_of, texts), default=0) for texts in (whens, verdicts)]
    begin = sum(widths) + 2 * len(GAP)
    is_beside = terminal.width - begin >= NARROWEST
    for one, when, verdict in zip(told, whens, verdicts, strict=True):
        style = STYLES.get(one["verdict"], "")
        painted = paint(verdict, style, has_colour=terminal.has_colour)
        head = when + " " * (widths[0] - columns_of(when)) + GAP + painted
        indent = " " * begin if is_beside else GAP
        texts = [(line, "") for line in wrapped(clean(one["sentence"]), terminal.width - len(indent))]
        for remark in one["background"]:
            texts += [(line, "dim") for line in wrapped(clean(remark), terminal.width - len(indent))]
        lines = [indent + paint(line, style, has_colour=terminal.has_colour) for line, style in texts]
        if is_beside:
            blanks = " " * (widths[1] - columns_of(verdict)) + GAP
            lines[0] = head + blanks + lines[0][begin:]
        else:
            lines.insert(0, head)
        yield from lines


def _when(one: ExplanationShape, terminal: Terminal) -> str:
    if one["due"] is None or one["due_to"] is None:
        return terminal.when(one["due"]) if one["due"] else NOTHING
    return " to ".join(short(end, terminal.now, terminal.zone) for end in (one["due"], one["due_to"]))
