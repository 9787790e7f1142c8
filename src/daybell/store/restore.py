"""How does a home become what an archive holds? Wholly or not at all, and what was there before is kept.

1. All of it is written and checked beside what is there. A crash leaves the home as it was.
2. A plan is written: from here on the new home counts.
3. What was there goes aside, what is new takes its name. The next start or restore goes on after a crash.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from daybell.core.documents import is_too_new
from daybell.model.errors import AlreadyRunning, Conflict, DaybellError, InvalidArchive
from daybell.store.archive import Archive, Entry, Manifest, opened
from daybell.store.atomic import replace_file, swap, sync, sync_directory
from daybell.store.checkpoint import decode
from daybell.store.directories import Directories, create
from daybell.store.envelope import Damaged, TooNew
from daybell.store.instance import Instance, InstanceLock
from daybell.store.layout import PLAN, Part, is_inhabited, parts, place_of, run_logs
from daybell.store.lines import write_all
from daybell.store.remedies import complaint

UPDATE = "update this one, then restore"


class Plan(Struct, frozen=True):
    """What is to be done, whatever of it is done already."""

    aside: str
    """The directory, beside each part, that takes in what was there before."""
    parts: tuple[str, ...]
    """Those that are exchanged, by their names in the archive."""
    new: tuple[str, ...]
    """Those of them that there is something new of."""


class Restored(Struct, frozen=True):
    """What was done."""

    manifest: Manifest
    aside: tuple[Path, ...]
    """The directories in which lies what was there before."""


def restore_archive(path: Path, home: Directories, instance: Instance, *, may_replace: bool) -> Restored:
    """The home becomes what the archive holds. `instance`: who asks for it, and when.

    InvalidArchive; AlreadyRunning; Conflict where there are jobs or runs and they may not be replaced;
    DaybellError where the disk does not let it. In all these cases the home stays as it is.
    """
    with opened(path, all_parts(home)) as archive:
        create(home)
        with _claimed(home, instance):
            finish(home)
            if not may_replace and is_inhabited(home):
                raise Conflict(
                    f"there are jobs or runs in this home already ({home.config}): "
                    "with --yes they are put aside, and the archive takes their place"
                )
            plan = _plan(home, archive.manifest, instance.started)
            _prepare(home, archive, plan)
            finish(home)
            create(home)
    return Restored(archive.manifest, tuple(_aside(home, plan.aside)))


def finish(home: Directories) -> None:
    """Go on with a restore that was cut short; only who holds the home may do that.

    DaybellError where it cannot be: then the home is neither the old one nor the new one, and must not run.
    """
    try:
        plan = msgspec.json.decode((home.state / PLAN).read_bytes(), type=Plan)
    except FileNotFoundError:
        _sweep(home)
        return
    except (OSError, msgspec.DecodeError) as error:
        raise DaybellError(
            f"{home.state / PLAN} cannot be read, so nobody knows what this home is"
        ) from error
    try:
        for part in all_parts(home):
            if part.name in plan.parts:
                _exchange(part, plan)
        (home.state / PLAN).unlink()
        sync_directory(home.state)
    except OSError as error:
        what = "a restore is not finished: put that right, and start or restore again"
        raise DaybellError(complaint(home.state, error, what)) from error


def _prepare(home: Directories, archive: Archive, plan: Plan) -> None:
    """All that is new lies beside what is there, and the plan is made; or nothing is. DaybellError."""
    try:
        _unpack(home, archive, plan)
        replace_file(home.state / PLAN, msgspec.json.encode(plan))
    except BaseException as error:
        (home.state / PLAN).unlink(missing_ok=True)
        _sweep(home)
        if isinstance(error, OSError):
            raise DaybellError(complaint(home.config, error)) from error
        raise


def all_parts(home: Directories) -> tuple[Part, ...]:
    return (*parts(home), run_logs(home))


def _plan(home: Directories, manifest: Manifest, now: datetime) -> Plan:
    """What the runs printed stays where the archive has none of it."""
    logs, among = run_logs(home).name, all_parts(home)
    held = {part.name for entry in manifest.files if (part := place_of(entry.path, among))}
    exchanged = [part.name for part in among if part.name != logs or logs in held]
    name = f"before-restore-{now:%Y%m%dT%H%M%S}"
    names = (name if not count else f"{name}-{count}" for count in itertools.count())
    return Plan(
        aside=next(one for one in names if not any(_aside(home, one))),
        parts=tuple(exchanged),
        new=tuple(name for name in exchanged if name in held),
    )


@contextmanager
def _claimed(home: Directories, instance: Instance) -> Iterator[None]:
    """Nobody runs in this home meanwhile, also not with the instance's lock taken away."""
    lock = InstanceLock(home.instance_lock, home.instance_file)
    journal = FileLock(home.journal.with_suffix(".lock"), mode=0o600, thread_local=False)
    try:
        lock.acquire(instance)
    except AlreadyRunning as error:
        raise AlreadyRunning(f"{error}; end it with `daybell stop`, then restore") from error
    try:
        _acquire(journal)
        yield
    finally:
        journal.release()
        lock.release()


