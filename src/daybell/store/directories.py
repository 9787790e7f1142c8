"""Where does Daybell keep its files? The one answer that the app and its command line share."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

LONGEST_SOCKET = 100
"""Bytes. The kernel takes 104 on macOS and 108 on Linux, with the closing zero."""


class Directories(NamedTuple):
    """Five directories and the names of what lies in them. Nothing exists until `create`."""

    config: Path
    data: Path
    state: Path
    log: Path
    run: Path
    socket: Path
    """Of the local API; inside `run`, or inside a short directory of its own where that path is too long."""

    @property
    def jobs(self) -> Path:
        return self.config / "jobs"

    @property
    def schemas(self) -> Path:
        return self.config / "schemas"

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.json"

    @property
    def journal(self) -> Path:
        return self.state / "journal.jsonl"

    @property
    def checkpoint(self) -> Path:
        return self.state / "state.json"

    @property
    def checkpoint_backup(self) -> Path:
        return self.state / "state.json.bak"

    @property
    def form(self) -> Path:
        return self.state / "form.json"

    @property
    def heartbeat(self) -> Path:
        """Not in `run`, which many systems empty when they start: it tells of the life before that, too."""
        return self.state / "heartbeat.json"

    @property
    def good_environments(self) -> Path:
        """Traces of the environments that jobs last succeeded with."""
        return self.state / "environments.json"

    @property
    def history(self) -> Path:
        return self.data / "history"

    @property
    def artifacts(self) -> Path:
        return self.data / "artifacts"

    @property
    def daybell_log(self) -> Path:
        return self.log / "daybell.log"

    @property
    def runs_log(self) -> Path:
        return self.log / "runs"

    @property
    def instance_lock(self) -> Path:
        return self.run / "instance.lock"

    @property
    def instance_file(self) -> Path:
        return self.run / "instance.json"

    @property
    def endpoint(self) -> Path:
        """Says where the API's TCP door is, while it is open."""
        return self.run / "endpoint.json"

    @property
    def opening_page(self) -> Path:
        """Leads a browser in, without its code on a command line."""
        return self.run / "open.html"

    def private(self) -> tuple[Path, ...]:
        """All directories that must be ours alone, without repetition."""
        own = (self.config, self.data, self.state, self.log, self.run, self.jobs, self.schemas)
        below = (self.history, self.runs_log, self.socket.parent)
        return tuple(dict.fromkeys((*own, *below)))


def find(environ: Mapping[str, str]) -> Directories:
    """All under DAYBELL_HOME where that is set, else where this system keeps such files."""
    home = environ.get("DAYBELL_HOME")
    return _under(Path(home).expanduser().absolute()) if home else _of_this_system(environ)


def create(directories: Directories) -> None:
    """Make what is missing, readable by nobody else; DaybellError when one of them is not ours."""
    from daybell.store.remedies import complaint  # noqa: PLC0415 - commands that ask the app start faster

    for directory in directories.private():
        _refuse_file(directory)
        try:
            _make(directory)
            _make_private(directory)
        except OSError as error:
            raise _error(complaint(directory, error, "cannot be made")) from error


def socket_path(run: Path) -> Path:
    """Where the API listens: in `run`, unless that is longer than a socket's path may be."""
    usual = run / "api.sock"
    return usual if len(os.fsencode(usual)) <= LONGEST_SOCKET else _short_socket_path(run)


def _under(home: Path) -> Directories:
    run = home / "run"
    return Directories(
        config=home / "config",
        data=home / "data",
        state=home / "state",
        log=home / "log",
        run=run,
        socket=socket_path(run),
    )


def _of_this_system(environ: Mapping[str, str], platform: str = sys.platform) -> Directories:
    if platform == "linux":
        return _of_linux(environ)
    from platformdirs import PlatformDirs  # noqa: PLC0415 - not on Linux

    places = PlatformDirs("daybell", appauthor=False)
    run = _runtime(environ) or places.user_state_path / "run"
    return Directories(
        config=places.user_config_path,
        data=places.user_data_path,
        state=places.user_state_path,
        log=places.user_log_path,
        run=run,
        socket=socket_path(run),
    )


def _of_linux(environ: Mapping[str, str]) -> Directories:
    """As platformdirs has it, whose import takes each command half as long as Python's own start."""

    def place(name: str, otherwise: str) -> Path:
        named = Path(environ.get(name, "").strip())
        return (named if named.is_absolute() else Path.home() / otherwise) / "daybell"

    state = place("XDG_STATE_HOME", ".local/state")
    run = _runtime(environ) or state / "run"
    return Directories(
        config=place("XDG_CONFIG_HOME", ".config"),
        data=place("XDG_DATA_HOME", ".local/share"),
        state=state,
        log=state / "log",
        run=run,
        socket=socket_path(run),
    )


def _short_socket_path(run: Path) -> Path:
    """The same for all programs of this home, and for no other home; `create` refuses it to other users."""
    import hashlib  # noqa: PLC0415 - few homes are so deep, and each command would pay 4 ms for the two
    import tempfile  # noqa: PLC0415 - as above

    digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"daybell-{digest}" / "api.sock"


def _runtime(environ: Mapping[str, str]) -> Path | None:
    """The session's directory for sockets, which only Linux and its kin have.

    Not platformdirs' answer: without a session it warns and goes to a name that anybody could take.
    """
    if sys.platform in {"win32", "darwin"}:
        return None
    for place in (environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.getuid()}"):
        if Path(place).is_absolute() and Path(place).is_dir() and Path(place).stat().st_uid == os.getuid():
            return Path(place) / "daybell"
    return None


def _refuse_file(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise _error(f"{directory} must be a directory, but is a file; move it away")


def _make(directory: Path) -> None:
    """With what is missing above it: `mkdir` alone would open those to others."""
    if not directory.parent.exists():
        _make(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)


def _make_private(directory: Path) -> None:
    if sys.platform == "win32":
        return  # a person's profile is private there by inheritance
    from daybell.store.trust import distrust  # noqa: PLC0415 - only the app makes directories

    about = directory.lstat()
    if stat.S_ISLNK(about.st_mode) and about.st_uid == os.getuid():
        about = directory.stat()  # a link of our own may lead elsewhere; a stranger's may not
    if about.st_uid != os.getuid():
        raise _error(
            f"{directory} belongs to another user (uid {about.st_uid}); "
            "give it back with chown, or set DAYBELL_HOME to a directory of your own"
        )
    if reason := distrust(directory, about):
        # Closed now, it would still hold what somebody may have put there meanwhile.
        raise _error(f"{directory}: {reason}")
    if stat.S_IMODE(about.st_mode) & 0o077:
        directory.chmod(0o700)


def _error(message: str) -> Exception:
    from daybell.model.errors import DaybellError  # noqa: PLC0415 - it brings msgspec: 20 ms for each command

    return DaybellError(message)
