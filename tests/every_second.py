"""A job that is due each second: was each of them decided, and only once?"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

EVERY_SECOND = [{"type": "cron", "expression": "* * * * * *"}]


def gaps(runs: Iterable[Mapping[str, str | None]]) -> list[tuple[str, str]]:
    """Where one row ends and the next begins, unless that is a second apart; a row may stand for several."""
    rows = sorted((str(run["due"]), str(run.get("due_to") or run["due"])) for run in runs)
    second = timedelta(seconds=1)
    return [
        (end, begin)
        for (_, end), (begin, _) in pairwise(rows)
        if datetime.fromisoformat(begin) - datetime.fromisoformat(end) != second
    ]
