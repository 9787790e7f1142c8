"""The list of files is whole: it names what the program names, and whatever there is in a home."""

import re
import shutil
from pathlib import Path

import pytest

from booted_home import booted
from builders import at
from daybell.store.assets import asset
from daybell.store.directories import Directories, find
from daybell.store.export import Wish, write_archive
from daybell.store.layout import PLAN
from daybell.store.restore import restore_archive
from daybell.store.schemas import put_schemas
from store.homes import ASKED, NOW, V1, home_at

FILES = (Path(__file__).parents[2] / "docs" / "files.md").read_text("utf-8")
LISTED = re.findall(r"^\| `([a-z]+/[^`]+)` \|", FILES, re.MULTILINE)
ASIDE = re.compile(r"/before-restore-\d{8}T\d{6}/")
HOME = find({"DAYBELL_HOME": "/h"})


def named() -> set[str]:
    """What the program has a name for, below its five directories."""
    properties = [name for name, value in vars(Directories).items() if isinstance(value, property)]
    paths = [getattr(HOME, name) for name in properties]
    return {path.relative_to("/h").as_posix() for path in [*paths, HOME.socket]}


def is_listed(path: str) -> bool:
    patterns = (re.sub("<[a-z]+>", "[^/]+", re.escape(listed)) for listed in LISTED)
    return any(re.fullmatch(pattern, path) for pattern in patterns)


def test_whatever_the_program_names_is_listed() -> None:
    assert [
        path for path in named() if not any(f"{listed}/".startswith(f"{path}/") for listed in LISTED)
    ] == []


def test_whatever_is_listed_the_program_names() -> None:
    known = {*named(), f"state/{PLAN}", "state/journal.lock"}
    assert [
        listed for listed in LISTED if not any(f"{listed}/".startswith(f"{path}/") for path in known)
    ] == []


@pytest.mark.parametrize("schema", ["job", "settings", "run"])
def test_the_schemas_are_those_that_are_shipped(schema: str) -> None:
    assert f"`{schema}.schema.json`" in FILES
    assert asset("schemas", f"{schema}.schema.json").exists()


def test_a_home_has_no_other_files(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(V1, home)
    with booted(home, at("2026-03-04 01:55")):
        put_schemas(asset("schemas"), home_at(home).schemas)
    write_archive(home_at(home), tmp_path / "home.zip", Wish(NOW, "0.1.0", with_logs=True))
    restore_archive(tmp_path / "home.zip", home_at(home), ASKED, may_replace=True)
    found = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert {path for path in found if ASIDE.search(path)}
    assert {path for path in found if not is_listed(ASIDE.sub("/", path))} == set()
