"""`completion`: what does a shell need to complete daybell's words? Without the app."""

from argparse import Namespace
from importlib import import_module

from daybell.cli.failure import Exit
from daybell.cli.grammar import grammar
from daybell.cli.parser import build
from daybell.cli.terminal import Terminal


def completion(args: Namespace, terminal: Terminal) -> int:
    """The script asks `daybell __complete` for ids when they are wanted."""
    script: str = import_module(f"daybell.cli.shells.{args.shell}").script(grammar(build()[0]))
    terminal.print_bytes(script.encode())
    return Exit.OK
