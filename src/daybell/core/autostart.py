"""Does Daybell start at login, by which way, and where it does not: who says so?"""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from daybell.model.errors import Conflict

How = Literal["desktop", "systemd", "launch_agent", "run_key"]
Command = tuple[str, ...]
"""A program with its arguments."""
MODULE = ("-P", "-m", "daybell", "start")
"""What makes a Python start it. A directory of that name must not come in between."""
SCRIPT = ("start",)
STARTERS: Mapping[How, str] = {
    "desktop": "your desktop starts it",
    "systemd": "systemd starts it",
    "launch_agent": "launchd starts it",
    "run_key": "Windows starts it",
}
BEFORE = ("nice", "-n", "0")
"""Before a program whose path nobody takes as a program, but as an argument.

It changes nothing and becomes that program. A shell would need a $, and systemd does not understand how a
desktop file quotes that.
"""
UNSPEAKABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What is neither text in XML nor one line of UTF-8."""


class Entry(NamedTuple):
    """What one way of starting at login has been told."""

    command: Command
    """Empty where it cannot be understood."""
    blocked_by: str | None = None
    """Who else says that it shall not start, and how."""


class AtLogin(Struct, frozen=True):
    """Whether Daybell starts at login."""

    enabled: bool
    how: How | None = None
    """The way that is on, or is switched off by somebody else; None: there is none."""
    blocked_by: str | None = None
    """Who has switched it off, and how; None: nobody has."""


def at_login(entries: Mapping[How, Entry]) -> AtLogin:
    """One way that works is enough."""
    for how, entry in entries.items():
        if entry.blocked_by is None:
            return AtLogin(True, how)
    for how, entry in entries.items():
        return AtLogin(False, how, entry.blocked_by)
    return AtLogin(False)


def sentence(now: AtLogin) -> str:
    if now.enabled and now.how:
        return f"Daybell starts at login: {STARTERS[now.how]}"
    if now.blocked_by:
        return f"Daybell does not start at login: {now.blocked_by} has switched that off"
    return "Daybell does not start at login"


def refusal(blocked_by: str) -> str:
    """Why it is not switched on: whoever has switched it off meant it."""
    return (
        f"{blocked_by} has switched off that Daybell starts at login; "
        "undo it there, or forget it with `daybell autostart off` and switch it on anew"
    )


def login_command(
    platform: str,
    called: str,
    executable: str,
    is_there: Callable[[str], bool],
    *,
    frozen: str | None = None,
) -> Command:
    """What starts the very program that runs now, at login.

    `called` is how this one was called, as an absolute path; `frozen` the file of a program that carries its
    Python with it.
    """
    if platform == "win32":  # what has a console would open a window that stays
        program = frozen or executable
        silent = re.sub(r"(?i)\b(python|daybell)\.exe$", lambda found: f"{found[1].lower()}w.exe", program)
        return silent if is_there(silent) else program, *(SCRIPT if frozen else MODULE)
    if frozen:
        return frozen, *SCRIPT
    if called.endswith("/daybell") and is_there(called):
        return called, *SCRIPT
    return executable, *MODULE


def as_argument(command: Command) -> Command:
    return BEFORE + command


def as_meant(command: Command) -> Command:
    """Without that."""
    program, *words = command or ("",)
    is_before = (program.rpartition("/")[2], *words[:2]) == BEFORE
    return command[len(BEFORE) :] if is_before else command


def refuse_unspeakable(command: Command) -> None:
    """Conflict where a word could not be written down for whoever starts it."""
    for word in command:
        if found := UNSPEAKABLE.search(word):
            raise Conflict(
                f"the path of this program has a character in it that nothing can be told of which starts "
                f"programs at login ({found[0]!a}); move it elsewhere"
            )
