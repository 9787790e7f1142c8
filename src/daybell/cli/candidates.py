"""`__complete`: which ids could be meant? For shells, silent and quick: who completes wants no sentences."""

import json
from collections.abc import Iterator, Sequence
from typing import cast

from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.reach import client_of
from daybell.api.shapes import JobStatusShape, RunsShape
from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal
from daybell.core.tables import clean

PATIENCE = 0.5
"""Seconds: a person waits with a finger on the key."""
RECENT = 50
"""Runs."""
LARGEST = 1 << 20
"""Bytes of a job file in which tags are looked for."""

Candidate = tuple[str, str]
"""What can be typed, and a few words about it."""


def candidates(words: Sequence[str], terminal: Terminal) -> int:
    """A line each, with a tab before the words about it. Nothing where anything is wrong."""
    asked = words[0] if words else ""
    for typed, about in _found(asked, terminal):
        terminal.print(f"{clean(typed)}\t{clean(about)}")
    return Exit.OK


def _found(asked: str, terminal: Terminal) -> Iterator[Candidate]:
    match asked:
        case "jobs":
            yield from _jobs(terminal)
        case "runs":
            yield from _runs(terminal)
        case "targets":
            yield from _jobs(terminal)
            yield from _runs(terminal)
        case "tags":
            yield from sorted((tag, "tag") for tag in _tags(terminal))


def _client(terminal: Terminal) -> Client:
    return client_of(terminal.directories)


def _jobs(terminal: Terminal) -> list[Candidate]:
    """Those of the app; without it those that have a file."""
    try:
        answer = _client(terminal).get("/api/v1/jobs", timeout=PATIENCE)
    except (NotRunning, ApiError):
        return [(job_id, "job") for job_id in _job_files(terminal)]
    return [(job["id"], job["name"]) for job in cast("list[JobStatusShape]", answer)]


def _runs(terminal: Terminal) -> list[Candidate]:
    try:
        answer = _client(terminal).get("/api/v1/runs", {"limit": RECENT}, timeout=PATIENCE)
    except (NotRunning, ApiError):
        return []
    runs = cast("RunsShape", answer)["runs"]
    return [(run["run_id"], f"{run['job_id']} {run['outcome'] or 'running'}") for run in runs]


def _job_files(terminal: Terminal) -> list[str]:
    try:
        return sorted(path.stem for path in terminal.directories.jobs.glob("[!.]*.json"))
    except OSError:
        return []


def _tags(terminal: Terminal) -> set[str]:
    """Of all files that can be read."""
    found: set[str] = set()
    for job_id in _job_files(terminal):
        path = terminal.directories.jobs / f"{job_id}.json"
        try:
            job = json.loads(path.read_bytes()) if path.stat().st_size < LARGEST else None
        except (OSError, ValueError, RecursionError):
            continue
        tags = job.get("tags") if isinstance(job, dict) else None
        found |= {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()
    return found
