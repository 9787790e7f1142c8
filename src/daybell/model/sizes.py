"""How much: the one text form of an amount of memory in files."""

import re
from typing import Self

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
PATTERN = r"^\s*([0-9]+(?:\.[0-9]+)?)\s*([kKmMgGtT]?)(?:[iI]?[bB])?\s*$"
"""The text form, as JSON Schema has patterns."""


class Size(int):
    """Bytes, written as in "512M", "1.5G" or "65536"; the units are powers of 1024."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ValueError says what is expected."""
        found = re.search(PATTERN, text)
        if found is None:
            raise ValueError(f'expected a size such as "512M" or "2G", found {text!r}')
        return cls(float(found[1]) * UNITS[found[2].upper()])

    def __str__(self) -> str:
        """The text form, in the largest unit that keeps it exact: "512M"."""
        return spell(self)


def spell(size: int) -> str:
    """Any number of bytes in the text form."""
    for unit in ("T", "G", "M", "K"):
        if size and size % UNITS[unit] == 0:
            return f"{size // UNITS[unit]}{unit}"
    return str(int(size))
