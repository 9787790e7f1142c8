"""`status`: what runs, ran and will run?"""

from argparse import Namespace
from typing import cast

from daybell.api.shapes import StatusShape
from daybell.cli.failure import Exit
from daybell.cli.reading import reading
from daybell.cli.standing import print_status
from daybell.cli.terminal import Terminal


def status(args: Namespace, terminal: Terminal) -> int:
    if args.watch:
        from daybell.cli.watch import watch  # noqa: PLC0415 - threads, signals and a queue, for this alone

        return watch(args, terminal)
    terminal = terminal._replace(is_absolute=args.absolute)
    with reading(terminal) as client:
        answer = client.get("/api/v1/status")
    ending = Exit.NOT_RUNNING if client.is_still else Exit.OK  # for scripts that ask whether it runs
    if args.json:
        terminal.print_json(answer)
        return ending
    print_status(cast("StatusShape", answer), terminal)
    return ending
