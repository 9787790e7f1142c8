"""`handlers`: what can a job be made of? As the shipped schema of a job's file says."""

import json
from argparse import Namespace
from typing import Any, cast

from daybell.api.client import Json
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal
from daybell.core.tables import GAP, Cell, Column, Row, clean, paint, table

Schema = dict[str, Any]
WIDEST = 100
"""Columns of prose: longer lines are harder to read."""


def handlers(args: Namespace, terminal: Terminal) -> int:
    known = shipped()
    if args.name and args.name not in known:
        raise Failure(f"there is no handler {args.name!r}; there is {', '.join(known)}", Exit.NOT_FOUND)
    if args.json:
        chosen = {args.name: known[args.name]} if args.name else known
        terminal.print_json(cast("Json", chosen))
    elif args.name:
        _print_keys(keys(known[args.name]), terminal)
    else:
        rows = [Row([Cell(name), Cell(one.get("description", ""))]) for name, one in known.items()]
        terminal.print_table([Column("HANDLER"), Column("MEANS")], rows)
    return Exit.OK


def _print_keys(known: list[tuple[str, str, str, str]], terminal: Terminal) -> None:
    """A line each, and below it what it means, folded to the window."""
    import textwrap  # noqa: PLC0415 - no other command needs it

    columns = [Column(title) for title in ("KEY", "VALUE", "WITHOUT IT")]
    rows = [Row([Cell(text) for text in line[:3]]) for line in known]
    titles, *lines = table(columns, rows, terminal.width, has_colour=terminal.has_colour)
    terminal.print(titles)
    for line, (*_, means) in zip(lines, known, strict=True):
        below = textwrap.wrap(clean(means), min(terminal.width, WIDEST) - len(GAP), break_on_hyphens=False)
        terminal.print(line, *(GAP + paint(one, "dim", has_colour=terminal.has_colour) for one in below))


def shipped() -> dict[str, Schema]:
    """The schema of each, by the `type` that stands in the job's file."""
    from daybell.store.assets import asset  # noqa: PLC0415 - no other command needs it

    whole = json.loads(asset("schemas", "job.schema.json").read_bytes())
    handler = whole["properties"]["handler"]
    names = [one["$ref"].rpartition("/")[2] for one in handler.get("anyOf", [handler])]
    return {whole["$defs"][name]["properties"]["type"]["const"]: whole["$defs"][name] for name in names}


def keys(schema: Schema) -> list[tuple[str, str, str, str]]:
    """Of each key but the type: its name, what stands there, what holds without it, and what it means."""
    required = schema.get("required", [])
    return [
        (
            name,
            _kind(one),
            "required" if name in required else json.dumps(one["default"]) if "default" in one else "nothing",
            one.get("description", ""),
        )
        for name, one in schema["properties"].items()
        if name != "type"
    ]


def _kind(schema: Schema) -> str:
    """As in "list of strings"."""
    kind = schema.get("type", "value")
    first = next(one for one in kind if one != "null") if isinstance(kind, list) else kind
    if first == "array":
        return f"list of {schema['items'].get('type', 'value')}s"
    return str(first)
