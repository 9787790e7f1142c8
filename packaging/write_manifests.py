"""What do Homebrew and winget need to know of a release? `write_manifests.py DIST WHERE` tells them.

Those say `@VERSION@`, and `@SHA256 macos-arm64.zip@` for the file of that ending, which must be in DIST.
"""

import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES = (HERE / "homebrew" / "daybell.rb", HERE / "winget" / "Daybell.Daybell.yaml")
PLACE = re.compile(r"@SHA256 ([^@]+)@")
PACKAGE = re.compile(r"daybell-(\d[^-]*)-.+")


def filled(template: str, dist: Path) -> str:
    """LookupError where a file is missing, or its version is not the same as that of the others."""
    found = {path: match[1] for path in sorted(dist.glob("daybell-*")) if (match := PACKAGE.match(path.name))}
    versions = set(found.values())
    if len(versions) != 1:
        raise LookupError(f"{dist} has packages of {len(versions)} versions: {sorted(versions)}")
    (version,) = versions

    def digest(match: re.Match[str]) -> str:
        package = dist / f"daybell-{version}-{match[1]}"
        if package not in found:
            raise LookupError(f"{package} is missing")
        return hashlib.sha256(package.read_bytes()).hexdigest()

    return PLACE.sub(digest, template.replace("@VERSION@", version))


def main(dist: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for template in TEMPLATES:
        (place / template.name).write_text(filled(template.read_text(), dist))
        print(place / template.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
