"""How long: the one text form of a duration in files, on the command line and in the API."""

import re
from datetime import timedelta
from typing import Self

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
PART = r"([0-9]+(?:\.[0-9]+)?)\s*([mM][sS]|[sSmMhHdD])\s*"
PATTERN = rf"^\s*(?:{PART})+$"
"""The text form, as JSON Schema has patterns."""


class Duration(timedelta):
    """A length of time written as in "90s", "5m", "1h30m" or "1d"."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ValueError says what is expected."""
        if not re.search(PATTERN, text):
            raise ValueError(f'expected a duration such as "90s", "5m", "2h" or "1d", found {text!r}')
        return cls(
            seconds=sum(float(number) * SECONDS[unit.lower()] for number, unit in re.findall(PART, text))
        )

    def __str__(self) -> str:
        """The text form, in the largest units that keep it exact: "1h30m"."""
        return spell(self)


def spell(length: timedelta) -> str:
    """Any length of time in the text form; zero is "0s"."""
    rest = round(length.total_seconds() * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
