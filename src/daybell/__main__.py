"""The program `daybell`, also as `python -m daybell`, and packed in all of its roles."""

import os
import sys
from collections.abc import Sequence

from daybell.machine.own_command import leave_no_trace, play_role

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """The exit code. The words behind the program's name, if none are given, are those of this process."""
    leave_no_trace(os.environ)
    if play_role(sys.argv[1:] if words is None else [*words]):
        return 0
    _have_streams()
    from daybell.cli.main import main as command_line  # noqa: PLC0415 - no role needs any of it

    return command_line(words)


def _have_streams() -> None:
    """Programs of Windows that open no window have none; what they say there, nobody hears."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end


if __name__ == "__main__":
    sys.exit(main())
