"""A command that wants twice what it gets, and gets more memory than this process ever had.

A process begins with the peak of the one that started it, and of what stays below that no peak is known. A
worker of the tests may have any: it depends on what ran in it before.
"""

import sys
from typing import NamedTuple

from daybell.model.sizes import Size


class Greed(NamedTuple):
    """Sizes in MiB."""

    takes: int
    """It gets that much, and then wants as much again."""
    may: int

    @property
    def argv(self) -> tuple[str, ...]:
        part = f"bytearray({self.takes} << 20)"
        return sys.executable, "-c", f"{part}, {part}"

    @property
    def limit(self) -> Size:
        return Size(self.may << 20)

    def told_of(self, peak: int) -> bool:
        """Whether these bytes can be its peak."""
        return self.takes <= peak >> 20 <= self.may


def greed() -> Greed:
    """What is greedy for a child of this process, from now on."""
    import resource

    takes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 + 200
    return Greed(takes, takes + 200)
