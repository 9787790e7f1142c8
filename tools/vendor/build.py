"""What are the page's libraries made of? Bundles them, and what only tests need, from package-lock.json.

Run it after a change of the pins (`make vendor`) and commit the result: users need neither npm nor a build.
It works in a directory of its own and leaves no node_modules behind. Exit codes: 1 something differs or
failed, 3 the packages cannot be fetched here.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PINS = (".npmrc", "package.json", "package-lock.json")
PATIENCE = 300.0
"""Seconds that npm may take."""
CANNOT_FETCH = 3
UNREACHABLE = re.compile(
    r"npm error code (E(?:AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NOTCACHED|NOTFOUND|PROTO"
    r"|SOCKETTIMEDOUT|TIMEDOUT|401|403|407|429|5\d\d)|ERR_SOCKET_TIMEOUT|\w*CERT\w*)$",
    re.MULTILINE,
)
"""How npm says that there is no way to the packages; a pin that does not hold is another matter."""
BUNDLING = (
    *("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none"),
    "--log-level=warning",
)
PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")

Tree = dict[str, bytes]
"""Files by their paths below one directory."""


class CannotFetch(Exception):
    """Why the packages cannot be had here."""


class Part(NamedTuple):
    """One file, and what it is made of."""

    name: str
    source: str
    """Below this directory, as it is when npm has installed the pins."""
    is_bundled: bool = True
    """Else it is taken as it is."""


SHELVES: Mapping[Path, tuple[Part, ...]] = {
    ROOT / "assets" / "web" / "vendor": (Part("preact.js", "preact.js"),),
    ROOT / "tests" / "assets" / "vendor": (
        Part("axe.min.js", "node_modules/axe-core/axe.min.js", is_bundled=False),
    ),
}
"""Which directories are made, and of which parts."""


def build(place: Path) -> dict[Path, Tree]:
    """Every shelf, made in this empty directory."""
    for name in (*PINS, *_entries()):
        shutil.copy(HERE / name, place / name)
    _install(place)
    return {shelf: _shelf(place, parts) for shelf, parts in SHELVES.items()}


def _entries() -> Iterable[str]:
    return (part.source for parts in SHELVES.values() for part in parts if part.is_bundled)


def _install(place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise CannotFetch("npm is not installed")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CannotFetch(f"npm did not fetch the packages within {PATIENCE:g} s") from error
    if done.returncode == 0:
        return
    if unreachable := UNREACHABLE.search(done.stderr):
        raise CannotFetch(f"npm cannot fetch the packages here ({unreachable[1]})")
    raise SystemExit(f"npm cannot install the pins:\n{done.stderr}")


def _shelf(place: Path, parts: tuple[Part, ...]) -> Tree:
    files: Tree = {}
    packages: dict[str, list[str]] = {}
    for part in parts:
        files[part.name], packages[part.name] = _made(place, part)
    licences = {
        name: _licences(place, name) for name in sorted({one for of in packages.values() for one in of})
    }
    for texts in licences.values():
        files |= texts
    manifest = {
        "packages": {name: _described(place, name, sorted(texts)) for name, texts in licences.items()},
        "files": {name: _sealed(files[name], packages.get(name)) for name in sorted(files)},
    }
    return {**files, "manifest.json": (json.dumps(manifest, indent=2) + "\n").encode()}


def _made(place: Path, part: Part) -> tuple[bytes, list[str]]:
    """Its bytes, and the packages in it."""
    if not part.is_bundled:
        return (place / part.source).read_bytes(), _packages([part.source])
    out, notes = place / "out" / part.name, place / "out" / f"{part.name}.json"
    command = ["node", "node_modules/esbuild/bin/esbuild", part.source, *BUNDLING]
    subprocess.run(
        [*command, f"--outfile={out}", f"--metafile={notes}"], cwd=place, timeout=PATIENCE, check=True
    )
    return out.read_bytes(), _packages(json.loads(notes.read_bytes())["inputs"])


def _packages(sources: Iterable[str]) -> list[str]:
    return sorted({found[1] for source in sources if (found := PACKAGE.match(source))})


def _licences(place: Path, package: str) -> Tree:
    """Its licence, and those of what it has taken in itself."""
    name = package.removeprefix("@").replace("/", "-")
    found = sorted((place / "node_modules" / package).glob("LICENSE*"))
    if not found:
        raise SystemExit(f"{package} comes without a licence")
    return {
        f"LICENSES/{name}{path.stem.removeprefix('LICENSE').lower()}.txt": path.read_bytes() for path in found
    }


def _described(place: Path, package: str, licences: list[str]) -> dict[str, object]:
    says = json.loads((place / "node_modules" / package / "package.json").read_bytes())
    return {"version": says["version"], "license": says["license"], "texts": licences}


def _sealed(content: bytes, packages: list[str] | None) -> dict[str, object]:
    seal: dict[str, object] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return seal if packages is None else {**seal, "packages": packages}


def differences(shelf: Path, made: Tree) -> list[str]:
    """What is not as it would be made now; a sentence each."""
    there = {path.relative_to(shelf).as_posix(): path.read_bytes() for path in _files(shelf)}
    return [
        f"{shelf / name} {_verdict(there.get(name), made.get(name))}"
        for name in sorted(there.keys() | made.keys())
        if there.get(name) != made.get(name)
    ]


def _verdict(there: bytes | None, made: bytes | None) -> str:
    if there is None:
        return "is missing"
    return "does not belong there" if made is None else "is not what the pins give"


def _files(shelf: Path) -> list[Path]:
    return [path for path in shelf.rglob("*") if path.is_file()]


def write(shelf: Path, made: Tree) -> None:
    """Exactly these files."""
    for path in _files(shelf):
        if path.relative_to(shelf).as_posix() not in made:
            path.unlink()
    for name, content in made.items():
        path = shelf / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main() -> int:
    parser = argparse.ArgumentParser(description="Bundle the page's libraries from their pins.")
    parser.add_argument("--check", action="store_true", help="compare with what is there and write nothing")
    is_check = parser.parse_args().check
    with tempfile.TemporaryDirectory(prefix="daybell-vendor-") as place:
        try:
            shelves = build(Path(place))
        except CannotFetch as error:
            print(f"{error}; nothing was compared or written", file=sys.stderr)
            return CANNOT_FETCH
    differing = [line for shelf, made in shelves.items() for line in differences(shelf, made)]
    if is_check:
        print("\n".join([*differing, "run: make vendor"]) if differing else "All is what the pins give.")
        return 1 if differing else 0
    for shelf, made in shelves.items():
        write(shelf, made)
    print(f"Changed: {len(differing)} of {sum(map(len, shelves.values()))} files.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
