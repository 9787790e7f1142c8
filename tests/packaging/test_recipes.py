"""The recipes of the packages: as much of them as can be asked without building any."""

import hashlib
import plistlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from write_manifests import TEMPLATES, filled

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
MACOS = [("macos-arm64.zip", b"arm"), ("macos-x86_64.zip", b"intel"), ("windows-x64.exe", b"windows")]


def shell_scripts() -> list[Path]:
    return [
        path
        for path in sorted(PACKAGING.rglob("*"))
        if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")
    ]


@pytest.mark.parametrize("path", shell_scripts(), ids=lambda path: path.name)
def test_shell_scripts_are_sound(path: Path) -> None:
    assert path.stat().st_mode & 0o111, "it cannot be started"
    subprocess.run(["sh", "-n", path], check=True)
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", path], capture_output=True, text=True, check=False)
        assert done.stdout == ""


def test_the_menu_entry_is_valid() -> None:
    if not shutil.which("desktop-file-validate"):
        pytest.skip("install it: apt-get install desktop-file-utils")
    entry = PACKAGING / "linux" / "daybell.desktop"
    done = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_mac_app_stands_in_the_menu_bar_alone() -> None:
    about = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
    assert about["LSUIElement"] is True
    assert about["CFBundleIdentifier"] in (PACKAGING / "homebrew" / "daybell.rb").read_text()
    entitlements = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert all(value is True for value in entitlements.values())


def test_the_installer_is_for_one_person_and_switches_nothing_on() -> None:
    script = (PACKAGING / "windows" / "daybell.iss").read_text()
    assert "PrivilegesRequired=lowest" in script
    assert "AppUserModelID" in script
    assert r"CurrentVersion\Run" not in script
    sections = re.findall(r"(?m)^\[(\w+)\]$", script)
    assert len(set(sections)) == len(sections)
    named = re.findall(r"(?m)^(?:Source: \"|SetupIconFile=|LicenseFile=)([^\"*\n]+)", script)
    there = [ROOT / "packaging" / "windows" / path.replace("\\", "/") for path in named]
    assert all(path.exists() for path in there if "dist" not in path.parts), there


def test_the_workflow_builds_for_three_systems_and_names_files_that_are_there() -> None:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/packages.yml").read_text())
    build = workflow["jobs"]["build"]
    systems = {entry["runner"].partition("-")[0] for entry in build["strategy"]["matrix"]["include"]}
    assert systems == {"ubuntu", "macos", "windows"}
    steps = " ".join(step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])
    named = set(re.findall(r"packaging/[\w./-]+", steps))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    for ending, content in MACOS:
        (tmp_path / f"daybell-1.2.3-{ending}").write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_manifest_names_the_release_and_its_digests(dist: Path, template: Path) -> None:
    manifest = filled(template.read_text(), dist)
    assert "1.2.3" in manifest
    assert "@" not in manifest
    digests = {hashlib.sha256(content).hexdigest() for _, content in MACOS}
    assert set(re.findall(r"[0-9a-f]{64}", manifest)) <= digests
    assert re.search(r"[0-9a-f]{64}", manifest)
    if template.suffix == ".yaml":
        assert yaml.safe_load(manifest)["PackageVersion"] == "1.2.3"


def test_a_package_that_is_missing_or_of_another_version_is_told(dist: Path) -> None:
    with pytest.raises(LookupError, match=r"macos-riscv\.zip is missing"):
        filled("@SHA256 macos-riscv.zip@", dist)
    (dist / "daybell-1.2.4-macos-arm64.zip").touch()
    with pytest.raises(LookupError, match="2 versions"):
        filled("", dist)
