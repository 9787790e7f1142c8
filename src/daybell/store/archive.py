"""What does an archive of a home look like, and may this one be believed? A zip file with a manifest."""

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.errors import DaybellError, InvalidArchive
from daybell.store.layout import Part, place_of
from daybell.store.lines import BLOCK
from daybell.store.remedies import complaint

SCHEMA = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 26
"""Bytes: half a million files."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What reading a zip file raises where it is not as it should be."""


class Entry(Struct, frozen=True):
    """A file, as it was when it was read."""

    path: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What an archive says of itself; nothing in it tells whose it is, or of which machine."""

    schema: int
    version: str
    """Of the Daybell that wrote it."""
    created: datetime
    files: tuple[Entry, ...]


class Head(Struct):
    """Of a manifest, what any version can read."""

    schema: int
    version: str


class Archive:
    """It holds what it says it holds, and nothing else. Nobody has looked yet whether that is undamaged."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self.manifest = manifest

    def copy(self, entry: Entry, write: Callable[[bytes], object]) -> None:
        """Write a file of it. InvalidArchive where it is not what was kept; some of it is written then."""
        digest = hashlib.sha256()
        for block in self._blocks(entry):  # never more than its size, whatever is packed there
            digest.update(block)
            write(block)
        if digest.hexdigest() != entry.sha256:
            raise InvalidArchive(f"{entry.path} in it is not what was kept: its checksum does not match")

    def _blocks(self, entry: Entry) -> Iterator[bytes]:
        try:
            with self._file.open(entry.path) as content:
                while block := content.read(BLOCK):
                    yield block
        except (OSError, *BROKEN) as error:
            raise InvalidArchive(f"{entry.path} in it is damaged: {error}") from error


@contextmanager
def opened(path: Path, parts: tuple[Part, ...]) -> Iterator[Archive]:
    """An archive with files of these parts only. InvalidArchive; DaybellError where it cannot be read."""
    try:
        file = zipfile.ZipFile(path)
    except OSError as error:
        raise DaybellError(complaint(path, error, "cannot be read")) from error
    except BROKEN as error:
        raise InvalidArchive(f"{path} is no archive of Daybell's, or only a part of one") from error
    with file:
        try:
            yield Archive(file, _manifest(file, parts))
        except InvalidArchive as error:
            raise InvalidArchive(f"{path}: {error}") from error


def is_archive(path: Path) -> bool:
    """Whether it looks like one."""
    try:
        with zipfile.ZipFile(path) as file:
            return MANIFEST in file.namelist()
    except (OSError, *BROKEN):
        return False


def _manifest(file: zipfile.ZipFile, parts: tuple[Part, ...]) -> Manifest:
    """What the archive says of itself, where that is what it holds."""
    found = {}
    for member in file.infolist():
        _refuse_all_but_files(member)
        if member.filename in found:
            raise InvalidArchive(f"{member.filename!r} stands in it twice")
        found[member.filename] = member.file_size
    size = found.pop(MANIFEST, None)
    if size is None or size > LARGEST_MANIFEST:
        raise InvalidArchive(f"it is no archive of Daybell's: it has no {MANIFEST}")
    manifest = _read(file)
    for name in found:
        if place_of(name, parts) is None:
            raise InvalidArchive(f"{name!r} in it is no file of Daybell's")
    if found != {entry.path: entry.size for entry in manifest.files}:
        raise InvalidArchive(f"it does not hold what its {MANIFEST} says")
    return manifest


def _read(file: zipfile.ZipFile) -> Manifest:
    try:
        content = file.read(MANIFEST)
        head = msgspec.json.decode(content, type=Head)
        if head.schema > SCHEMA:
            raise InvalidArchive(f"a newer Daybell wrote it ({head.version}); update this one, then restore")
        return msgspec.json.decode(content, type=Manifest)
    except (OSError, *BROKEN, msgspec.DecodeError) as error:
        raise InvalidArchive(f"its {MANIFEST} is damaged: {error}") from error


def _refuse_all_but_files(member: zipfile.ZipInfo) -> None:
    """A link would lead what is written below it elsewhere."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.filename.endswith("/"):
        raise InvalidArchive(f"{member.filename!r} in it is no file")
