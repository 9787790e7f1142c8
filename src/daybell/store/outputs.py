"""What have runs left behind, which room does it take, and how does it go? Below a directory of each job."""

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from daybell.core.definitions import SLUG
from daybell.store.compaction import Breathe

RUN = re.compile(r"\d{8}[\w-]+", re.ASCII)
"""How the id of a run looks: what is called otherwise is somebody else's."""
BLOCK = 512
"""Bytes in which systems count what a file takes, whatever its length is."""
ABSENT = FileNotFoundError, NotADirectoryError
Refused = Callable[[OSError], None]
"""Hears of what the disk does not let go."""


class Place(NamedTuple):
    """A directory that was opened: whatever takes its name meanwhile, nothing is removed there."""

    path: Path
    descriptor: int | None
    """None where a system cannot do that."""

    def name(self, name: str) -> str:
        return name if self.descriptor is not None else str(self.path / name)


class Outputs:
    """Of each run a file or a directory; no symbolic link is followed. Each method raises OSError."""

    def __init__(self, directory: Path, ending: str = "") -> None:
        """`ending`: of the names, behind the run's id."""
        self.directory = directory
        self._ending = ending

    def jobs(self) -> list[str]:
        """Of which there is any."""
        with suppress(*ABSENT), os.scandir(self.directory) as entries:
            return [
                entry.name
                for entry in entries
                if SLUG.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
        return []

    def runs(self, job_id: str) -> Iterator[str]:
        """In no order."""
        for run_id, _ in self._entries(job_id):
            yield run_id

    def unchanged(self, job_id: str, since: float) -> Iterator[str]:
        """Runs that have left nothing new since then, in seconds since 1970."""
        for run_id, entry in self._entries(job_id):
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < since:
                    yield run_id

    def sizes(self, job_id: str, breathe: Breathe) -> Iterator[tuple[str, int]]:
        """Runs, and how many bytes on the disk each takes."""
        with _opened(self.directory, job_id) as place:
            if place is None:
                return
            for run_id in self.runs(job_id):
                with suppress(*ABSENT):
                    yield run_id, _size(place, run_id + self._ending, breathe)
                breathe()

    def remove(
        self, job_id: str, run_ids: Iterable[str], refused: Refused, breathe: Breathe
    ) -> Iterator[int]:
        """How many bytes each of them took that was there, and is gone."""
        with _opened(self.directory, job_id) as place:
            if place is None:
                return
            for run_id in run_ids:
                try:
                    if RUN.fullmatch(run_id):
                        yield _remove(place, run_id + self._ending, breathe)
                except ABSENT:
                    pass
                except OSError as error:
                    refused(error)
                breathe()

    def _entries(self, job_id: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        with _opened(self.directory, job_id) as place:
            if place is None:
                return
            with os.scandir(place.path if place.descriptor is None else place.descriptor) as entries:
                for entry in entries:
                    run_id = entry.name.removesuffix(self._ending)
                    if entry.name.endswith(self._ending) and RUN.fullmatch(run_id):
                        yield run_id, entry


@contextmanager
def _opened(directory: Path, job_id: str) -> Iterator[Place | None]:
    """None where it is no directory; that of all jobs may be a link, to where a person wants to have them."""
    if not SLUG.fullmatch(job_id):
        yield None
        return
    if sys.platform == "win32":
        path = directory / job_id
        yield Place(path, None) if path.is_dir() and not path.is_symlink() else None
        return
    with ExitStack() as opened:
        descriptor = None
        try:
            above = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
            opened.callback(os.close, above)
            descriptor = os.open(job_id, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
            opened.callback(os.close, descriptor)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise OSError(error.errno, error.strerror, str(directory / job_id)) from error
        yield None if descriptor is None else Place(directory / job_id, descriptor)


def _size(place: Place, name: str, breathe: Breathe) -> int:
    about = os.lstat(place.name(name), dir_fd=place.descriptor)
    size = _taken(about)
    if stat.S_ISDIR(about.st_mode):
        size += sum(_taken(one) for one in _below(place, name, breathe))
    return size


def _below(place: Place, name: str, breathe: Breathe) -> Iterator[os.stat_result]:
    """Of all that a directory holds."""
    if sys.platform == "win32":
        for root, below, files in os.walk(place.name(name)):
            yield from (os.lstat(os.path.join(root, each)) for each in (*below, *files))  # noqa: PTH118 - faster
            breathe()
        return
    for _, below, files, directory in os.fwalk(name, dir_fd=place.descriptor):
        for each in (*below, *files):
            with suppress(FileNotFoundError):
                yield os.lstat(each, dir_fd=directory)
        breathe()


def _remove(place: Place, name: str, breathe: Breathe) -> int:
    try:
        freed = _size(place, name, breathe)
        if not stat.S_ISDIR(os.lstat(place.name(name), dir_fd=place.descriptor).st_mode):
            os.unlink(place.name(name), dir_fd=place.descriptor)
        else:
            _remove_tree(place, name, breathe)
    except OSError as error:
        if isinstance(error, ABSENT):
            raise
        raise OSError(error.errno, error.strerror, str(place.path / name)) from error
    except RecursionError as error:
        raise OSError(errno.ENAMETOOLONG, "it is too deep", str(place.path / name)) from error
    return freed


def _remove_tree(place: Place, name: str, breathe: Breathe) -> None:
    if sys.platform == "win32":
        import shutil  # noqa: PLC0415 - other systems need none of it

        shutil.rmtree(place.name(name))
        return
    for _, below, files, directory in os.fwalk(name, topdown=False, dir_fd=place.descriptor):
        os.fchmod(directory, stat.S_IRWXU)  # what is not writable cannot be emptied
        for file in files:
            os.unlink(file, dir_fd=directory)
        for each in below:
            try:
                os.rmdir(each, dir_fd=directory)
            except NotADirectoryError:  # a link to one
                os.unlink(each, dir_fd=directory)
        breathe()
    os.rmdir(name, dir_fd=place.descriptor)


def _taken(about: os.stat_result) -> int:
    """Less than its length where parts of it were given back to the disk."""
    blocks: int | None = getattr(about, "st_blocks", None)
    return about.st_size if blocks is None else blocks * BLOCK
