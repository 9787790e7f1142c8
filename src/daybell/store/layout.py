"""Which files make up a home, and what are they called in an archive of it?"""

import re
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from daybell.store.chronicle import NAME as CHRONICLE
from daybell.store.directories import Directories

PLAN = "restore.json"
"""In the state directory, while a restore exchanges the parts of a home: until it is done, there is none."""
STEP = r'[^/\\:*?"<>|\x00-\x1f.][^/\\:*?"<>|\x00-\x1f]*'
"""One step of a path, such as every system allows it: it leads nowhere else, and is not hidden."""


class Part(NamedTuple):
    """A file or directory that is kept and put back as a whole."""

    name: str
    """In an archive."""
    path: Path
    """In this home."""
    below: str = ""
    """Which names there may be below it; empty for a file."""
    is_kept: bool = True
    """It is in archives. What is not must still not outlive the state it belongs to."""
    is_of_runs: bool = False
    """Commands have written it, whatever they liked."""

    def holds(self, name: str) -> bool:
        """Whether this is the name of a file of it."""
        pattern = f"{re.escape(self.name)}/{self.below}" if self.below else re.escape(self.name)
        return self.is_kept and re.fullmatch(pattern, name) is not None


def parts(home: Directories) -> tuple[Part, ...]:
    """All that makes up a home beside what its runs printed."""
    return (
        Part("config/settings.json", home.settings_file),
        Part("config/jobs", home.jobs, rf"{STEP}\.json"),
        Part("data/artifacts", home.artifacts, rf"({STEP}/)+{STEP}", is_of_runs=True),
        Part("data/history", home.history, rf"({STEP}/)?{STEP}\.jsonl"),
        Part("state/journal.jsonl", home.journal),
        Part("state/state.json", home.checkpoint),
        Part("state/state.json.bak", home.checkpoint_backup, is_kept=False),
        Part("state/form.json", home.form, is_kept=False),
    )


def run_logs(home: Directories) -> Part:
    """What the runs printed; it may be large, and nothing depends on it."""
    return Part("log/runs", home.runs_log, rf"{STEP}/{STEP}\.log", is_of_runs=True)


def place_of(name: str, among: tuple[Part, ...]) -> Part | None:
    """The part that a file of this name belongs to, if it may be in an archive at all."""
    return next((part for part in among if part.holds(name)), None)


def is_inhabited(home: Directories) -> bool:
    """It has jobs, or runs were recorded. OSError."""
    found = chain(home.jobs.glob("[!.]*.json"), home.history.glob("[!.]*"))
    return any(path.name != CHRONICLE for path in found)
