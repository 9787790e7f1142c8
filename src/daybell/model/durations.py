"""How long: the one text form of a duration in files, on the command line and in the API."""

import re
from datetime import timedelta
from typing import Self

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


class Duration(timedelta):
    """A length of time written as in "90s", "5m", "1h30m" or "1d"."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ValueError says what is expected."""
        compact = text.strip().lower().replace(" ", "")
        if not compact or PART.sub("", compact):
            raise ValueError(f'expected a duration such as "90s", "5m", "2h" or "1d", found {text!r}')
        return cls(seconds=sum(float(number) * SECONDS[unit] for number, unit in PART.findall(compact)))

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
