"""`completion`: what does a shell need to complete daybell's words? Without the app."""

from argparse import Namespace

from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal

SHELLS = ("bash", "zsh", "fish", "powershell")


def completion(args: Namespace, terminal: Terminal) -> int:
    """The script asks `daybell __complete` for ids when they are wanted."""
    from importlib import import_module  # noqa: PLC0415 - no other command needs it

    from daybell.cli.grammar import grammar  # noqa: PLC0415 - as above

    script: str = import_module(f"daybell.cli.shells.{args.shell}").script(grammar(args.parser))
    terminal.print_bytes(script.encode())
    return Exit.OK
