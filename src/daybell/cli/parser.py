"""How is a command line read? The tree of all commands, or the branch of the one that is asked for."""

from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter

from daybell.cli.commands import COMMANDS
from daybell.cli.examples import EPILOG
from daybell.cli.terminal import columns

PROGRAM = "daybell"


class Formatter(RawDescriptionHelpFormatter):
    """As wide as the window. argparse makes one for each flag that is added, and would look each time."""

    def __init__(self, prog: str, width: int | None = None) -> None:
        super().__init__(prog, width=width or columns(80) - 2)


def build(only: str = "") -> tuple[ArgumentParser, list[str]]:
    """The tree, and the names of all commands. With the name of one, its branch alone: all take 9 ms."""
    parser = ArgumentParser(
        prog=PROGRAM,
        description="Cron you can see, on your own computer.",
        epilog=EPILOG,
        formatter_class=Formatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    _add_debug(parser)
    branches = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog=PROGRAM)
    for name in (only,) if only in COMMANDS else COMMANDS:
        command = COMMANDS[name]
        branch = branches.add_parser(
            name,
            help=command.summary,
            description=command.summary[:1].upper() + command.summary[1:] + ".",
            epilog=command.epilog,
            formatter_class=Formatter,
        )
        if command.has_json:
            branch.add_argument("--json", action="store_true", help="print JSON, for programs")
        _add_debug(branch)
        command.flags(branch)
    return parser, list(COMMANDS)


def _add_debug(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--debug", action="store_true", default=SUPPRESS, help="show where an error came from"
    )
