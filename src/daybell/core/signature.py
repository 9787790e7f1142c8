"""What makes two failures the same? Their outcome, exit code and error, without what changes each time."""

import re

from daybell.core.views import one_line
from daybell.model.run import Run

LONGEST = 500
"""Characters of an error that count; more would make the patterns slow."""
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
BREAK = r"""\s"'`<>|,;()\[\]{}"""
"""What ends a path that stands without quotes."""

# Each takes out what a later one would leave in pieces: the order counts.
PATTERNS = [
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<id>"),
        (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|\s?[+-]\d\d:?\d\d)?)?\b", "<date>"),
        (rf"\b{DAY}(?:{MONTH}[ .-]+\d{{1,2}}|\d{{1,2}}[ .-]+{MONTH})\b", "<date>"),
        (rf"\b([a-z][a-z0-9+.-]*://[^/{BREAK}]+)/[^{BREAK}]*", r"\1/<path>"),
        (r"""(["'`])[^"'`]*[\\/][^"'`]*\1""", "<path>"),
        (rf"(?<![\w:/\\])(?:[a-z]:|~|\.{{1,2}})?(?:[\\/]+[^\\/:{BREAK}]+)+[\\/]*", "<path>"),
        (r"(?<![\w:/\\])[\w.-]+(?:[\\/][\w.-]+)*[\\/][\w-]*\.\w+", "<path>"),
        (r"\b0x[0-9a-f]+\b", "<id>"),
        (r"\b(?=[0-9a-f]*\d)(?=[0-9]*[a-f])[0-9a-f]{6,}\b", "<id>"),
        (r"(?:(?<![\w>])[-+])?\d+(?:[.,:]\d+)*(?:\s?[kmgt]i?b\b)?", "#"),
    )
]


def signature(run: Run) -> str:
    """Equal for failures of which a person need not be told twice, such as "failed 3: disk # is full"."""
    error = one_line(run.error or "", LONGEST)
    for pattern, replacement in PATTERNS:
        error = pattern.sub(replacement, error)
    # How the limit's signal ended the command says nothing about what is wrong with it.
    exit_code = None if run.outcome == "timed_out" else run.exit_code
    kind = f"{run.outcome}" if exit_code is None else f"{run.outcome} {exit_code}"
    return f"{kind}: {error}" if error else kind
