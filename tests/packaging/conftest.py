"""A fresh home for each test; its path is short, as a socket's must be."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_home import Home


@pytest.fixture
def home() -> Iterator[Home]:
    path = Path(tempfile.mkdtemp(prefix="daybell-test-"))
    yield Home(path)
    shutil.rmtree(path)
