"""What `make packages` has built, another version of it, and what of it runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINUX = ROOT / "packaging" / "linux"
NEWER = "99.0.0"


def built() -> Path:
    """Where it lies."""
    return Path(os.environ["DAYBELL_PACKAGES"])


def only(pattern: str, place: Path | None = None) -> Path:
    """The one file or directory of that name."""
    (found,) = (place or built()).glob(pattern)
    return found


def run(*argv: str | Path, **environ: str) -> str:
    """What it prints; it must go well."""
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **environ}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def newer(place: Path) -> Path:
    """The packed program, but for the version that it believes to have."""
    folder = place / "daybell"
    shutil.copytree(built() / "daybell", folder, symlinks=True)
    metadata = only("_internal/daybell-*.dist-info/METADATA", folder)
    metadata.write_text(re.sub(r"(?m)^Version: .*", f"Version: {NEWER}", metadata.read_text(), count=1))
    return folder


def processes(program: Path) -> list[int]:
    """Those that are this program, whoever has started them."""
    return [int(exe.parent.name) for exe in Path("/proc").glob("[0-9]*/exe") if _is(exe, program)]


def _is(exe: Path, program: Path) -> bool:
    try:
        return exe.readlink() == program
    except OSError:
        return False
