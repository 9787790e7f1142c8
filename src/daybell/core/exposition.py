"""How are figures written for Prometheus? Its text format, version 0.0.4, by hand: it is these few lines."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SPECIAL = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
SPECIAL_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})

Labels = tuple[tuple[str, str], ...]


class Sample(Struct, frozen=True):
    """One line."""

    labels: Labels
    value: float
    suffix: str = ""
    """What a histogram adds to the name of its family."""


class Family(Struct, frozen=True):
    """All lines of one name."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    says: str
    """What it is, for people."""
    samples: Iterable[Sample]


class Histogram:
    """How many values were how great. `bounds` rise; each is part of what it bounds."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def copy(self) -> "Histogram":
        """As it is now."""
        twin = Histogram(self._bounds)
        twin._counts, twin._sum = [*self._counts], self._sum
        return twin

    def samples(self, labels: Labels) -> Iterator[Sample]:
        count = 0
        for bound, inside in zip((*map(_number, self._bounds), "+Inf"), self._counts, strict=True):
            count += inside
            yield Sample((*labels, ("le", bound)), count, "_bucket")
        yield Sample(labels, self._sum, "_sum")
        yield Sample(labels, count, "_count")


def exposition(families: Iterable[Family]) -> Iterator[str]:
    """Line by line, each with its end; families without a sample are left out."""
    for family in families:
        is_named = False
        for sample in family.samples:
            if not is_named:
                yield f"# HELP {family.name} {family.says.translate(SPECIAL_IN_HELP)}\n"
                yield f"# TYPE {family.name} {family.kind}\n"
                is_named = True
            yield f"{family.name}{sample.suffix}{_braces(sample.labels)} {_number(sample.value)}\n"


def _braces(labels: Labels) -> str:
    inside = ",".join(f'{name}="{value.translate(SPECIAL)}"' for name, value in labels)
    return f"{{{inside}}}" if inside else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
