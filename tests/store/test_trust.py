import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from daybell.model.errors import DaybellError
from daybell.store.directories import create, find
from daybell.store.opening import write_opening_page
from daybell.store.trust import distrust, is_writable_by_others

ANN = 1000
ROOT = 0


def about(mode: int, uid: int = ANN, gid: int = ANN) -> os.stat_result:
    return os.stat_result((stat.S_IFREG | mode, 0, 0, 1, uid, gid, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "gid", "own", "is_loose"),
    [
        (0o600, ANN, ANN, False),
        (0o644, ANN, ANN, False),
        (0o755, 100, ANN, False),
        (0o602, ANN, ANN, True),
        (0o666, ANN, ANN, True),
        (0o777, 100, ANN, True),
        (0o660, 100, ANN, True),
        # A group that has the person's own number has nobody else in it, and an editor may let it write.
        (0o664, ANN, ANN, False),
        (0o660, ROOT, ROOT, True),
    ],
)
def test_who_else_may_write(mode: int, gid: int, own: int, is_loose: bool) -> None:  # noqa: FBT001 - a table
    assert is_writable_by_others(about(mode, own, gid), own) is is_loose


def test_a_file_of_ones_own_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    path.touch(mode=0o600)
    assert distrust(path, path.stat()) == ""


def test_a_file_that_others_may_write_is_not(tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    path.touch()
    path.chmod(0o666)
    assert distrust(path, path.stat()).endswith(f"chmod go-w {path}")


def test_a_file_of_another_user_is_not(tmp_path: Path) -> None:
    reason = distrust(tmp_path, about(0o600, uid=os.getuid() + 1))
    assert f"belongs to another user (uid {os.getuid() + 1})" in reason


@pytest.mark.parametrize("part", ["config", "state", "run"])
def test_a_directory_that_others_may_write_is_refused(tmp_path: Path, part: str) -> None:
    """To close it would not undo what they may have put there."""
    (tmp_path / part).mkdir()
    (tmp_path / part).chmod(0o777)
    with pytest.raises(DaybellError, match=rf"{part}: others may write it.*then chmod go-w .*{part}$"):
        create(find({"DAYBELL_HOME": str(tmp_path)}))
    assert stat.S_IMODE((tmp_path / part).stat().st_mode) == 0o777


def test_jobs_that_others_may_write_are_refused(tmp_path: Path) -> None:
    jobs = tmp_path / "config" / "jobs"
    jobs.mkdir(parents=True)
    jobs.chmod(0o772)
    with pytest.raises(DaybellError, match="chmod go-w"):
        create(find({"DAYBELL_HOME": str(tmp_path)}))


def test_once_it_is_mended_it_is_taken(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config").chmod(0o755)
    create(find({"DAYBELL_HOME": str(tmp_path)}))
    assert stat.S_IMODE((tmp_path / "config").stat().st_mode) == 0o700


@pytest.mark.parametrize("before", [lambda _: None, lambda page: page.write_text("old")])
def test_the_page_that_leads_in_is_private(tmp_path: Path, before: Callable[[Path], None]) -> None:
    page = tmp_path / "open.html"
    before(page)
    (tmp_path / ".open.html.new").write_text("what a crash has left")
    write_opening_page(page, 'http://127.0.0.1:1/#code=a"b')
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert page.read_text().count('http://127.0.0.1:1/#code=a&quot;b"') == 2
    assert list(tmp_path.iterdir()) == [page]
