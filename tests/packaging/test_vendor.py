"""What others wrote and we ship: unchanged, with its licences, and made of its pins."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from vendor.build import CANNOT_FETCH, UNREACHABLE, differences, write

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "tools" / "vendor" / "build.py"
SHIPPED = ROOT / "assets" / "web" / "vendor"
SHELVES = [SHIPPED, ROOT / "tests" / "assets" / "vendor"]

each_shelf = pytest.mark.parametrize("shelf", SHELVES, ids=["page", "tests"])


def manifest(shelf: Path) -> Any:
    return json.loads((shelf / "manifest.json").read_bytes())


def files(shelf: Path) -> dict[str, bytes]:
    """But the manifest itself."""
    found = {path.relative_to(shelf).as_posix(): path for path in shelf.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != "manifest.json"}


def build(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BUILD), *args],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@each_shelf
def test_each_file_is_listed_and_is_what_the_manifest_says(shelf: Path) -> None:
    there = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files(shelf).items()
    }
    listed = manifest(shelf)["files"]
    assert there == {name: {key: seal[key] for key in ("bytes", "sha256")} for name, seal in listed.items()}


@each_shelf
def test_whatever_is_in_a_file_has_its_licence_beside_it(shelf: Path) -> None:
    says, there = manifest(shelf), files(shelf)
    in_files = {one for seal in says["files"].values() for one in seal.get("packages", ())}
    assert in_files == says["packages"].keys()
    for package in says["packages"].values():
        assert package["texts"]
        assert all(len(there[text]) > 500 for text in package["texts"])


def test_only_free_licences_reach_the_person() -> None:
    assert {one["license"] for one in manifest(SHIPPED)["packages"].values()} == {"MIT", "Apache-2.0"}


def test_the_versions_are_those_that_are_pinned() -> None:
    installed = json.loads((BUILD.parent / "package-lock.json").read_bytes())["packages"]
    for shelf in SHELVES:
        for name, package in manifest(shelf)["packages"].items():
            assert package["version"] == installed[f"node_modules/{name}"]["version"]


def test_the_pins_name_no_place_to_fetch_them_from() -> None:
    """So that each developer's own mirror serves."""
    pins = json.loads((BUILD.parent / "package-lock.json").read_bytes())["packages"]
    fetched = [pin for name, pin in pins.items() if name]
    assert all("integrity" in pin and "resolved" not in pin for pin in fetched)


def test_licences_travel_in_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = "daybell/assets/web/vendor/"
    with zipfile.ZipFile(wheel) as packed:
        inside = {name.removeprefix(place) for name in packed.namelist() if name.startswith(place)}
    assert inside == {*files(SHIPPED), "manifest.json"}


@pytest.mark.parametrize(
    ("code", "is_unreachable"),
    [
        *[
            (code, True)
            for code in ("ENOTFOUND", "ECONNREFUSED", "E403", "E503", "SELF_SIGNED_CERT_IN_CHAIN")
        ],
        *[(code, False) for code in ("EINTEGRITY", "ETARGET", "E404", "EUSAGE", "ENOSPC")],
    ],
)
def test_a_pin_that_does_not_hold_is_no_matter_of_the_network(code: str, is_unreachable: bool) -> None:  # noqa: FBT001 - a table's column
    assert bool(UNREACHABLE.search(f"npm error code {code}\nnpm error why\n")) == is_unreachable


def test_whatever_differs_is_named_and_mended(tmp_path: Path) -> None:
    made = {"a.js": b"1", "LICENSES/a.txt": b"free", "b.js": b"2"}
    write(tmp_path, made)
    assert differences(tmp_path, made) == []
    (tmp_path / "a.js").write_bytes(b"touched")
    (tmp_path / "b.js").unlink()
    (tmp_path / "c.js").write_bytes(b"3")
    assert differences(tmp_path, made) == [
        f"{tmp_path / 'a.js'} is not what the pins give",
        f"{tmp_path / 'b.js'} is missing",
        f"{tmp_path / 'c.js'} does not belong there",
    ]
    write(tmp_path, made)
    assert differences(tmp_path, made) == []


@pytest.mark.system
def test_the_pins_give_what_is_shipped() -> None:
    done = build("--check")
    if done.returncode == CANNOT_FETCH:
        pytest.skip(done.stderr.strip())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.system
def test_without_npm_it_says_so(tmp_path: Path) -> None:
    done = build("--check", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (CANNOT_FETCH, "")
    assert done.stderr == "npm is not installed; nothing was compared or written\n"


@pytest.mark.system
def test_where_nobody_hands_out_packages_it_says_so(tmp_path: Path) -> None:
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0"}
    done = build("--check", npm_config_cache=str(tmp_path), **nowhere)
    if "npm is not installed" in done.stderr:
        pytest.skip("npm is not installed")
    assert (done.returncode, done.stdout) == (CANNOT_FETCH, "")
    assert "npm cannot fetch the packages here (ECONNREFUSED)" in done.stderr
