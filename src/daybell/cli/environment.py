"""`env`: which environment do jobs get, and how is it different from the login shell's and Daybell's own?"""

import os
from argparse import Namespace
from collections.abc import Iterator
from typing import cast

from daybell.api.shapes import EnvironmentShape, VariableShape
from daybell.cli.asking import app, job_path
from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted
from daybell.core.search_path import OF_TERMINALS
from daybell.core.tables import clean, paint

PATIENCE = 40.0
"""Seconds for the login shell, which has thirty."""


def env(args: Namespace, terminal: Terminal) -> int:
    with app(terminal, about=args.job or "") as client:
        if args.refresh:
            client.post("/api/v1/environment/refresh", timeout=PATIENCE)
        path = job_path(args.job, "environment") if args.job else "/api/v1/environment"
        answer = client.get(path)
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    found = cast("EnvironmentShape", answer)
    terminal.print(*map(clean, headline(found)))
    chosen = [one for one in found["variables"] if args.all or _matters(one)]
    for one in chosen:
        terminal.print(*_lines(one, found, terminal))
    rest = len(found["variables"]) - len(chosen)
    if rest:
        terminal.say(f"no difference in {counted(rest, 'more variable')}: `daybell env --all` shows them")
    return Exit.OK


def headline(found: EnvironmentShape) -> list[str]:
    """Whose environment it is, and what is wrong with that."""
    whose = "Daybell's own environment"
    if found["source"] == "login_shell":
        shell = f", {found['shell']}" if found["shell"] else ""
        whose = f"the environment of your login shell{shell}"
    who = found["job_id"] or "jobs"
    line = f"{who} {'gets' if found['job_id'] else 'get'} {whose}"
    return [line, f"But {found['word']}"] if found["word"] else [line]


def _matters(one: VariableShape) -> bool:
    """What a terminal has for itself is nobody's loss."""
    is_terminals = one["job"] is None and one["name"] in OF_TERMINALS
    return (one["differs"] and not is_terminals) or one["origin"] == "secret"


def _lines(one: VariableShape, found: EnvironmentShape, terminal: Terminal) -> Iterator[str]:
    value = "is not there" if one["job"] is None else f"= {clean(one['job'])}"
    origin = {"job": "  (from its definition)", "secret": "  (a secret)"}.get(one["origin"], "")
    yield f"{clean(one['name'])} {value}{origin}"
    others = [("Daybell itself", one["app"])]
    if found["source"] == "login_shell":
        others.insert(0, ("the login shell", one["login_shell"]))
    for who, other in others:
        if said := _said(who, one["job"], other, one["name"]):
            yield paint(f"    {clean(said)}", "dim", has_colour=terminal.has_colour)


def _said(who: str, job: str | None, other: str | None, name: str) -> str:
    """What somebody else has in place of what the job gets; empty where it is the same, or cannot be told."""
    if other is None:
        return f"{who} has none"
    if name == "PATH" and job is not None:
        own, theirs = job.split(os.pathsep), other.split(os.pathsep)
        lost = [part for part in own if part not in theirs]
        added = [part for part in theirs if part not in own]
        parts = [f"lacks {', '.join(lost)}"] * bool(lost) + [f"has {', '.join(added)}"] * bool(added)
        return f"{who} {' and '.join(parts)}" if parts else ""
    return "" if other == job else f"{who} has {other}"
