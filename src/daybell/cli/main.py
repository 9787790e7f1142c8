"""What happens between a command line and an exit code?"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from daybell.cli.commands import COMMANDS
from daybell.cli.failure import Exit, Failure, UsageError
from daybell.cli.parser import build
from daybell.cli.terminal import Terminal, this_terminal

Run = Callable[[Namespace, Terminal], int]


def main(argv: Sequence[str] | None = None, terminal: Terminal | None = None) -> int:
    """Do what the arguments say; the exit code. Errors that were foreseen are one sentence on stderr."""
    words = list(sys.argv[1:] if argv is None else argv)
    place = terminal or this_terminal()
    try:
        exit_code = _run(words, place)
        place.out.flush()
    except BrokenPipeError:
        return _pipe_closed(place)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Failure as failure:
        if _wants_debug(words):
            raise
        place.say(f"daybell: {failure}")
        return failure.exit_code
    except OSError as error:
        if _wants_debug(words):
            raise
        place.say(f"daybell: {error}")
        return Exit.FAILURE
    except Exception as error:
        if _wants_debug(words):
            raise
        place.say(f"daybell: something went wrong inside: {error!r}; --debug shows where")
        return Exit.FAILURE
    return exit_code


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is for Daybell, and the command after the first "--"."""
    if "--" not in words:
        return list(words), []
    place = words.index("--")
    return list(words[:place]), list(words[place + 1 :])


def _run(words: list[str], terminal: Terminal) -> int:
    if words[:1] == ["__complete"]:
        from daybell.cli.candidates import candidates  # noqa: PLC0415 - only for shells, which know it; no help does

        return candidates(words[1:], terminal)
    ours, command_line = split(words)
    if ours[:1] == ["help"]:  # as many other programs have it
        ours = [*ours[1:2], "--help"]
    parser, commands = build(ours[0] if ours else "")
    _refuse_unknown(ours, commands)
    try:
        args, surplus = parser.parse_known_args(ours)
    except SystemExit as end:  # argparse has printed its help, or what is wrong
        return end.code if isinstance(end.code, int) else Exit.USAGE
    _refuse_surplus(args, ours, surplus, command_line)
    args.command_line = command_line
    if args.version:
        args.json = False
        return found("version")(args, terminal)
    if args.command is None:
        parser.print_help()
        return Exit.USAGE
    return found(args.command)(args, terminal)


def found(command: str) -> Run:
    """What does it. Only now is it loaded, and nothing of the other commands."""
    module, _, function = COMMANDS[command].run.partition(".")
    return cast("Run", getattr(import_module(f"daybell.cli.{module}"), function))


def _refuse_unknown(words: Sequence[str], commands: Sequence[str]) -> None:
    first = next((word for word in words if not word.startswith("-")), None)
    if first is None or first in commands:
        return
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    close = " or ".join(f"`daybell {one}`" for one in get_close_matches(first, commands, n=2, cutoff=0.65))
    raise UsageError(
        f"there is no command {first!r}; "
        + (f"did you mean {close}?" if close else "`daybell --help` lists them all")
    )


def _refuse_surplus(
    args: Namespace, ours: Sequence[str], surplus: Sequence[str], command_line: Sequence[str]
) -> None:
    if surplus and args.command == "add" and not command_line and not surplus[0].startswith("-"):
        import shlex  # noqa: PLC0415 - only after a mistake

        place = ours.index(surplus[0])
        meant = shlex.join([*ours[:place], "--", *ours[place:]])
        raise UsageError(f"put the command after --, as in: daybell {meant}")
    if surplus:
        asked = f"daybell {args.command or ''}".strip()
        hint = _flag_meant(args.command or "", surplus[0]) or f"see `{asked} --help`"
        raise UsageError(f"`{asked}` does not take {' '.join(map(repr, surplus))}; {hint}")
    if command_line and args.command != "add":
        raise UsageError("only `daybell add` takes a command after --")


def _flag_meant(command: str, word: str) -> str:
    """Empty where none comes near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    from daybell.cli.grammar import grammar  # noqa: PLC0415 - as above

    whole = grammar(build()[0])
    known = {verb.name: verb for verb in (whole.program, *whole.verbs)}
    flags = [flag for option in known[command].options for flag in option.flags]
    close = get_close_matches(word, flags, n=1, cutoff=0.7) if word.startswith("--") else []
    return f"did you mean {close[0]}?" if close else ""


def _wants_debug(words: Sequence[str]) -> bool:
    return "--debug" in split(words)[0]


def _pipe_closed(terminal: Terminal) -> int:
    """Whoever read our output has enough. Python would complain once more when it flushes at its end."""
    if terminal.out is sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.PIPE_CLOSED
