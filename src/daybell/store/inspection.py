"""Who may read and write the home, and how much room has it? Changes nothing that is there."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from daybell.core.checkup import Disk, Place
from daybell.store.directories import Directories
from daybell.store.trust import distrust


def places(directories: Directories) -> Iterator[Place]:
    """What is there of the home. OSError."""
    own = directories
    private = (own.journal, own.checkpoint, own.checkpoint_backup, own.daybell_log, own.endpoint, own.socket)
    jobs = sorted(own.jobs.glob("[!.]*.json")) if own.jobs.is_dir() else []
    for path in (*own.private(), *private):
        if path.exists():
            yield _place(path, is_private=True)
    for path in (own.settings_file, *jobs):
        if path.exists():
            yield _place(path, is_private=False)


def _place(path: Path, *, is_private: bool) -> Place:
    about = path.stat()
    if sys.platform == "win32":
        return Place(str(path), 0o700, is_own=True)  # a person's profile is private there by inheritance
    # What root has written may be read; what Daybell writes must be its own.
    owners = {os.getuid()} if is_private else {os.getuid(), 0}
    mode, is_own = stat.S_IMODE(about.st_mode), about.st_uid in owners
    reason = "" if stat.S_ISSOCK(about.st_mode) else distrust(path, about)
    return Place(str(path), mode, is_own, reason, is_private)


def disks(directories: Directories) -> Iterator[Disk]:
    """Each that the home lies on, once."""
    seen: set[int] = set()
    for directory in (directories.state, directories.data, directories.log, directories.config):
        existing = next(path for path in (directory, *directory.parents) if path.is_dir())
        device = existing.stat().st_dev
        trouble = _trouble(existing)
        if device not in seen or trouble:
            seen.add(device)
            yield Disk(str(existing), shutil.disk_usage(existing).free, trouble)


def _trouble(directory: Path) -> str:
    """Why no file can be made there; empty where one can, and it is gone again."""
    try:
        with tempfile.TemporaryFile(dir=directory, prefix=".daybell-doctor-"):
            return ""
    except OSError as error:
        return error.strerror or str(error)
