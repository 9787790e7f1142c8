import os
from pathlib import Path

import pytest

from daybell.core.drift import drift
from daybell.store.good_environments import GoodEnvironments

FIRST = {"PATH": "/a", "API_TOKEN": "hunter22"}
SECOND = {"PATH": "/b", "API_TOKEN": "hunter23"}


def test_what_a_job_succeeded_with_outlives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "environments.json"
    good = GoodEnvironments(file)
    assert good.compared("backup", FIRST) is None
    good.remember("backup", FIRST)
    good.save()
    again = GoodEnvironments(file)
    found = again.compared("backup", SECOND)
    assert found is not None
    assert drift(*found) == ["PATH lacks /a and has /b", "API_TOKEN is different"]
    assert b"hunter" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_one_environment_is_kept_once_however_many_jobs_had_it(tmp_path: Path) -> None:
    file = tmp_path / "environments.json"
    good = GoodEnvironments(file)
    for number in range(50):
        good.remember(f"job-{number}", dict(FIRST))
    good.save()
    assert file.read_bytes().count(b'"/a"') == 1
    for number in range(50):
        good.remember(f"job-{number}", SECOND)
    good.save()
    assert b'"/a"' not in file.read_bytes()
    found = good.compared("job-7", SECOND)
    assert found is not None
    assert drift(*found) == []


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    file = tmp_path / "environments.json"
    good = GoodEnvironments(file)
    good.save()
    assert not file.exists()
    good.remember("backup", FIRST)
    good.save()
    file.unlink()
    good.remember("backup", dict(FIRST))
    good.save()
    assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema":9,"salt":"YWE=","environments":[],"jobs":{}}'])
def test_what_cannot_be_read_is_begun_anew(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "environments.json"
    file.write_bytes(content)
    assert GoodEnvironments(file).compared("backup", FIRST) is None


def test_what_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "absent" / "environments.json"
    good = GoodEnvironments(file)
    good.remember("backup", FIRST)
    good.save()
    file.parent.mkdir()
    good.save()
    assert file.exists()
