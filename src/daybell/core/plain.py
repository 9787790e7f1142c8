"""How does a value stand in a file? As JSON holds it, without what is at its default."""

from functools import lru_cache

import msgspec
from msgspec import Struct


def plain(value: Struct) -> dict[str, object]:
    """Strings, numbers, lists and objects; what reads them makes an equal value of them."""
    config = value.__struct_config__
    members: dict[str, object] = {config.tag_field: config.tag} if config.tag_field else {}
    for field in _fields(type(value)):
        item = getattr(value, field.name)
        if field.required or item != _default(field):
            members[field.encode_name] = _plain(item)
    return members


def as_file(job: Struct) -> dict[str, object]:
    """As a job's file has it: the file's name is the id."""
    return {key: value for key, value in plain(job).items() if key != "id"}


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        return plain(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return msgspec.to_builtins(value, enc_hook=str)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is msgspec.NODEFAULT:
        return field.default
    return field.default_factory()


@lru_cache
def _fields(kind: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)
