"""Restores that are killed, as a script: each in a home of its own, before one of its steps.

`python tests/store/restoring.py ARCHIVE HOME PLACE` makes PLACE/1, PLACE/2, ... of HOME, until one survives.
"""

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from daybell.store.restore import finish, restore_archive
from store.homes import ASKED, home_at

KILLED = 9
CHANGES = "os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "os.truncate"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def kill_before(step: int, path: Path) -> None:
    """End this process, without any further word, before it makes so many changes below this path."""
    steps = count(1)

    def hear(event: str, args: tuple[object, ...]) -> None:
        is_change = event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITES)
        if is_change and str(path) in str(args[0]) and next(steps) == step:
            os._exit(KILLED)

    sys.addaudithook(hear)


def killed(step: int, path: Path, act: Callable[[], object]) -> bool:
    """In a process of its own; whether it came to that step."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == KILLED
    kill_before(step, path)
    act()
    os._exit(0)


def main(archive: Path, template: Path, place: Path) -> None:
    for step in count(1):
        path = place / str(step)
        shutil.copytree(template, path)
        home = home_at(path)
        if not killed(step, path, partial(restore_archive, archive, home, ASKED, may_replace=True)):
            return
        # The one who goes on is killed as well, each time a little later.
        killed(1 + step % 5, path, partial(finish, home))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
