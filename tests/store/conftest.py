"""Homes for lives of a ledger."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybell.store import history
from store import life

MEMORY = Path("/dev/shm")


@pytest.fixture
def few_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", life.KEPT)


@pytest.fixture
def place() -> Iterator[Path]:
    """In memory where there is such a place: thousands of homes are opened in it."""
    path = Path(tempfile.mkdtemp(prefix="daybell-lives-", dir=MEMORY if MEMORY.is_dir() else None))
    yield path
    shutil.rmtree(path)
