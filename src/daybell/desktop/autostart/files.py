"""How is a small file of the desktop's read, written and removed, with a sentence where that fails?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from daybell.model.errors import DaybellError
from daybell.store.atomic import replace_file


def configuration(environ: Mapping[str, str]) -> Path:
    """Where this person's settings of the desktop are; a relative path is to be ignored."""
    named = Path(environ.get("XDG_CONFIG_HOME", ""))
    return named if named.is_absolute() else home(environ) / ".config"


def home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def content(path: Path) -> bytes | None:
    """None: it is not there."""
    with _told("read", path):
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


def write(path: Path, new: bytes) -> None:
    with _told("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, new)


def remove(path: Path) -> None:
    with _told("remove", path):
        path.unlink(missing_ok=True)


@contextmanager
def _told(verb: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DaybellError(f"cannot {verb} {path}: {error.strerror}") from error
