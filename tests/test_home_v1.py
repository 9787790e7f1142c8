"""What version 1 wrote loads for ever. `tests/data/home-v1` is such a home, killed while a run was under way.

It is never written anew: a change that makes one of these tests fail would lose what people have.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from booted_home import Found, booted, found
from builders import BERLIN, at
from daybell.core.definitions import parse_job
from daybell.model.errors import Conflict
from daybell.model.job import Job
from daybell.store.envelope import seal
from daybell.store.export import Wish, write_archive
from daybell.store.restore import restore_archive
from store.homes import ASKED, NOW, V1, contents, home_at

EXPECTED = json.loads(V1.with_suffix(".json").read_bytes())
"""What was there to be seen half a minute after the kill, but for the words in which schedules are told."""
LATER = {"keep", "keep_awake", "ping"}
"""Keys that this home is older than."""
MOMENT = at("2026-03-04 01:55")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(V1, tmp_path / "home")
    return tmp_path / "home"


def known(value: Any, expected: Any) -> Any:
    """Without the keys that came later."""
    if isinstance(expected, dict):
        return {key: known(value[key], item) for key, item in expected.items()}
    if isinstance(expected, list):
        assert len(value) == len(expected)
        return [known(*pair) for pair in zip(value, expected, strict=True)]
    return value


def as_expected(seen: Found) -> Mapping[str, Any]:
    return {part: known(getattr(seen, part), expected) for part, expected in EXPECTED.items()}


@pytest.mark.parametrize("part", EXPECTED)
def test_everything_is_found_again(home: Path, part: str) -> None:
    assert known(getattr(found(home, MOMENT), part), EXPECTED[part]) == EXPECTED[part]


def test_nothing_is_damaged_and_what_people_wrote_is_not_touched(home: Path) -> None:
    for _life in range(2):
        assert len(found(home, MOMENT).problems) == 0
    assert not list(home.rglob("*corrupt*"))
    for path in ("config/settings.json", *(f"config/jobs/{one.name}" for one in V1.glob("config/jobs/*"))):
        assert (home / path).read_bytes() == (V1 / path).read_bytes()


def test_its_jobs_have_every_key_of_version_1(home: Path) -> None:
    keys: set[str] = set()
    for path in (home / "config" / "jobs").iterdir():
        parse_job(path.stem, path.name, path.read_bytes(), BERLIN)
        keys |= json.loads(path.read_bytes()).keys()
    assert keys - {"$schema"} == set(Job.__struct_fields__) - {"id"} - LATER


def test_after_an_export_and_a_restore_everything_is_found_as_well(home: Path, tmp_path: Path) -> None:
    write_archive(home_at(home), tmp_path / "home.zip", Wish(NOW, "0.1.0"))
    other = tmp_path / "other"
    restore_archive(tmp_path / "home.zip", home_at(other), ASKED, may_replace=False)
    assert as_expected(found(other, MOMENT)) == EXPECTED


def test_a_state_of_a_newer_daybell_is_shown_and_neither_run_nor_written(home: Path) -> None:
    state = home / "state"
    (state / "state.json").write_bytes(seal(2, b'{"of": "the future"}'))
    before = contents(home)
    with booted(home, MOMENT) as service:
        told = [problem.message for problem in service.status().problems]
        assert any(
            "it has schema 2; this Daybell knows 1 at most: install that version" in one for one in told
        )
        with pytest.raises(Conflict, match="no run starts"):
            service.run_now("backup")
    assert contents(home) == before
