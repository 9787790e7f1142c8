"""`secret`: which secrets are kept for jobs? In the person's own keyring; the app never has them."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, cast

from daybell.api.client import Json
from daybell.cli.failure import Exit, Failure, UsageError, translated
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted
from daybell.core.tables import Cell, Column, Row

if TYPE_CHECKING:
    from daybell.core.secret_words import Usage
    from daybell.desktop.secrets.interface import Keyring
    from daybell.model.job import CommandHandler

LONGEST = 1 << 16
"""Bytes from a pipe: more is no secret, but a file that was not meant."""


def secret(args: Namespace, terminal: Terminal) -> int:
    if args.value:
        raise UsageError(
            "a secret is never an argument: others could read it, and your shell remembers it. "
            "If that was one, change it; then leave it out, and you are asked"
        )
    if args.action == "list":
        return _list(args, terminal)
    if args.name is None:
        raise UsageError(f"expected `daybell secret {args.action} NAME`")
    _refuse_name(args.name)
    return (_set if args.action == "set" else _remove)(args, terminal)


def _set(args: Namespace, terminal: Terminal) -> int:
    from daybell.core.secret_words import remark  # noqa: PLC0415 - one command needs it

    if args.yes:
        raise UsageError("--yes belongs to `daybell secret remove`")
    # Before the person is asked: what cannot be kept need not be typed.
    with _keyring(terminal, may_prompt=True) as keyring:
        found = _fed(terminal) if args.stdin else _typed(args.name, terminal)
        if problem := remark(found):
            raise Failure(f"it {problem}", Exit.INVALID)
        keyring.set(args.name, found)
    users = _users(args.name, terminal)
    _nudge(terminal)
    if args.json:
        terminal.print_json({"name": args.name, "jobs": cast("Json", users)})
    else:
        terminal.say(f"kept {args.name} in your keyring; {_used(users) or _use(args.name)}")
    return Exit.OK


def _remove(args: Namespace, terminal: Terminal) -> int:
    _refuse_stdin(args)
    users = _users(args.name, terminal)
    with _keyring(terminal) as keyring:
        if not args.yes and terminal.answers is not None:
            if not keyring.has(args.name):  # nobody is asked about what is not there
                raise _nothing(args.name)
            besides = f" {_used(users)}." if users else ""
            if not terminal.is_sure(f"remove the secret {args.name}?{besides}"):
                raise Failure("nothing was removed")
        if not keyring.remove(args.name):
            raise _nothing(args.name)
    _nudge(terminal)
    if args.json:
        terminal.print_json({"name": args.name, "jobs": cast("Json", users)})
    else:
        besides = f"; {_used(users)}, and fail{'s' * (len(users) == 1)} without it" if users else ""
        terminal.say(f"removed {args.name}{besides}")
    return Exit.OK


def _list(args: Namespace, terminal: Terminal) -> int:
    from daybell.core.secret_words import usages  # noqa: PLC0415 - as above

    _refuse_stdin(args)
    if args.yes or args.name:
        raise UsageError("`daybell secret list` takes nothing else")
    with _keyring(terminal) as keyring:
        names = keyring.names()
    found = usages(_handlers(terminal), names)
    if args.json:
        terminal.print_json([_told(one) for one in found])
        return Exit.OK
    columns = [Column("SECRET", is_name=True), Column("USED BY"), Column("STATE")]
    rows = [Row([Cell(one.name), Cell(_jobs(one)), Cell(_state(one))]) for one in found]
    if rows:
        terminal.print_table(columns, rows)
    else:
        terminal.say("no secrets yet: `daybell secret set NAME` keeps one in your keyring")
    if missing := [one for one in found if not one.is_there]:
        ways = ", ".join(f"`daybell secret set {one.name}`" for one in missing)
        terminal.say(f"{counted(len(missing), 'secret')} missing: {ways}")
    return Exit.OK


@contextmanager
def _keyring(terminal: Terminal, *, may_prompt: bool = False) -> "Iterator[Keyring]":
    """A person at a terminal may be asked by it for its password."""
    from daybell.desktop.secrets.choose import open_keyring  # noqa: PLC0415 - as above

    with translated():
        may_prompt = may_prompt or terminal.answers is not None
        with closing(open_keyring(terminal.environ, may_prompt=may_prompt)) as keyring:
            yield keyring


def _handlers(terminal: Terminal) -> "Mapping[str, CommandHandler]":
    """Of the job files that are valid, by the id of the job."""
    from daybell.cli.check import own_files  # noqa: PLC0415 - as above
    from daybell.core.definitions import parse_job  # noqa: PLC0415 - as above
    from daybell.machine.zones import machine_zone  # noqa: PLC0415 - as above
    from daybell.model.errors import InvalidDefinition  # noqa: PLC0415 - as above

    found, zone = {}, machine_zone()
    for path in own_files(terminal):
        try:
            found[path.stem] = parse_job(path.stem, path.name, path.read_bytes(), zone).handler
        except (InvalidDefinition, OSError):  # `daybell check` tells
            continue
    return found


def _users(name: str, terminal: Terminal) -> list[str]:
    from daybell.core.secret_words import usages  # noqa: PLC0415 - as above

    return next((list(one.job_ids) for one in usages(_handlers(terminal), [name]) if one.name == name), [])


def _nudge(terminal: Terminal) -> None:
    """An app that runs looks at its job files anew when another file comes and goes beside them."""
    beside = terminal.directories.jobs / ".secrets-changed"
    with suppress(OSError):
        beside.touch(mode=0o600)
        beside.unlink()


def _typed(name: str, terminal: Terminal) -> str:
    if terminal.answers is None:
        raise UsageError(
            f"there is no terminal to ask at; from a pipe it is taken by `daybell secret set {name} --stdin`"
        )
    first = terminal.ask_unseen(f"The secret {name}, which is not shown:")
    if terminal.ask_unseen("Once more:") != first:
        raise Failure("that was not the same twice: nothing was kept")
    return first


def _fed(terminal: Terminal) -> str:
    """One line; how it ends is not part of it."""
    if terminal.fed is None:
        raise UsageError("--stdin takes it from a pipe; at a terminal leave it out, and you are asked")
    content = terminal.fed.read(LONGEST + 1)
    line = content.removesuffix(b"\n").removesuffix(b"\r")
    if b"\n" in line or len(content) > LONGEST:
        raise Failure("expected one line: nothing was kept", Exit.INVALID)
    try:
        return line.decode()
    except UnicodeDecodeError:
        problem = "expected text, in UTF-8: nothing was kept"
    raise Failure(problem, Exit.INVALID)


def _refuse_name(name: str) -> None:
    from daybell.core.references import NAMES, is_name  # noqa: PLC0415 - as above

    if not is_name(name):
        raise UsageError(f"a secret is called by {NAMES}; found {name!r}")


def _refuse_stdin(args: Namespace) -> None:
    if args.stdin:
        raise UsageError("--stdin belongs to `daybell secret set`")


def _nothing(name: str) -> Failure:
    return Failure(f"there is no secret {name!r}; `daybell secret list` shows all", Exit.NOT_FOUND)


def _used(users: list[str]) -> str:
    """Empty where nobody does."""
    return f"{', '.join(users)} refer{'s' * (len(users) == 1)} to it" if users else ""


def _use(name: str) -> str:
    return f'a job gets it by "env": {{"VARIABLE": "keyring:{name}"}}'


def _jobs(one: "Usage") -> str:
    return ", ".join(one.job_ids) or "no job"


def _state(one: "Usage") -> str:
    return "kept" if one.is_there else "missing"


def _told(one: "Usage") -> Json:
    return {"name": one.name, "is_there": one.is_there, "jobs": list(one.job_ids)}
