"""May one Daybell take over from another that runs in its home? Only the newer one from the older."""

import re

NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def is_newer(ours: str, theirs: str) -> bool:
    """Of two versions; False where either says nothing."""
    one, other = _rank(ours), _rank(theirs)
    return one is not None and other is not None and one > other


def objection(ours: str, theirs: str) -> str:
    """What follows the sentence that another runs; empty where they are the same, or nobody can tell."""
    if not is_newer(theirs, ours):
        return ""
    return (
        f"; it is Daybell {theirs}, and this is {ours}, which is older: "
        "start the newer one, or end it first with `daybell stop`"
    )


def _rank(version: str) -> tuple[list[int], bool, str] | None:
    """A release comes after all that led to it (`1.2rc1`, `1.2.dev3`), and 1.2 is 1.2.0."""
    found = NUMBERS.match(version)
    if found is None:
        return None
    numbers = [int(number) for number in found[0].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    rest = version[found.end() :].partition("+")[0]
    return numbers, not rest, rest
