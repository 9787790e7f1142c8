"""What did a look at the machine find, and how bad is it?"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Level = Literal["ok", "note", "warning", "error"]
LEVELS: tuple[Level, ...] = ("ok", "note", "warning", "error")
"""From fine to worst. A note is worth knowing; a warning costs something; with an error something fails."""


class Finding(NamedTuple):
    """What was seen of one thing."""

    check: str
    """The word that names what was looked at."""
    level: Level
    message: str
    remedy: str = ""
    """One sentence: what to do about it. Empty where nothing is to be done."""


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them; "ok" without any."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")
