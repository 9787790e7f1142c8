"""Which folders that a job names does macOS keep from a program until the person has allowed it?"""

import re
from collections.abc import Iterator

from daybell.model.job import CommandHandler, Job
from daybell.model.status import Problem

FOLDERS = {
    "Desktop": "your Desktop",
    "Documents": "your Documents",
    "Downloads": "your Downloads",
    "Library/Mobile Documents": "iCloud Drive",
}
"""Below the home directory."""
BEFORE = r"(?:^|[\s\"'=:;(<>|&])"
AFTER = r"(?:$|[/\s\"':;)<>|&])"


def protected(job: Job, file: str, home: str) -> tuple[Problem, ...]:
    """One warning a key at most. Nobody can look up whether it is allowed already."""
    return tuple(
        Problem(file, key, _message(folder))
        for key, words in _keys(job.handler)
        if (folder := next(filter(None, (_folder(word, home) for word in words)), None))
    )


def _keys(handler: CommandHandler) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A command begins in the home directory, and what is relative is relative to that."""
    cwd = handler.cwd or "~"
    yield "handler.cwd", (_from_home(cwd),)
    is_at_home = cwd.rstrip("/") == "~" and not handler.shell
    yield "handler.argv", tuple(map(_from_home, handler.argv)) if is_at_home else handler.argv


def _from_home(path: str) -> str:
    return path if path.startswith(("/", "~")) else f"~/{path.removeprefix('./')}"


def _folder(word: str, home: str) -> str | None:
    """Disks of a Mac do not tell capitals from small letters."""
    own = "|".join(("~", r"\$HOME", r"\$\{HOME\}", re.escape(home.rstrip("/"))))
    for folder, name in FOLDERS.items():
        if re.search(rf"{BEFORE}(?:{own})[\"']?/+{folder}{AFTER}", word, re.IGNORECASE):
            return name
    return None


def _message(folder: str) -> str:
    return (
        f"macOS keeps {folder} from programs until you allow it, and asks when nobody may be there: run "
        "the job once and allow it, or add Daybell under Privacy & Security, Full Disk Access"
    )
