"""What does it mean for Daybell that the machine is as it is? Each answer with its remedy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from daybell.core.amounts import size
from daybell.core.autostart import STARTERS, Command, Entry, How, at_login, sentence
from daybell.core.findings import Finding

OLDEST_PYTHON = (3, 11)
SANE_YEARS = range(2025, 2100)
"""A clock that shows another year has lost its battery, or was never set."""
LONGEST_SOCKET = 100
"""Bytes of a path; the kernel takes hardly more."""


class Place(NamedTuple):
    """A file or directory of the home."""

    path: str
    mode: int
    """Its permissions alone."""
    is_own: bool
    distrust: str = ""
    """Why what stands in it cannot be believed; empty where it can."""
    is_private: bool = True
    """Nobody else may read it."""


class Desktop(NamedTuple):
    """What the session bus tells."""

    address: str | None
    """None: there is no session."""
    trouble: str = ""
    """Why the bus does not answer; empty where it does."""
    has_tray: bool = False
    """There is a panel that shows icons."""
    has_notices: bool = False
    """There is a service that shows notices, or the bus can start one."""
    session: str = ""
    """The name of the desktop, such as "GNOME"; empty where nothing says."""


class App(NamedTuple):
    """What answered, or did not."""

    pid: int = 0
    """0: nothing runs."""
    version: str = ""
    state: str = ""
    trouble: str = ""
    """Why there was no answer, though something listens."""


class Disk(NamedTuple):
    """Where files are to be written."""

    path: str
    free: int
    """Bytes."""
    trouble: str = ""
    """Why nothing can be written; empty where it can."""


def python(version: tuple[int, int], words: str, daybell: str, platform: str) -> Iterator[Finding]:
    """`words` is the whole version, `daybell` our own."""
    seen = f"Daybell {daybell}, Python {words}, {platform}"
    if version < OLDEST_PYTHON:
        yield Finding("python", "error", seen, "Install it with Python 3.11 or newer.")
    else:
        yield Finding("python", "ok", seen)


def home(places: Sequence[Place], config: str) -> Iterator[Finding]:
    """Who may read and write what is there; nothing is there before the first start."""
    if not places:
        message = f"there is nothing in {config} yet"
        yield Finding("files", "note", message, "`daybell start` makes the directories.")
        return
    wrong = [finding for place in places if (finding := _of_place(place))]
    yield from wrong
    if not wrong:
        yield Finding("files", "ok", "they belong to you, and nobody else reads or writes them")


def _of_place(place: Place) -> Finding | None:
    if not place.is_own:
        message = f"{place.path} belongs to another user"
        return Finding("files", "error", message, "Give it back with chown, or set DAYBELL_HOME elsewhere.")
    if place.distrust:
        return Finding(
            "files",
            "error",
            f"{place.path}: {place.distrust}",
            "Daybell reads it again when only you may write it.",
        )
    if place.is_private and place.mode & 0o077:
        message = f"others may look into {place.path} (mode {place.mode:04o})"
        return Finding("files", "warning", message, f"chmod go-rwx '{place.path}' closes it.")
    return None


def session(desktop: Desktop) -> Iterator[Finding]:
    """Of Linux and its kin: bus, tray and notices."""
    if desktop.address is None:
        message = "no desktop session was found (no D-Bus session bus)"
        remedy = "Daybell runs without an icon here; start it inside your session to have one."
        yield Finding("bus", "note", message, remedy)
        return
    if desktop.trouble:
        remedy = "Log in to the desktop again, or see whether DBUS_SESSION_BUS_ADDRESS is right."
        yield Finding("bus", "warning", desktop.trouble, remedy)
        return
    yield Finding("bus", "ok", f"the session bus answers at {desktop.address}")
    yield _tray(desktop)
    yield _notices(desktop)


def _tray(desktop: Desktop) -> Finding:
    if desktop.has_tray:
        return Finding("tray", "ok", "there is a panel that shows icons (StatusNotifierWatcher)")
    is_gnome = "gnome" in desktop.session.lower()
    remedy = (
        "Install GNOME's AppIndicator extension; Daybell needs no restart."
        if is_gnome
        else "Add a tray to your panel (StatusNotifier); Daybell needs no restart, and runs without."
    )
    return Finding("tray", "warning", "no panel shows icons (no StatusNotifierWatcher)", remedy)


def _notices(desktop: Desktop) -> Finding:
    if desktop.has_notices:
        return Finding("notices", "ok", "there is a service that shows notices")
    remedy = "Install one such as dunst or xfce4-notifyd, or nothing will tell you of a failure."
    return Finding("notices", "warning", "no service shows notices", remedy)


def buttons(*, has_library: bool) -> Finding:
    """Of notices on macOS and Windows."""
    if has_library:
        return Finding("notices", "ok", "notices have buttons")
    return Finding("notices", "note", "notices have no buttons", "Install `daybell[actions]` for them.")


def zone_data(example: str) -> Finding:
    """`example` is why a well-known zone cannot be loaded; empty where it can."""
    if example:
        remedy = "Install the system's tzdata package, or `pip install tzdata`."
        return Finding("zones", "error", f"there is no zone data: {example}", remedy)
    return Finding("zones", "ok", "zone data is there")


def local_zone(name: str, trouble: str) -> Finding:
    """`name` is empty where the machine's zone has none; `trouble` says why it cannot be read."""
    if trouble:
        remedy = "Set the system's zone (timedatectl set-timezone), or TZ where that is what says it."
        return Finding(
            "zone", "warning", f"the machine's zone cannot be read, UTC is taken: {trouble}", remedy
        )
    return Finding("zone", "ok", f"this machine is in {name or 'a zone without a name'}")


