"""`paths`, `version`: where is what, and which Daybell is this? Without the app."""

from argparse import Namespace

from daybell.api.client import Json
from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal

JSON_FORM = 1
"""Of what is printed with --json: greater once a key is gone or means something else. New ones may come."""


def paths(args: Namespace, terminal: Terminal) -> int:
    own = terminal.directories
    places = {
        "jobs": own.jobs,
        "settings": own.settings_file,
        "config": own.config,
        "data": own.data,
        "state": own.state,
        "log": own.log,
        "run": own.run,
        "socket": own.socket,
    }
    if args.json:
        plain: dict[str, Json] = {name: str(path) for name, path in places.items()}
        terminal.print_json(plain)
    else:
        widest = max(map(len, places))
        terminal.print(*(f"{name.ljust(widest)}  {path}" for name, path in places.items()))
    return Exit.OK


def version(args: Namespace, terminal: Terminal) -> int:
    from importlib.metadata import version as version_of  # noqa: PLC0415 - 10 ms that no other command needs

    if args.json:
        terminal.print_json({"version": version_of("daybell"), "json": JSON_FORM})
    else:
        terminal.print(f"daybell {version_of('daybell')}")
    return Exit.OK
