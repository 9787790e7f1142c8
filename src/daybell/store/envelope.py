"""Is this content what was written? A checksum over the whole of it, and the version of its shape."""

import hashlib

import msgspec
from msgspec import Struct


class Damaged(Exception):
    """It is not what was written."""


class TooNew(Exception):
    """A newer Daybell wrote it: what this one does not know of it would be lost."""


class Envelope(Struct, frozen=True):
    """What stands in the file, in this order."""

    schema: int
    sha256: str
    """Of `schema` and `data`, as they stand there."""
    data: msgspec.Raw


def seal(schema: int, data: bytes) -> bytes:
    """`data` is JSON."""
    return msgspec.json.encode(Envelope(schema, _digest(schema, data), msgspec.Raw(data))) + b"\n"


def unseal(content: bytes, newest: int) -> bytes:
    """The data. Damaged; TooNew where its schema is above `newest`."""
    try:
        envelope = msgspec.json.decode(content, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(str(error)) from error
    data = bytes(envelope.data)
    if envelope.sha256 != _digest(envelope.schema, data):
        raise Damaged("its checksum does not match")
    if envelope.schema > newest:
        raise TooNew(f"it has schema {envelope.schema}; this Daybell knows {newest} at most")
    return data


def _digest(schema: int, data: bytes) -> str:
    digest = hashlib.sha256(b"[%d," % schema)
    digest.update(data)
    digest.update(b"]")
    return digest.hexdigest()