def clock(now: datetime, missing: Sequence[str]) -> Iterator[Finding]:
    """`missing` are clocks that the system should have and has not."""
    if now.year not in SANE_YEARS:
        remedy = "Set it, and see that network time is on; nothing runs at the right time until then."
        yield Finding("clock", "error", f"the clock says {now:%Y-%m-%d}", remedy)
    elif missing:
        message = f"the system lacks {', '.join(missing)}"
        yield Finding("clock", "warning", message, "A sleep may be taken for a set clock; update the system.")
    else:
        yield Finding("clock", "ok", f"it says {now:%Y-%m-%d %H:%M} UTC, and a sleep can be told from a step")


def disk(disks: Sequence[Disk], least: int) -> Iterator[Finding]:
    """`least` bytes must be left, or output of old runs goes."""
    for one in disks:
        if one.trouble:
            remedy = "Until Daybell can write there, nothing that it could not record is started."
            yield Finding("disk", "error", f"{one.path} cannot be written: {one.trouble}", remedy)
        elif one.free < least:
            message = f"{size(one.free)} are left at {one.path}, and {size(least)} should be"
            remedy = "Make room, or set retention.free_disk lower; output of the oldest runs goes meanwhile."
            yield Finding("disk", "warning", message, remedy)
        else:
            yield Finding("disk", "ok", f"{size(one.free)} are left at {one.path}")


def instance(app: App, own_version: str) -> Finding:
    """Is it running, does it answer, and is it the same as this program?"""
    if app.trouble:
        remedy = "`daybell stop` ends it, or end its process; then `daybell start`."
        return Finding("app", "error", f"Daybell is there, but does not answer: {app.trouble}", remedy)
    if not app.pid:
        return Finding("app", "note", "Daybell is not running", "`daybell start` runs it.")
    seen = f"Daybell {app.version} is {app.state} (process {app.pid})"
    if app.version != own_version:
        message = f"{seen}, and this program is {own_version}"
        return Finding("app", "warning", message, "`daybell stop`, then `daybell start`, makes them one.")
    return Finding("app", "ok", seen)


def socket(length: int, path: str, *, is_usual: bool) -> Finding:
    """`length` in bytes; not `is_usual` where the run directory's own path was too long."""
    if length > LONGEST_SOCKET:
        remedy = "Set DAYBELL_HOME, or TMPDIR, to a shorter path."
        return Finding("socket", "error", f"{path} is too long for a socket ({length} bytes)", remedy)
    where = "" if is_usual else ", as the path of the run directory is too long for a socket"
    return Finding("socket", "ok", f"{path} is short enough ({length} bytes){where}")


def environment(shell: str, word: str, *, is_known: bool) -> Finding:
    """Of jobs: `word` is what is wrong with it; not `is_known` where no login shell has said it."""
    if is_known and not word:
        whose = f"your login shell, {shell}," if shell else "a new login"
        return Finding("path", "ok", f"jobs get PATH and all else as {whose} has it")
    if not shell:
        remedy = "Write full paths into argv where a program is not found, or set SHELL."
        return Finding("path", "note", word or "there is no login shell to ask", remedy)
    remedy = f"See what `{shell} -lic true` waits for or says; then `daybell env --refresh`."
    return Finding("path", "warning", word or f"the login shell {shell} does not answer", remedy)


def definitions(count: int, problems: Sequence[str], warnings: int) -> Iterator[Finding]:
    """`count` of files, settings included; `problems` as `daybell check` words them."""
    files = "1 file" if count == 1 else f"{count} files"
    if problems:
        found = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        message = f"{files}, {found}: {problems[0]}"
        yield Finding(
            "jobs", "error", message, "`daybell check` lists all of it, with what to write instead."
        )
    elif warnings:
        message = f"{files}, all valid; {warnings} of their words may surprise"
        yield Finding("jobs", "note", message, "`daybell check` names them.")
    else:
        yield Finding("jobs", "ok", f"{files}, all valid")


def autostart(entries: Mapping[How, Entry], is_own: Callable[[Command], bool]) -> Finding:
    """What the system has been told to start at login; `is_own` knows what starts this very program."""
    now = at_login(entries)
    if now.blocked_by:
        remedy = "Undo it there, or say `daybell autostart off` and then `daybell autostart on`."
        return Finding("autostart", "note", sentence(now), remedy)
    if not now.how:
        return Finding("autostart", "note", sentence(now), "`daybell autostart on` makes it start.")
    ways = [how for how, entry in entries.items() if entry.blocked_by is None]
    if len(ways) > 1:
        message = f"Daybell is started twice at login: {' and '.join(STARTERS[how] for how in ways)}"
        return Finding("autostart", "warning", message, "`daybell autostart on` leaves one.")
    if not is_own(found := entries[now.how].command):
        message = f"what starts at login is another program than this one: {' '.join(found) or 'unreadable'}"
        return Finding("autostart", "note", message, "`daybell autostart on` makes it this one.")
    return Finding("autostart", "ok", sentence(now))


def failed(check: str, trouble: str) -> Finding:
    """The look itself went wrong."""
    return Finding(
        check, "warning", f"this could not be looked at: {trouble}", "Try `daybell doctor` once more."
    )
