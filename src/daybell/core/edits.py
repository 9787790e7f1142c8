"""What does a file of a person say after an edit, and is it still the one that was read?"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from daybell.core.documents import MINOR, SCHEMA, dump, load, version_of
from daybell.core.versions import known
from daybell.model.errors import InvalidDefinition
from daybell.model.status import Problem

Members = Mapping[str, object]

OF_THE_FILE = {"$schema", "schema"}
"""What a file says of itself: it stays where an edit is silent about it."""


def etag(content: bytes) -> str:
    """The same for the same bytes, and for no others."""
    return hashlib.sha256(content).hexdigest()[:32]


def patched(file: str, content: bytes, patch: Members) -> bytes:
    """The file after a JSON Merge Patch (RFC 7396), in its own order; the same bytes if that changes nothing.

    InvalidDefinition where these are no object to begin with.
    """
    before = load(file, content)
    with _not_too_deep(file):
        after = dump(merged(before, patch))
        return content if after == dump(before) else after


def replaced(file: str, content: bytes, wanted: Members, kind: type[Struct]) -> bytes:
    """The file that says what is wanted, in the order of these bytes; the same bytes if they do already.

    What a newer Daybell has added, and this one does not know, stays where `wanted` does not name it.
    """
    with _not_too_deep(file):
        try:
            before = load(file, content)
        except InvalidDefinition:
            return dump(wanted)
        is_newer = _version(before) > (SCHEMA, MINOR)
        ours = known(before, kind)[0] if is_newer else before
        after = _overlaid(before, {key: ours[key] for key in ours.keys() - OF_THE_FILE}, wanted)
        if _version(before) > _version(after):
            after["schema"] = before["schema"]  # it speaks for the keys that stay
        return content if dump(after) == dump(before) else dump(after)


def merged(target: object, patch: Members) -> dict[str, object]:
    """RFC 7396: objects change key by key, null takes a key away, and all else is replaced as a whole."""
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        elif isinstance(change, Mapping):
            result[key] = merged(result.get(key), change)
        else:
            result[key] = change
    return result


def _overlaid(before: Members, ours: Members, wanted: Members) -> dict[str, object]:
    """What is wanted, and what was there beside what is ours; new keys come last."""
    result: dict[str, object] = {}
    for key, old in before.items():
        if key in wanted:
            result[key] = _over(old, ours.get(key), wanted[key])
        elif key not in ours:
            result[key] = old
    return result | {key: wanted[key] for key in wanted if key not in before}


def _over(old: object, ours: object, wanted: object) -> object:
    """An object that became one of another type has nothing of the old one."""
    if not (isinstance(old, Mapping) and isinstance(ours, Mapping) and isinstance(wanted, Mapping)):
        return wanted
    return _overlaid(old, ours, wanted) if old.get("type") == wanted.get("type") else wanted


def _version(members: Members) -> tuple[int, int]:
    return version_of(members.get("schema", SCHEMA))


@contextmanager
def _not_too_deep(file: str) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        message = "its brackets are too deep for a definition"
        raise InvalidDefinition([Problem(file, "", message)]) from None
