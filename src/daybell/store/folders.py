"""How is a directory walked that somebody else may change meanwhile? Step by step, and through no link."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

DEEPEST = 16
"""Directories below each other that are looked into."""
REPARSE = 0x400
"""What marks links and their like on Windows."""

if sys.platform == "win32":
    Folder = Path
else:
    Folder = int
    """An open directory: what is done in it is done there, wherever it was moved to."""
    LOOK_INTO = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Kind = Literal["file", "folder", "deep", "other"]


class Found(NamedTuple):
    """Something in a directory, as long as the walk has not gone on."""

    kind: Kind
    """`folder`: all in it came before; `deep`: a directory that nobody looked into; `other`: a link, device,
    fifo or socket, or a directory that cannot be opened."""
    name: str
    """From the top, with "/" between its steps."""
    within: Folder
    step: str
    """Its own name in there."""
    about: os.stat_result


def walk(folder: Folder, above: str = "", depth: int = 0, *, unlocks: bool = False) -> Iterator[Found]:
    """All that is in it, in no order. `unlocks`: directories may be changed afterwards. OSError."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                about = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            name = above + entry.name
            kind = _kind(about)
            if kind == "folder" and depth == DEEPEST:
                kind = "deep"
            if kind == "folder":
                try:
                    with entered(entry.name, folder) as below:
                        if unlocks:
                            _unlock(below, about)
                        yield from walk(below, f"{name}/", depth + 1, unlocks=unlocks)
                except OSError:  # it is not ours to read, or something else by now
                    kind = "other"
            yield Found(kind, name, folder, entry.name, about)


def _kind(about: os.stat_result) -> Kind:
    if sys.platform == "win32" and about.st_file_attributes & REPARSE:
        return "other"
    if stat.S_ISDIR(about.st_mode):
        return "folder"
    return "file" if stat.S_ISREG(about.st_mode) else "other"


if sys.platform == "win32":

    @contextmanager
    def opened(path: Path) -> Iterator[Folder]:
        """OSError where it is no directory, or a link to one."""
        if _kind(path.lstat()) != "folder":
            raise NotADirectoryError(path)
        yield path

    @contextmanager
    def entered(step: str, within: Folder) -> Iterator[Folder]:
        """As `opened`."""
        with opened(within / step) as below:
            yield below

    def file_in(step: str, within: Folder) -> int:
        """A descriptor of a plain file, to read. OSError where it is none."""
        path = within / step
        if _kind(path.lstat()) != "file":
            raise FileNotFoundError(path)
        return os.open(path, os.O_RDONLY | os.O_BINARY)

    def remove(found: Found) -> None:
        """A file, an empty directory, or a link, not what it leads to. OSError."""
        path = found.within / found.step
        if found.kind == "folder":
            path.rmdir()
        else:
            path.unlink()

    def lift(found: Found, top: Folder, step: str) -> None:
        """Move it up there, under that name. OSError."""
        (found.within / found.step).rename(top / step)

    def _unlock(_below: Folder, _about: os.stat_result) -> None:
        pass
else:

    @contextmanager
    def opened(path: Path) -> Iterator[Folder]:
        """OSError where it is no directory, or a link to one."""
        folder = os.open(path, LOOK_INTO)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def entered(step: str, within: Folder) -> Iterator[Folder]:
        """As `opened`."""
        folder = os.open(step, LOOK_INTO, dir_fd=within)
        try:
            yield folder
        finally:
            os.close(folder)

    def file_in(step: str, within: Folder) -> int:
        """A descriptor of a plain file, to read. OSError where it is none."""
        if _kind(os.stat(step, dir_fd=within, follow_symlinks=False)) != "file":
            raise FileNotFoundError(step)
        # Whatever took its place since is not waited for, and not read.
        file = os.open(step, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=within)
        if _kind(os.fstat(file)) != "file":
            os.close(file)
            raise FileNotFoundError(step)
        return file

    def remove(found: Found) -> None:
        """A file, an empty directory, or a link, not what it leads to. OSError."""
        if found.kind == "folder":
            os.rmdir(found.step, dir_fd=found.within)
        else:
            os.unlink(found.step, dir_fd=found.within)

    def lift(found: Found, top: Folder, step: str) -> None:
        """Move it up there, under that name. OSError."""
        os.rename(found.step, step, src_dir_fd=found.within, dst_dir_fd=top)

    def _unlock(below: Folder, about: os.stat_result) -> None:
        if about.st_mode & stat.S_IRWXU != stat.S_IRWXU:
            os.fchmod(below, stat.S_IRWXU)
