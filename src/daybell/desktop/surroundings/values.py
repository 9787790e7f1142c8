"""What does a property say, if it is what it should be?"""

import re
from math import isfinite

from daybell.desktop.bus.mirror import Properties

PATH = re.compile("(/[A-Za-z0-9_]+)+")


def flag(properties: Properties, name: str) -> bool | None:
    value = properties.get(name)
    return value if isinstance(value, bool) else None


def number(properties: Properties, name: str) -> int | None:
    value = properties.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def measure(properties: Properties, name: str) -> float | None:
    """One that is not endless."""
    value = properties.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if isfinite(value) else None


def text(properties: Properties, name: str) -> str | None:
    value = properties.get(name)
    return value if isinstance(value, str) else None


def paths(properties: Properties, name: str) -> tuple[str, ...] | None:
    """Those of objects: a bus throws out whoever names one that can be none."""
    value = properties.get(name)
    if not isinstance(value, list | tuple):
        return None
    return tuple(one for one in value if is_path(one))


def is_path(value: object) -> bool:
    """It names an object, and not none."""
    return isinstance(value, str) and PATH.fullmatch(value) is not None
