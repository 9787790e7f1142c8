"""A real browser without a window, for what only a browser can show."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
)
"""No sandbox: tests may run as root, and all pages are their own."""
LONGEST = 90
"""Seconds; it usually takes two."""


def found() -> str | None:
    """DAYBELL_CHROMIUM, or the first that is there."""
    named = os.environ.get("DAYBELL_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


needed = pytest.mark.browser


def visit(address: str, profile: Path, seconds: float = 10) -> str:
    """What the page has become after so much of its own time, as markup."""
    program = found()
    assert program
    command = [program, *FLAGS, f"--user-data-dir={profile}", f"--virtual-time-budget={seconds * 1000:.0f}"]
    seen = subprocess.run(
        [*command, "--dump-dom", address], capture_output=True, text=True, timeout=LONGEST, check=True
    )
    return seen.stdout
