"""How are files of lines written, checked, and read from their end, however long they are?"""

import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

log = logging.getLogger(__name__)

APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
BLOCK = 65536
LAST = 28 * 1024
"""Of the last block: a page of rows, since mostly nothing else is asked for."""
SEAL = len('{"crc":"00000000",')


def seal(body: bytes, before: int = 0) -> bytes:
    """The line of a JSON object: still JSON, with a checksum in front and a line end behind."""
    return b'{"crc":"%08x",%b\n' % (zlib.crc32(body, before), body[1:])


def unseal(line: bytes, before: int = 0) -> bytes | None:
    """The object of a line without its end; None where it is not what was written."""
    body = b"{" + line[SEAL:]
    return body if line.startswith(b'{"crc":"%08x",' % zlib.crc32(body, before)) else None


def seal_batch(bodies: Iterable[bytes]) -> bytes:
    """Lines whose checksum is that of their batch up to there: none is believed without those before it."""
    lines, before = [], 0
    for body in bodies:
        lines.append(seal(body, before))
        before = zlib.crc32(body, before)
    return b"".join(lines)


def unseal_batches(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes | None]]:
    """Each line, and its object; None where it is damaged, or one before it in its batch."""
    before = 0
    for line in lines:
        whole = line.removesuffix(b"\n") if line.endswith(b"\n") else b""  # else the next one would join it
        body = unseal(whole, before)
        if body is None:
            before, body = 0, unseal(whole)  # the first of another batch
        before = 0 if body is None else zlib.crc32(body, before)
        yield line, body


def lines_from_end(path: Path) -> Iterator[bytes]:
    """The last line first, without line ends; a missing file has none."""
    for block in blocks_from_end(path):
        yield from reversed(block.split(b"\n"))


def blocks_from_end(path: Path, end: int | None = None) -> Iterator[bytes]:
    """Those of a file that may be missing; then there are none. OSError."""
    file = opened(path)
    if file is not None:
        with file:
            yield from blocks_of(file, end)


def opened(path: Path) -> FileIO | None:
    """To read blocks of it; None where there is no such file. OSError."""
    try:
        return path.open("rb", buffering=0)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def blocks_of(file: FileIO, end: int | None = None) -> Iterator[bytes]:
    """Whole lines, as they stand in the file, but the last ones first, and without the line end of the last.

    Read in parts, so that the last lines of a large file cost no more than those of a small one.
    `end`: only what stands before that line end.
    """
    position = file.seek(0, os.SEEK_END) if end is None else end
    is_empty, rest = position == 0, b""
    if not is_empty:
        file.seek(position - 1)
        position -= file.read(1) == b"\n"  # behind the last line end there is no line
    size = LAST
    while position > 0:
        size = min(size, position)
        position -= size
        file.seek(position)
        rest = file.read(size) + rest
        size = BLOCK
        begin = rest.find(b"\n") + 1
        if begin and position > 0:
            yield rest[begin:]
            rest = rest[: begin - 1]
    if not is_empty:
        yield rest


def cut_torn_tail(path: Path) -> int:
    """The file's length, after what stands behind its last line end was cut off; 0 for a missing file."""
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
    torn = torn_bytes(path)
    if torn:
        log.warning("%s: a torn last line of %d bytes was cut off", path, torn)
        os.truncate(path, size - torn)
    return size - torn


def torn_bytes(path: Path) -> int:
    """How many bytes stand after the last line end: the torn beginning of a line."""
    with path.open("rb") as file:
        size = position = file.seek(0, os.SEEK_END)
        while position > 0:
            position = max(0, position - BLOCK)
            file.seek(position)
            found = file.read(BLOCK).rfind(b"\n")
            if found >= 0:
                return size - (position + found + 1)
    return size


def append(path: Path, content: bytes) -> None:
    """At the end of the file, readable by nobody else where it is new. OSError."""
    file = os.open(path, APPEND, 0o600)
    try:
        write_all(file, content)
    finally:
        os.close(file)


def write_all(file: int, content: bytes) -> None:
    """Short writes go on where they stopped."""
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]
