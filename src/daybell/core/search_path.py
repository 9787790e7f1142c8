"""What stands in a search path, and what does a login have before its shell begins?"""

from collections.abc import Mapping, Sequence

MOST_NAMED = 5
"""Of a list in a sentence; the rest is counted."""
LOGIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What systems give a login that has said nothing yet."""
OF_TERMINALS = frozenset(
    {
        *("_", "SHLVL", "PWD", "OLDPWD", "TERM", "COLORTERM", "LS_COLORS", "PS1", "WINDOWID", "VTE_VERSION"),
        *("TMUX", "TMUX_PANE", "STY", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("APPIMAGE", "APPDIR", "ARGV0", "OWD", "LD_LIBRARY_PATH_ORIG"),
        *("INVOCATION_ID", "JOURNAL_STREAM", "NOTIFY_SOCKET", "MANAGERPID", "SYSTEMD_EXEC_PID"),
    }
)
"""What a terminal, or whoever has started Daybell, has added for itself."""
BEGINNINGS = ("VIRTUAL_ENV", "CONDA_", "TERM_", "_PYI")
"""Of further such names."""


def named(items: Sequence[str]) -> str:
    """As in "a, b and 3 more"."""
    shown = ", ".join(items[:MOST_NAMED])
    return shown + (f" and {len(items) - MOST_NAMED} more" if len(items) > MOST_NAMED else "")


def directories(path: str, separator: str) -> tuple[str, ...]:
    """Of a search path: each once, in order, without trailing slashes."""
    found = (part.rstrip("/") or "/" for part in path.split(separator) if part)
    return tuple(dict.fromkeys(found))


def capital(environ: Mapping[str, str]) -> dict[str, str]:
    """As Python has names on Windows, where `Path` and `PATH` are one."""
    return {name.upper(): value for name, value in environ.items()}


def overlaid(base: Mapping[str, str], added: Mapping[str, str], platform: str) -> dict[str, str]:
    """An environment with what a job adds to it."""
    return {**base, **(capital(added) if platform == "win32" else added)}


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What the session has, and a PATH of which nobody has added anything: that is for the shell to do."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in OF_TERMINALS and not name.startswith(BEGINNINGS)
    }
    return {**kept, "PATH": LOGIN_PATH, "TERM": "dumb"}
