"""What do Daybell and the child that knows the secrets say to each other? A line each, never a secret."""

from collections.abc import Callable
from typing import IO

import msgspec
from msgspec import Struct


class Orders(Struct, frozen=True, tag="orders"):
    """The first line of a run."""

    run_id: str
    asked: dict[str, str]
    """By the name of the variable, the name of its secret."""
    source: int
    """What the command prints comes out of here; these are the child's own handles."""
    file: int
    channels: tuple[int, ...]
    """To the shims by which the command begins."""


class Look(Struct, frozen=True, tag="look"):
    """Which of these secrets are there? The only line of a child that looks nothing else up."""

    names: tuple[str, ...]


class IsReady(Struct, frozen=True, tag="is_ready"):
    """Has the shim come to life?"""

    channel: int
    """Its place among the channels."""


class Become(Struct, frozen=True, tag="become"):
    """What the shim is to become; its secrets are added on the way."""

    channel: int
    orders: bytes


class Mask(Struct, frozen=True, tag="mask"):
    """What of this may be told?"""

    text: str


class Word(Struct, frozen=True, omit_defaults=True):
    """Of the child: an answer in the order of the questions, unless it is one of the other two."""

    text: str = ""
    content: bytes = b""
    is_true: bool = True
    names: tuple[str, ...] = ()
    refusal: str | None = None
    is_permanent: bool = False
    is_over: bool = False
    """Nobody can print any more, and all is in the file."""
    warning: str = ""
    """For the log."""


Question = IsReady | Become | Mask
Line = Orders | Look | Question

encode: Callable[[Struct], bytes] = msgspec.json.Encoder().encode
line_of: Callable[[bytes], Line] = msgspec.json.Decoder(Line).decode
word_of: Callable[[bytes], Word] = msgspec.json.Decoder(Word).decode


def send(where: IO[bytes], said: Struct) -> None:
    """OSError or ValueError where nobody listens any more."""
    where.write(encode(said) + b"\n")
    where.flush()
