"""What does a person read of secrets: of one that cannot be given, of a keyring that fails, of all?"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from daybell.core.disguises import raw
from daybell.core.documents import show
from daybell.core.masking import SHORTEST
from daybell.core.references import secrets_of
from daybell.model.job import CommandHandler
from daybell.model.status import Problem

REMEDIES = {
    "linux": "install one, such as gnome-keyring or KWallet, and start Daybell in your desktop's session",
    "darwin": "start Daybell in the session you are logged in to",
    "win32": "start Daybell in the session you are logged in to",
}
"""By the platform, where there is no keyring."""
LOCKED = "the keyring is locked: unlock it, by logging in at the desktop or with `daybell secret list`"
SILENT = "the keyring does not answer: look whether it waits for you on the desktop, or log in anew"


class Usage(Struct, frozen=True):
    """A secret, or the name of one that is wanted."""

    name: str
    is_there: bool
    job_ids: tuple[str, ...]
    """Those that refer to it."""


def absent(why: str, platform: str) -> str:
    """There is no keyring."""
    remedy = REMEDIES.get(platform, REMEDIES["linux"])
    return f"there is no keyring here ({why}), and secrets are kept nowhere else: {remedy}"


def missing(name: str) -> str:
    return f"there is no secret {show(name)}: set it with `daybell secret set {name}`"


def remark(secret: str) -> str | None:
    """Why nobody can be given this one; it is not shown."""
    try:
        size = len(raw(secret))
    except UnicodeEncodeError:
        return "is no text that an environment can hold: set it anew"
    if "\0" in secret:
        return "has the character \\u0000 in it, which no program can be given: set it anew"
    if size < SHORTEST:
        return f"is shorter than {SHORTEST} bytes and cannot be told from other output: take a longer one"
    return None


def lacking(handler: CommandHandler, file: str, absent_names: Iterable[str]) -> list[Problem]:
    """What of a job file refers to secrets that are not there."""
    gone = frozenset(absent_names)
    return [
        Problem(file=file, field=f"handler.env.{variable}", message=missing(name))
        for variable, name in secrets_of(handler).items()
        if name in gone
    ]


def without_keyring(handler: CommandHandler, file: str, why: str) -> list[Problem]:
    """A problem where the job file refers to secrets, of which none can be had."""
    first = next(iter(secrets_of(handler)), None)
    return [] if first is None else [Problem(file=file, field=f"handler.env.{first}", message=why)]


def usages(handlers: Mapping[str, CommandHandler], names: Iterable[str]) -> list[Usage]:
    """Of what is there and of what is referred to, by name; `handlers` are those of the jobs of these ids."""
    users: dict[str, list[str]] = {name: [] for name in names}
    there = frozenset(users)
    for job_id, handler in sorted(handlers.items()):
        for name in dict.fromkeys(secrets_of(handler).values()):
            users.setdefault(name, []).append(job_id)
    return [Usage(name, name in there, tuple(job_ids)) for name, job_ids in sorted(users.items())]