def _acquire(journal: FileLock) -> None:
    try:
        journal.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyRunning(f"another Daybell holds {journal.lock_file}; end it, then restore") from error
    except OSError as error:
        raise DaybellError(complaint(Path(journal.lock_file), error)) from error


def _unpack(home: Directories, archive: Archive, plan: Plan) -> None:
    """All of it, durable, beside what is there. InvalidArchive; DaybellError; OSError."""
    needed, free = sum(entry.size for entry in archive.manifest.files), shutil.disk_usage(home.data).free
    if needed > free:
        raise DaybellError(
            f"{home.data}: {needed:,} bytes are needed, and {free:,} are free; make room on that disk"
        )
    among = tuple(part for part in all_parts(home) if part.name in plan.new)
    for entry in archive.manifest.files:
        whole = place_of(entry.path, among)
        assert whole is not None
        place = _beside(whole) / entry.path[len(whole.name) + 1 :] if whole.below else _beside(whole)
        _make_directory(place.parent)
        _write(place, archive, entry)
        if not whole.below or whole.path == home.jobs:
            _refuse_strange(entry.path, place.read_bytes())
    for part in among:
        for directory in {*_beside(part).glob("**/"), _beside(part).parent}:
            sync_directory(directory)


def _write(place: Path, archive: Archive, entry: Entry) -> None:
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        archive.copy(entry, lambda block: write_all(file, block))
        sync(file)
    finally:
        os.close(file)


def _refuse_strange(name: str, content: bytes) -> None:
    """What this version could not go on with. InvalidArchive."""
    try:
        if name == "state/state.json":
            decode(content)
    except Damaged as error:
        raise InvalidArchive(f"{name} in it is damaged: {error}") from error
    except TooNew as error:
        raise InvalidArchive(f"{name} in it is of a newer Daybell: {error}; {UPDATE}") from error
    if name.startswith("config/") and is_too_new(content):
        raise InvalidArchive(f"{name} in it is of a newer Daybell; {UPDATE}")


def _exchange(part: Part, plan: Plan) -> None:
    """Each step leaves what the next look can tell from all others. OSError."""
    old, new = part.path.parent / plan.aside / part.path.name, _beside(part)
    is_done = part.name in plan.new and not _is_there(new)
    if not is_done and part.below:
        with suppress(OSError):
            part.path.rmdir()  # where it is empty, as whoever looks for it makes it, there is nothing to keep
    if not is_done and _is_there(part.path) and not _is_there(old):
        _make_directory(old.parent)
        swap(part.path, old)
        sync_directory(old.parent)
    if not is_done and part.name in plan.new:
        swap(new, part.path)
    sync_directory(part.path.parent)


def _beside(part: Part) -> Path:
    return part.path.with_name(f".{part.path.name}.restoring")


def _aside(home: Directories, name: str) -> Iterator[Path]:
    """Where something was put aside under this name."""
    for directory in dict.fromkeys(part.path.parent / name for part in all_parts(home)):
        if _is_there(directory):
            yield directory


def _sweep(home: Directories) -> None:
    """Remove what a restore has written that never came to count."""
    for part in all_parts(home):
        shutil.rmtree(_beside(part), ignore_errors=True)
        with suppress(OSError):
            _beside(part).unlink()


def _make_directory(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_there(path: Path) -> bool:
    """Also a link that leads nowhere."""
    return os.path.lexists(path)
