"""What is a home at one moment, also while Daybell writes it? Read in an order that leaves no gap."""

import io
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from daybell.model.errors import DaybellError
from daybell.store.checkpoint import decode
from daybell.store.chronicle import NAME as CHRONICLE
from daybell.store.definitions import NAME
from daybell.store.directories import Directories
from daybell.store.envelope import Damaged, TooNew
from daybell.store.history import KEPT
from daybell.store.journal import number_of
from daybell.store.layout import Part, parts, run_logs
from daybell.store.lines import BLOCK, unseal, unseal_batches
from daybell.store.printed import Printed

RECENT = "recent.jsonl"
PAUSE = 0.02
"""Seconds between two looks at the journal, within which a batch that is being written grows."""


class Ledgered(NamedTuple):
    """A checkpoint, what came after it, and where that ends."""

    checkpoint: bytes
    """Empty where none was ever made."""
    journal: bytes
    """Whole batches, from the one that follows the checkpoint at the latest."""
    last: int
    """Number of the last event in either."""


class Piece(NamedTuple):
    """A file for an archive."""

    name: str
    blocks: Iterator[bytes]
    """Its content; to be read once."""


def ledger_of(home: Directories) -> Ledgered:
    """DaybellError where checkpoint and journal do not fit each other."""
    before = _content(home.journal)
    threading.Event().wait(PAUSE)
    now = _content(home.journal)
    journal = whole_batches(now, is_growing=now != before)
    # Only now: the journal held all that came after an older checkpoint, so that a newer one leaves no gap.
    checkpoint, number = _checkpoint(home)
    numbers = list(_numbers(journal))
    # A damaged line has a number too.
    first = next((found - place for place, found in enumerate(numbers) if found), 0)
    if first > number + 1:
        raise DaybellError(
            f"{home.checkpoint.name} and {home.journal.name} in {home.state} do not fit each other; "
            "start Daybell once: it mends them, or says what is wrong"
        )
    return Ledgered(checkpoint, journal, max([number, *filter(None, numbers)]))


def whole_batches(journal: bytes, *, is_growing: bool) -> bytes:
    """What the journal holds, without what is just being written."""
    last, end, offset = 0, 0, 0
    for line, body in unseal_batches(io.BytesIO(journal)):
        if unseal(line.removesuffix(b"\n")) is not None:
            last = offset  # the first of its batch
        offset += len(line)
        end = offset if body is not None else end
    return journal[: last if is_growing else end]


def pieces(home: Directories, *, with_logs: bool) -> Iterator[Piece]:
    """All files that hold anything, always in the same order. DaybellError; OSError."""
    ledger = ledger_of(home)
    given = {home.checkpoint: ledger.checkpoint, home.journal: ledger.journal}
    for part in (*parts(home), *([run_logs(home)] if with_logs else [])):
        if part.path in given:
            found = iter([Piece(part.name, iter([given[part.path]]))])
        elif part.path == home.history:
            found = _history(part, ledger.last)
        else:
            blocks = _printed if part.path == home.runs_log else _blocks
            found = (Piece(name, blocks(path)) for name, path in _files(part))
        for piece in found:
            if first := next(piece.blocks, b""):
                yield Piece(piece.name, chain([first], piece.blocks))


def _checkpoint(home: Directories) -> tuple[bytes, int]:
    """The last one that can be trusted, with its number."""
    for path in (home.checkpoint, home.checkpoint_backup):
        try:
            content = path.read_bytes()
            return content, decode(content).number
        except TooNew as error:
            raise DaybellError(f"{path}: {error}: export it with that version") from error
        except (FileNotFoundError, Damaged):
            continue
    return b"", 0


def _numbers(journal: bytes) -> Iterator[int | None]:
    """None for a damaged line."""
    for _, body in unseal_batches(io.BytesIO(journal)):
        yield None if body is None else number_of(body)


def _files(part: Part) -> Iterator[tuple[str, Path]]:
    """What there is of it now, by name; what has a name of its own is no part of a home."""
    found = {part.name: part.path}
    if part.below:
        found = {
            f"{part.name}/{path.relative_to(part.path).as_posix()}": path for path in part.path.rglob("*")
        }
    for name in sorted(found):
        if part.holds(name) and _is_file(found[name], part):
            yield name, found[name]


def _is_file(path: Path, part: Part) -> bool:
    """Or leads to one; but where a command could have put a link, that is passed over."""
    try:
        return stat.S_ISREG(path.stat(follow_symlinks=not part.is_of_runs).st_mode)
    except FileNotFoundError:
        return False


def _history(part: Part, last: int) -> Iterator[Piece]:
    """The file of all jobs comes last, filled up from the others: rows that it lacked would come too late."""
    newest: dict[int, bytes] = {}
    files = dict(_files(part))
    recent = files.pop(f"{part.name}/{RECENT}", None)
    for name, path in files.items():
        rows = _rows(path, last)
        is_of_runs = path.name not in (NAME, CHRONICLE)
        yield Piece(name, _noted(rows, newest) if is_of_runs else (line for _, line in rows))
    if recent is not None:
        own = dict(_rows(recent, last))
        numbers = sorted(newest | own)[-max(KEPT, len(own)) :]
        yield Piece(f"{part.name}/{RECENT}", iter([(newest | own)[number] for number in numbers]))


def _noted(rows: Iterator[tuple[int, bytes]], newest: dict[int, bytes]) -> Iterator[bytes]:
    """The lines; those with the greatest numbers stay in `newest`."""
    for number, line in rows:
        newest[number] = line
        if len(newest) > 2 * KEPT:
            for old in sorted(newest)[:KEPT]:
                del newest[old]
        yield line


def _rows(path: Path, last: int) -> Iterator[tuple[int, bytes]]:
    """The rows that the journal and its checkpoint know of: what they do not, would come a second time."""
    with _opened(path) as lines:
        for line in lines:
            body = unseal(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
            number = last + 1 if body is None else number_of(body)
            if number <= last:
                yield number, line


def _blocks(path: Path) -> Iterator[bytes]:
    """Up to where the file ended when it was opened: a run may still be printing."""
    with _opened(path) as file:
        left = file.seek(0, io.SEEK_END)
        file.seek(0)
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block


def _printed(path: Path) -> Iterator[bytes]:
    """As `_blocks`, without the hole that a run may have in its middle."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        printed = Printed(file)
        yield from printed.parts(printed.end(), BLOCK)


def _opened(path: Path) -> BinaryIO:
    """Empty where it was removed a moment ago."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return io.BytesIO()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
