"""`away`: what happened while nobody looked, and what shall become of it?"""

from argparse import Namespace
from typing import TypedDict, cast

from daybell.api.client import Json
from daybell.api.shapes import CardRunShape, CardShape
from daybell.cli.asking import app
from daybell.cli.failure import Exit
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.times import NOTHING
from daybell.cli.words import OUTCOMES, counted
from daybell.core.tables import Cell, Column, Row

ADDRESS = "/api/v1/away"
NOBODY_WAITS = "Nothing is left from while you were away."
FATES = {"late": "runs late", "interrupted": "cut off", "missed": "missed", "skipped": "skipped"}
OPEN = {"waiting": "green", "running": "green"}
"""States of a run without an outcome, with their style."""


class AwayAnswer(TypedDict):
    """What happened, or None."""

    away: CardShape | None


class DoneAnswer(TypedDict):
    """Runs that begin or end."""

    run_ids: list[str]


def away(args: Namespace, terminal: Terminal) -> int:
    if args.run is not None:
        return _act(args, terminal, "run", args.run)
    if args.skip is not None:
        return _act(args, terminal, "skip", args.skip)
    if args.dismiss:
        return _dismiss(args, terminal)
    with reading(terminal) as client:
        answer = client.get(ADDRESS)
    card = cast("AwayAnswer", answer)["away"]
    if args.json:
        terminal.print_json(answer)
    elif card is None:
        terminal.print(NOBODY_WAITS)
    else:
        _print_card(card, terminal)
    return Exit.OK


def _act(args: Namespace, terminal: Terminal, verb: str, job_id: str) -> int:
    body: Json = {"job": job_id} if job_id else None
    with app(terminal, about=job_id) as client:
        answer = client.post(f"{ADDRESS}/{verb}", body)
    run_ids = cast("DoneAnswer", answer)["run_ids"]
    if args.json:
        terminal.print_json(answer)
    else:
        terminal.print(*run_ids)
        done = {"run": "asked for", "skip": "skipped"}[verb]
        terminal.say(f"{done} {counted(len(run_ids), 'run')}")
    return Exit.OK


def _dismiss(args: Namespace, terminal: Terminal) -> int:
    with app(terminal) as client:
        client.delete(ADDRESS)
    if args.json:
        terminal.print_json({"away": None})
    else:
        terminal.say("dismissed; `daybell history` has all of it")
    return Exit.OK


def _print_card(card: CardShape, terminal: Terminal) -> None:
    terminal.print(card["headline"])
    if not card["runs"]:
        terminal.say("what you can do: daybell away --dismiss")
        return
    columns = [Column("JOB", is_name=True), Column("DUE"), Column("TIMES", is_number=True)]
    columns += [Column("THEN"), Column("NOW")]
    terminal.print("")
    terminal.print_table(columns, [_row(one, terminal) for one in card["runs"]])
    if card["left_out"]:
        terminal.print(f"and {card['left_out']} more: see `daybell history`")
    wishes = {"run": any(one["can_run"] for one in card["runs"]), "skip": any(map(_can_skip, card["runs"]))}
    hints = [f"--{wish} [JOB]" for wish, is_possible in wishes.items() if is_possible]
    terminal.say(f"what you can do: daybell away {' | '.join([*hints, '--dismiss'])}")


def _row(one: CardRunShape, terminal: Terminal) -> Row:
    due = terminal.when(one["due"])
    if one["due_to"] is not None:
        due = f"{due} to {terminal.when(one['due_to'])}"
    count = "many" if one["count"] is None else str(one["count"])
    cells = [Cell(one["job_id"]), Cell(due), Cell(count), Cell(FATES[one["fate"]]), _state(one)]
    return Row(cells, note=one["reason"] or "")


def _state(one: CardRunShape) -> Cell:
    """Where that is not what became of it."""
    state = one["state"]
    if state is None or (state == one["fate"] and one["again"] is None):
        return Cell(NOTHING)
    word, style = (state, OPEN[state]) if state in OPEN else OUTCOMES.get(state, (state, ""))
    return Cell(f"again: {word}" if one["again"] else word, style)


def _can_skip(one: CardRunShape) -> bool:
    return one["can_skip"]
