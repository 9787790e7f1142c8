"""What is different in the environment since a job last succeeded? Values stay untold, but harmless ones."""

import hashlib
from collections.abc import Iterator, Mapping

from daybell.core.search_path import BEGINNINGS, OF_TERMINALS, directories, named

HARMLESS = frozenset({"PATH", "LANG", "LANGUAGE", "TZ", "HOME", "SHELL", "USER", "LOGNAME", "TMPDIR"})
"""Their values say nothing that a failure's notice should not."""
HARMLESS_ENDS = ("PATH", "_HOME", "_ROOT", "_DIR")
"""Of names whose values are directories."""
PASSING = OF_TERMINALS | {"DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DESKTOP_SESSION"}
"""Different in each session."""
OF_SESSIONS = (*BEGINNINGS, "SSH_", "GPG_", "DBUS_", "XDG_SESSION", "XDG_SEAT", "XDG_VTNR", "DAYBELL_")
SENSITIVE = ("TOKEN", "SECRET", "KEY", "PASS", "CREDENTIAL", "AUTH")
UNTOLD = "…"
MOST_TOLD = 5
WIDTH = 2
"""Bytes of a digest: enough to see a change by, and too few to find the value by trying."""

Traces = Mapping[str, str]
"""By the name of the variable: its value where that is harmless, else a digest of it."""


def is_harmless(name: str) -> bool:
    """Whether its value may be shown."""
    if any(word in name.upper() for word in SENSITIVE):
        return False
    return name.upper() in HARMLESS or name.startswith("LC_") or name.upper().endswith(HARMLESS_ENDS)


def legible(text: str) -> str:
    """As a file, a run's error and an answer can hold it: bytes that are no text are written out."""
    return text.encode(errors="backslashreplace").decode()


def traces(environ: Mapping[str, str], salt: bytes) -> Traces:
    """What is kept of an environment, to compare a later one with; names that pass are left out."""
    return {
        legible(name): legible(value) if is_harmless(name) else _digest(value, salt)
        for name, value in sorted(environ.items())
        if name not in PASSING and not name.startswith(OF_SESSIONS)
    }


def drift(before: Traces, now: Traces, separator: str = ":") -> list[str]:
    """One phrase a variable, PATH first; values of harmless ones alone. `separator` is that of PATH."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    names.sort(key=lambda name: (name != "PATH", not is_harmless(name), name))
    return [phrase for name in names for phrase in _phrases(name, before, now, separator)]


def remark(phrases: list[str]) -> str:
    """To be set behind the error of a run; empty without any."""
    if not phrases:
        return ""
    told = "; ".join(phrases[:MOST_TOLD])
    more = f"; and {len(phrases) - MOST_TOLD} more" if len(phrases) > MOST_TOLD else ""
    return f" (since its last success the environment has changed: {told}{more})"


def _phrases(name: str, before: Traces, now: Traces, separator: str) -> Iterator[str]:
    if name not in before:
        yield f"{name} is new"
    elif name not in now:
        yield f"{name} is gone"
    elif name == "PATH":
        yield _of_path(directories(before[name], separator), directories(now[name], separator))
    elif is_harmless(name):
        yield f"{name} is {now[name]!r}, not {before[name]!r}"
    else:
        yield f"{name} is different"


def _of_path(before: tuple[str, ...], now: tuple[str, ...]) -> str:
    lost = [one for one in before if one not in now]
    added = [one for one in now if one not in before]
    parts = [f"lacks {named(lost)}"] * bool(lost) + [f"has {named(added)}"] * bool(added)
    return f"PATH {' and '.join(parts) or 'is in another order'}"


def _digest(value: str, salt: bytes) -> str:
    raw = value.encode(errors="surrogatepass")
    return hashlib.blake2b(raw, digest_size=WIDTH, key=salt).hexdigest()
