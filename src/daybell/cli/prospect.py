"""What would a definition mean? When it runs next, and what may surprise, as the app tells it."""

from collections.abc import Mapping
from typing import TypedDict, cast

from daybell.api.client import Client, Json
from daybell.api.shapes import ProblemShape
from daybell.cli.terminal import Terminal
from daybell.cli.times import short

SHOWN = 3
"""Runs to come."""


class MomentShape(TypedDict):
    """An instant, in UTC and on the wall."""

    at: str
    local: str


class Prospect(TypedDict):
    """An answer of the preview."""

    problems: list[ProblemShape]
    warnings: list[ProblemShape]
    description: str | None
    runs: list[MomentShape]


def prospect(client: Client, job_id: str, fields: Mapping[str, Json]) -> Prospect:
    """Nothing is written by asking."""
    return cast("Prospect", client.post(f"/api/v1/preview?n={SHOWN}", {"id": job_id, **fields}))


def runs_line(found: Prospect, job_id: str, terminal: Terminal) -> str:
    """When it will run: what one wants to hear after writing it."""
    runs = [short(run["at"], terminal.now, terminal.zone) for run in found["runs"]]
    if not runs:
        return f"it runs when you say `daybell run {job_id}`"
    return f"next run{'s' if len(runs) > 1 else ''} {', '.join(runs)}"


def warning_lines(found: Prospect) -> list[str]:
    """Without the file, which is plain."""
    return [
        f"warning: {': '.join(part for part in (one['field'], one['message']) if part)}"
        for one in found["warnings"]
    ]
