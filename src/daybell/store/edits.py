"""How is a file that a person may edit at any moment written, so that nobody's edit is lost?"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from daybell.core.documents import LARGEST
from daybell.core.edits import etag
from daybell.engine.files import Change, Etags
from daybell.model.errors import Changed, Conflict, DiskRefused
from daybell.store.atomic import SUFFIX, replace_file
from daybell.store.remedies import complaint


def read_file(path: Path) -> bytes:
    """FileNotFoundError; DiskRefused; Conflict for what cannot be a person's file."""
    try:
        if not path.is_file() and path.exists():
            raise Conflict(f"{path} is not a regular file: move it away")
        if path.stat().st_size > LARGEST:
            raise Conflict(f"{path} is larger than 1 MiB: that cannot be a definition, move it away")
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DiskRefused(complaint(path, error, "cannot be read")) from error


def refuse_changed(content: bytes, expected: Etags) -> None:
    """Changed, unless this is what somebody has read."""
    if expected is not None and etag(content) not in expected:
        raise Changed(etag(content))


def overwrite(path: Path, before: bytes, after: bytes) -> None:
    """The new content, whole and durable, or the old one. Changed where that was not `before` any more.

    It is looked at again when only the renaming is left to do. Where the path is a link, what it leads to
    is written. DiskRefused.
    """

    def look_again() -> None:
        if (now := content_or_nothing(path)) != before:
            raise Changed(etag(now))

    try:
        replace_file(path.resolve(), after, last_look=look_again)
    except OSError as error:
        error.filename = None  # the file beside it means nothing to anybody
        raise DiskRefused(complaint(path, error, "cannot be written")) from error


def content_or_nothing(path: Path) -> bytes:
    try:
        return read_file(path)
    except FileNotFoundError:
        return b""


def edit(
    path: Path, before: bytes, expected: Etags, change: Change, check: Callable[[bytes], object]
) -> bytes:
    """What it says now, which was `before`; `check` may refuse that by what it raises.

    Bytes that stay the same are not written. Changed, DiskRefused.
    """
    refuse_changed(before, expected)
    after = change(before)
    check(after)
    if after != before:
        overwrite(path, before, after)
    return after


def forget_unfinished(directory: Path, name: str) -> None:
    """Remove what a crash has left beside files of these names; nobody else may be writing them."""
    with suppress(OSError):
        for path in directory.glob(f".{name}.*{SUFFIX}"):
            with suppress(OSError):
                path.unlink()
