"""`settings`: what do they say, and what should they say?"""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from typing import TypedDict, cast

from daybell.api.client import Json
from daybell.api.shapes import ProblemShape
from daybell.cli.asking import app
from daybell.cli.failure import Exit, Failure, UsageError
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.words import problem_line

PATH = "/api/v1/settings"


class SettingsShape(TypedDict):
    """The settings as they are."""

    definition: dict[str, Json] | None
    settings: dict[str, Json] | None
    problems: list[ProblemShape]
    waiting: list[str]
    etag: str


def settings(args: Namespace, terminal: Terminal) -> int:
    if args.action == "get":
        return _get(args, terminal)
    if not args.key or (args.action == "set") != (args.value is not None):
        value = " VALUE" if args.action == "set" else ""
        raise UsageError(f"expected `daybell settings {args.action} KEY{value}`, as in retention.days")
    with app(terminal) as client:
        before = cast("SettingsShape", client.get(PATH))
        _refuse_broken(before)
        wanted = before["definition"] or {}
        changed(wanted, args.key, read(args.value) if args.action == "set" else None, args.action)
        answer = client.put(PATH, cast("Json", wanted), before["etag"])
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    after = cast("SettingsShape", answer)
    shown = [f"{key} {text}" for key, text in lines(after["settings"] or {}) if _is_below(key, args.key)]
    terminal.say("\n".join(shown))
    if any(_is_below(key, args.key) or _is_below(args.key, key) for key in after["waiting"]):
        terminal.say("that holds from the next start on: `daybell stop`, then `daybell start`")
    return Exit.OK


def _get(args: Namespace, terminal: Terminal) -> int:
    if args.value is not None:
        raise UsageError("expected `daybell settings get [KEY]`")
    with reading(terminal) as client:
        answer = client.get(PATH)
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    now = cast("SettingsShape", answer)
    _refuse_broken(now)
    known = dict(lines(now["settings"] or {}))
    found = [(key, text) for key, text in known.items() if _is_below(key, args.key or "")]
    if not found:
        raise Failure(f"there is no setting {args.key!r}{_meant(args.key, known)}", Exit.NOT_FOUND)
    if args.key and len(found) == 1:
        terminal.print(found[0][1])
    else:
        terminal.print_pairs(found)
    for key in now["waiting"]:
        terminal.say(f"{key} holds from the next start on")
    return Exit.OK


def read(text: str) -> Json:
    """As JSON has it; what is no JSON is a text."""
    value: Json = text
    with suppress(ValueError):
        value = json.loads(text)
    return value


def lines(tree: dict[str, Json], before: str = "") -> Iterator[tuple[str, str]]:
    """Each key that holds a value, with its way from the root; texts without quotes."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from lines(value, f"{before}{key}.")
        elif before or key != "schema":
            yield before + key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def changed(tree: dict[str, Json], key: str, value: Json, action: str) -> None:
    """Set in the tree, or taken out of it; what leads there is made."""
    *way, last = key.split(".")
    for step in way:
        below = tree.get(step)
        if not isinstance(below, dict):
            below = tree[step] = {}
        tree = below
    if action == "set":
        tree[last] = value
    else:
        tree.pop(last, None)


def _refuse_broken(now: SettingsShape) -> None:
    if now["problems"]:
        raise Failure("\n".join(map(problem_line, now["problems"])), Exit.INVALID)


def _is_below(key: str, root: str) -> bool:
    return not root or key == root or key.startswith(f"{root}.")


def _meant(key: str, known: dict[str, str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    close = get_close_matches(key, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else "; `daybell settings get` shows all"
