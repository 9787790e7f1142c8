"""Settings hold before anything starts, or nothing starts."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from builders import BERLIN
from daybell.model.errors import InvalidSettings
from daybell.model.settings import Settings
from daybell.store.settings import read_settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.json", BERLIN) == Settings()


def test_what_the_file_says_holds(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"scheduler": {"shutdown_timeout": "5s", "max_concurrent_runs": 3}}')
    scheduler = read_settings(path, BERLIN).scheduler
    assert (scheduler.shutdown_timeout, scheduler.max_concurrent_runs) == (timedelta(seconds=5), 3)


def test_every_problem_is_told_with_its_field(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"scheduler": {"default_timezone": "Europe/Berlim", "max_concurrent_runs": 0}}')
    with pytest.raises(InvalidSettings) as caught:
        read_settings(path, BERLIN)
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"scheduler.default_timezone", "scheduler.max_concurrent_runs"}


def test_a_file_that_cannot_be_read_is_not_taken_for_absent(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_settings(path, BERLIN)


@pytest.mark.skipif(sys.platform == "win32", reason="a person's profile is private there by inheritance")
def test_a_file_that_others_could_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{}")
    path.chmod(0o622)
    with pytest.raises(InvalidSettings, match="others may write it"):
        read_settings(path, BERLIN)
