"""How is a home kept in one file, also while Daybell runs?"""

import hashlib
import os
import stat
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from daybell.model.errors import Conflict, DaybellError
from daybell.store.archive import MANIFEST, SCHEMA, Entry, Manifest, is_archive
from daybell.store.atomic import SUFFIX, swap, sync, sync_directory
from daybell.store.directories import Directories
from daybell.store.layout import PLAN
from daybell.store.remedies import complaint
from daybell.store.snapshot import Piece, pieces

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Of the times in a zip file."""


class Wish(Struct, frozen=True):
    """What is to stand in the archive beside the home itself."""

    now: datetime
    version: str
    with_logs: bool = False
    """What the runs printed, which may be a lot."""


def write_archive(home: Directories, path: Path, wish: Wish) -> Manifest:
    """Keep the home in this file, readable by nobody else. It is there whole, or as it was before.

    Conflict where the file is there and is no archive; DaybellError where nothing can be read or written.
    """
    if (home.state / PLAN).exists():
        raise Conflict("a restore of this home is not finished: start Daybell or restore again, then export")
    if path.exists() and not is_archive(path):
        raise Conflict(f"{path} is there already, and is no archive of Daybell's: name another file")
    try:
        file, name = tempfile.mkstemp(SUFFIX, f".{path.name}.", path.parent)
    except OSError as error:
        nameless = OSError(error.errno, error.strerror)
        raise DaybellError(complaint(path, nameless, "cannot be written")) from error
    beside = Path(name)
    try:
        with os.fdopen(file, "wb") as whole:
            manifest = _write(whole, home, wish)
            whole.flush()
            sync(whole.fileno())
        swap(beside, path)
        sync_directory(path.parent)
    except OSError as error:
        raise DaybellError(complaint(path, error)) from error
    finally:
        beside.unlink(missing_ok=True)
    return manifest


def _write(whole: BinaryIO, home: Directories, wish: Wish) -> Manifest:
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        entries = [_add(archive, piece, wish.now) for piece in pieces(home, with_logs=wish.with_logs)]
        if not entries:
            raise DaybellError(f"there is nothing to keep yet: no jobs in {home.jobs}")
        manifest = Manifest(SCHEMA, wish.version, wish.now, tuple(entries))
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
        _add(archive, Piece(MANIFEST, iter([content])), wish.now)
    return manifest


def _add(archive: zipfile.ZipFile, piece: Piece, now: datetime) -> Entry:
    """The same content at the same time makes the same bytes, on each system."""
    member = zipfile.ZipInfo(piece.name, max(now, EARLIEST).astimezone(UTC).timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # as on Unix, where archives have permissions
    member.external_attr = (stat.S_IFREG | stat.S_IRUSR | stat.S_IWUSR) << 16
    digest, size = hashlib.sha256(), 0
    # How long it is going to be is not known before: it may grow while it is read.
    with archive.open(member, "w", force_zip64=True) as content:
        for block in piece.blocks:
            content.write(block)
            digest.update(block)
            size += len(block)
    return Entry(piece.name, size, digest.hexdigest())
