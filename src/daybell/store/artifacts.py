"""What has a run left for keeping? Plain files in a directory of its own, so many and so large at most."""

import errno
import heapq
import logging
import os
import stat
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from daybell.model.sizes import spell
from daybell.store.folders import DEEPEST, Folder, Found, entered, file_in, lift, opened, remove, walk

log = logging.getLogger(__name__)

PRIVATE = 0o700
MOST = 1000
"""Files of one run."""
PASSES = 1000
"""How often a directory is gone through that is never empty: something may still fill it."""
NAMED = 3
"""Of what is passed over, so many names are told."""


class Artifact(Struct, frozen=True):
    """One file, as it is now."""

    name: str
    """From the run's own directory, with "/" between its steps."""
    bytes: int
    modified: datetime


class Leavings(Struct, frozen=True):
    """What became of all that a run has left."""

    files: int = 0
    removed: int = 0
    """Files beyond the caps."""


class Count:
    """What one pass has found or removed."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0
        self.others: list[str] = []
        self.has_depths = False
        self.has_changed = False

    def add(self, found: Found) -> None:
        self.files += 1
        self.bytes += found.about.st_size


class ArtifactFiles:
    """The files below `data/artifacts`. Links, devices, fifos and sockets among them are left alone."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._empty: set[Path] = set()
        """Directories of runs that are over; some disks take milliseconds to remove one."""
        self._removing = threading.Lock()

    def path(self, job_id: str, run_id: str) -> Path:
        return self._directory / job_id / run_id

    def make(self, job_id: str, run_id: str) -> Path:
        """The run's directory, for its owner only; an earlier attempt may have filled it. OSError."""
        path = self.path(job_id, run_id)
        if os.path.lexists(path):
            with self._removing:
                self._empty.discard(path)
                path.mkdir(mode=PRIVATE, exist_ok=True)
            return path
        try:
            self._place(path)
        except FileNotFoundError:  # the first run of its job
            for each in (self._directory, path.parent):
                each.mkdir(mode=PRIVATE, exist_ok=True)
            self._place(path)
        return path

    def settle(self, job_id: str, run_id: str, most: int, *, is_over: bool = True) -> Leavings:
        """The run has ended: what is beyond the caps goes, and its directory, if that is empty then.

        The first files by name are kept, as far as they fit into `most` bytes. Something of a run that is
        not over may still know the directory; else another run may have it, or `clear_away` removes it.
        """
        path = self.path(job_id, run_id)
        try:
            leavings, mode = Leavings(), _mode(path)
            is_empty = _is_empty(path)
            if not is_empty:
                leavings = self._settle(path, most)
                is_empty = not leavings.files and _is_empty(path)
            if is_empty:
                if is_over:
                    if mode != PRIVATE:
                        path.chmod(PRIVATE)
                    self._empty.add(path)
                else:
                    path.rmdir()
        except FileNotFoundError:
            return Leavings()
        except OSError as error:
            log.warning("artifacts cannot be kept below their caps: %s", error)
            return Leavings()
        return leavings

    def clear_away(self) -> None:
        """Remove what was found empty."""
        while self._empty:
            with self._removing, suppress(KeyError, OSError):
                self._empty.pop().rmdir()

    def list(self, job_id: str, run_id: str) -> tuple[Artifact, ...]:
        """By name; no more than are kept. OSError where there is none."""
        with opened(self.path(job_id, run_id)) as top:
            files = (_artifact(found) for found in walk(top) if found.kind == "file")
            return tuple(heapq.nsmallest(MOST, files, key=lambda artifact: artifact.name))

    def open(self, job_id: str, run_id: str, name: str) -> BinaryIO:
        """A plain file of that name. OSError where there is none, whatever else there may be."""
        *folders, step = _steps(name)
        with ExitStack() as stack:
            folder = stack.enter_context(opened(self.path(job_id, run_id)))
            for each in folders:
                folder = stack.enter_context(entered(each, folder))
            return os.fdopen(file_in(step, folder), "rb")

    def _place(self, path: Path) -> None:
        if not self._is_reused(path):
            path.mkdir(mode=PRIVATE)

    def _is_reused(self, path: Path) -> bool:
        """Whether one that would be removed soon became this one: some disks take milliseconds for each."""
        try:
            spare = self._empty.pop()
        except KeyError:
            return False
        try:
            spare.rename(path)
        except OSError:
            self._empty.add(spare)
            return False
        return True

    def _settle(self, path: Path, most: int) -> Leavings:
        with opened(path) as top:
            there, kept = _chosen(top, most)
            gone = Count()
            if there.has_depths or there.files > len(kept):
                gone = _sweep(top, kept)
        _tell(path, there, gone, most)
        return Leavings(len(kept), gone.files)


def _mode(path: Path) -> int:
    """OSError where it is no directory, or a link to one."""
    mode = path.lstat().st_mode
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    return stat.S_IMODE(mode)


def _is_empty(path: Path) -> bool:
    with os.scandir(path) as entries:
        return next(entries, None) is None


def _chosen(top: Folder, most: int) -> tuple[Count, Collection[str]]:
    """All that is there, and the names of the files that are kept of it."""
    there = Count()
    files = ((found.name, found.about.st_size) for found in _counted(top, there) if found.kind == "file")
    kept, room = set(), most
    for name, size in heapq.nsmallest(MOST, files):
        if size <= room:
            kept.add(name)
            room -= size
    return there, kept


def _counted(top: Folder, there: Count) -> Iterator[Found]:
    for found in walk(top):
        if found.kind == "file":
            there.add(found)
        if found.kind == "other":
            there.others = [*there.others, found.name][:NAMED]
        there.has_depths |= found.kind == "deep"
        yield found


def _sweep(top: Folder, kept: Collection[str]) -> Count:
    """Remove the files that are not kept; what of them could be removed."""
    gone = Count()
    for turn in range(PASSES):
        gone.has_changed = False
        for found in walk(top, unlocks=True):
            if found.name in kept or found.kind == "other":
                continue
            with suppress(OSError):  # it is not empty, not ours, or not there any more
                _remove(found, top, f".deep-{turn}-{gone.files}")
                gone.has_changed = True
                if found.kind == "file":
                    gone.add(found)
        # A directory that is changed while it is read may not show all that is in it.
        if not gone.has_changed:
            break
    return gone


def _remove(found: Found, top: Folder, step: str) -> None:
    """What lies too deep to be looked into comes to the top, for the next pass."""
    if found.kind == "deep":
        lift(found, top, step)
    else:
        remove(found)


def _tell(path: Path, there: Count, gone: Count, most: int) -> None:
    if gone.files:
        log.warning(
            "%d of the %d artifacts in %s were removed, %d bytes: %d files and %s are kept at most",
            *(gone.files, there.files, path, gone.bytes, MOST, spell(most)),
        )
    if there.others:
        names = ", ".join(map(repr, there.others))
        log.warning("artifacts in %s that are no plain files are passed over: %s", path, names)


def _artifact(found: Found) -> Artifact:
    modified = datetime.fromtimestamp(found.about.st_mtime, UTC)
    # A name may be any bytes, but not an answer.
    name = found.name.encode("utf-8", "backslashreplace").decode()
    return Artifact(name, found.about.st_size, modified)


def _steps(name: str) -> list[str]:
    """FileNotFoundError where they could lead elsewhere."""
    steps = name.split("/")
    is_plain = all(step not in ("", ".", "..") and not set(step) & {"\0", "\\"} for step in steps)
    if not is_plain or len(steps) > DEEPEST + 1 or (os.name == "nt" and ":" in name):
        raise FileNotFoundError(name)
    return steps
