"""`doctor`: what is wrong here, and what helps? With the app and without it; changes nothing."""

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from daybell.api.client import Json
from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted
from daybell.core.tables import clean, paint

if TYPE_CHECKING:
    from daybell.cli.looks import Check
    from daybell.core.findings import Finding

EXITS = {"ok": Exit.OK, "note": Exit.OK, "warning": Exit.FAILURE, "error": Exit.UNSOUND}
"""By the worst that was found."""
STYLES = {"ok": "green", "note": "dim", "warning": "yellow", "error": "red"}
LEVEL_WIDTH, CHECK_WIDTH = 9, 11
NARROWEST = 30
"""Columns of a message, however narrow the window."""


def doctor(args: Namespace, terminal: Terminal, checks: "Sequence[Check]" = ()) -> int:
    """All looks at once, so that it takes as long as the longest. Without checks, those that there are."""
    import logging  # noqa: PLC0415 - no other command needs it

    from daybell.cli.checks import CHECKS  # noqa: PLC0415 - it loads half of the app
    from daybell.cli.looks import look_at_all  # noqa: PLC0415 - as above
    from daybell.core.findings import worst  # noqa: PLC0415 - as above

    logging.getLogger("daybell").addHandler(logging.NullHandler())  # the findings say it
    findings = look_at_all(checks or CHECKS, terminal)
    level = worst(findings)
    if args.json:
        listed: list[Json] = [dict(finding._asdict()) for finding in findings]
        terminal.print_json({"schema": 1, "worst": level, "findings": listed})
    else:
        for finding in findings:
            terminal.print(*lines(finding, terminal))
        terminal.say(summary(findings))
    return EXITS[level]


def lines(finding: "Finding", terminal: Terminal) -> list[str]:
    """Level, subject and message, and below it the remedy, folded to the window."""
    import textwrap  # noqa: PLC0415 - no other command needs it

    margin = " " * (LEVEL_WIDTH + CHECK_WIDTH)
    room = max(NARROWEST, terminal.width - len(margin))
    message = textwrap.wrap(clean(finding.message), room, break_on_hyphens=False) or [""]
    remedy = textwrap.wrap(clean(finding.remedy), room, break_on_hyphens=False)
    level = paint(finding.level, STYLES[finding.level], has_colour=terminal.has_colour)
    blanks = " " * (LEVEL_WIDTH - len(finding.level))
    first = f"{level}{blanks}{finding.check.ljust(CHECK_WIDTH)}{message[0]}"
    painted = [paint(line, "dim", has_colour=terminal.has_colour) for line in remedy]
    return [first, *(margin + line for line in [*message[1:], *painted])]


def summary(findings: "Sequence[Finding]") -> str:
    """As in "1 error, 2 warnings"."""
    levels = [finding.level for finding in findings]
    counts = [counted(levels.count(level), level) for level in ("error", "warning") if level in levels]
    return ", ".join(counts) or "nothing is wrong"
