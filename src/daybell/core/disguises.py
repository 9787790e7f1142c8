"""In which forms may a secret stand in the output of a program that did not mean to hide it?"""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from daybell.core.masking import SHORTEST

SHORTEST_LINE = 8
"""Bytes: a shorter line of a long secret, such as "{", may stand anywhere."""
SCRIPTS = "!'()*~"
"""What JavaScript leaves as it is in a part of an address, and Python does not."""


def disguises(secret: str) -> frozenset[bytes]:
    """The secret, stripped as well, its lines, and what programs make of it that quote or encode it.

    In addresses, in JSON, as Python quotes values in its errors, in what `set -x` shows of a shell, and in
    Base64 behind a name, as `curl -v` shows it. Forms shorter than `SHORTEST` are left out.
    """
    wholes = {secret, secret.strip()}
    lines = {raw(line.strip()) for line in secret.splitlines()}
    found = {raw(form) for whole in wholes for form in (whole, *_quoted(whole))}
    found |= {form for whole in wholes for form in _in_base64(raw(whole))}
    found |= {line for line in lines if len(line) >= SHORTEST_LINE}
    return frozenset(form for form in found if len(form) >= SHORTEST)


def raw(text: str) -> bytes:
    """As the environment of a process has it."""
    return text.encode("utf-8", "surrogateescape")


def _quoted(secret: str) -> Iterator[str]:
    for is_ascii in (True, False):
        yield json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
    yield repr(secret)[1:-1]
    yield repr(raw(secret))[2:-1]
    yield secret.replace("'", r"'\''")
    yield secret.replace("'", "'\"'\"'")
    for left_alone in ("", "/", SCRIPTS):
        yield quote(raw(secret), safe=left_alone)
    yield quote_plus(raw(secret))


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """What is the same whatever stands before and behind: three bytes share four characters."""
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        whole = 4 * (before + len(secret)) // 3
        encoded = base64.b64encode(bytes(before) + secret)[shared:whole]
        yield encoded
        yield encoded.translate(bytes.maketrans(b"+/", b"-_"))
