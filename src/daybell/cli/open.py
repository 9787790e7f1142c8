"""`open`: show Daybell in a browser of this person."""

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TypedDict, cast

from daybell.cli.asking import app
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal

Browse = Callable[[str], bool]
"""Show what is at this address; whether there is a program that does."""


class DoorShape(TypedDict):
    """Where the page is."""

    port: int
    url: str
    seconds: float


def open_page(args: Namespace, terminal: Terminal, browse: Browse | None = None) -> int:
    """Or print its address, which is worth something once and for a minute: else its code is not shown."""
    with app(terminal) as client:
        if not args.print_url and (reason := has_no_screen(terminal.environ, sys.platform)):
            raise Failure(f"{reason}; see `daybell open --help`")
        door = cast("DoorShape", client.post("/api/v1/door"))
    if not args.print_url:
        _show(terminal, door["url"], browse or _browse)
    if args.json:
        shown = door["url"] if args.print_url else door["url"].partition("#")[0]
        terminal.print_json({"url": shown, "port": door["port"], "seconds": door["seconds"]})
    elif args.print_url:
        terminal.print(door["url"])
    else:
        terminal.say("Daybell is opening in your browser")
    return Exit.OK


def has_no_screen(environ: Mapping[str, str], platform: str) -> str:
    """Why no window can be seen here; empty where one can, as far as the environment tells."""
    if any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")) and not environ.get("DISPLAY"):
        return "you are on another machine, where no browser opens"
    if platform == "linux" and not any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return "there is no desktop here to open a browser on"
    return ""


def _show(terminal: Terminal, url: str, browse: Browse) -> None:
    """By a page of ours that leads there: what stands on a command line, other users can read."""
    from daybell.store.opening import write_opening_page  # noqa: PLC0415 - only for this

    page = terminal.directories.opening_page
    try:
        write_opening_page(page, url)
    except OSError as error:
        raise Failure(f"{page} cannot be written: {error.strerror}") from error
    if not browse(page.as_uri()):
        raise Failure("there is no browser here; `daybell open --print-url` prints the address for one")


def _browse(address: str) -> bool:
    import webbrowser  # noqa: PLC0415 - only for this

    return webbrowser.open(address)
