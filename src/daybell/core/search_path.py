"""What does a login shell find that Daybell does not?"""

from collections.abc import Mapping, Sequence

from daybell.core.findings import Finding

MOST_NAMED = 5
"""Of a list in a sentence; the rest is counted."""
KEPT = ("HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TMPDIR")
"""What a login has before its shell begins."""


def compare(login: Sequence[str] | None, own: Sequence[str] | None, *, is_app: bool) -> Finding:
    """The directories of the login shell's PATH and of the app's, or of this terminal's; None: unknown."""
    whose = "Daybell's PATH" if is_app else "this terminal's PATH, which Daybell would get,"
    if login is None or own is None:
        unknown = "the login shell's PATH" if login is None else "Daybell's PATH"
        remedy = "Write full paths into argv where a program is not found."
        return Finding("path", "note", f"{unknown} cannot be told", remedy)
    missing = [directory for directory in login if directory not in own]
    if not missing:
        return Finding("path", "ok", f"{whose} has all that your login shell's has")
    remedy = "Start Daybell from a login shell, set PATH in a job's env, or write full paths into argv."
    return Finding("path", "warning", f"{whose} lacks {named(missing)}, which your login shell has", remedy)


def named(items: Sequence[str]) -> str:
    """As in "a, b and 3 more"."""
    shown = ", ".join(items[:MOST_NAMED])
    return shown + (f" and {len(items) - MOST_NAMED} more" if len(items) > MOST_NAMED else "")


def directories(path: str, separator: str) -> tuple[str, ...]:
    """Of a search path: each once, in order, without trailing slashes."""
    found = (part.rstrip("/") or "/" for part in path.split(separator) if part)
    return tuple(dict.fromkeys(found))


def path_said(printed: bytes, mark: str) -> str | None:
    """What stands between two marks, whatever a shell's own files printed around them; None without."""
    _before, found, rest = printed.partition(mark.encode())
    said, closed, _after = rest.partition(mark.encode())
    return said.decode(errors="surrogateescape") if found and closed else None


def clean_environment(environ: Mapping[str, str], usual_path: str) -> dict[str, str]:
    """What a login begins with: what this terminal has added would hide what its shell adds."""
    return {name: environ[name] for name in KEPT if name in environ} | {"PATH": usual_path, "TERM": "dumb"}
