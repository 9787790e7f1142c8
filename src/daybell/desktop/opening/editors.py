"""How is an editor told to open a file at a line?"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LOG_TYPES = ("text/x-log", "text/plain")
"""What a file named *.log is, and what that is a kind of: its editor is asked for in this order."""

PLUS = ("+{line}", "{path}")
LINE = ("--line", "{line}", "{path}")
GOTO = ("--goto", "{path}:{line}")
COLON = ("{path}:{line}",)

EDITORS: dict[str, tuple[str, ...]] = {
    "code": GOTO,  # code.visualstudio.com/docs/configure/command-line
    "code-oss": GOTO,
    "codium": GOTO,
    "emacs": PLUS,  # Emacs manual, "Action Arguments"
    "emacsclient": PLUS,  # Emacs manual, "emacsclient Options"
    "featherpad": PLUS,  # featherpad --help
    "geany": PLUS,  # geany(1)
    "gedit": PLUS,  # gedit(1)
    "gnome-text-editor": ("{path}", "+{line}"),  # editor_application_command_line in its source
    "gvim": PLUS,  # vim(1)
    "kate": LINE,  # kate(1)
    "kwrite": LINE,  # kwrite --help
    "mousepad": LINE,  # its NEWS; an older one refuses it, and the file is opened without
    "notepad++": ("-n{line}", "{path}"),  # npp-user-manual.org/docs/command-prompt
    "notepadqq": LINE,  # notepadqq(1)
    "nvim-qt": PLUS,  # nvim-qt(1) hands on to nvim(1) what stands behind the -- of its desktop file
    "pluma": PLUS,  # pluma(1)
    "subl": COLON,  # sublimetext.com/docs/command_line.html
    "sublime_text": COLON,
    "xed": PLUS,  # xed(1)
    "zed": COLON,  # zed.dev/docs/reference/cli
    "zeditor": COLON,
}
"""The arguments of each editor with a window, by the name of its program."""

SINCE = {"gnome-text-editor": 48}
"""The first version known to understand them, where an older one would open a file of that name."""

FILE_CODES = {"%f", "%F", "%u", "%U"}
ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def entry_paths(name: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Where the desktop file of this id may be, the one that counts first."""
    home = Path(environ.get("HOME") or "/")
    shares = [environ.get("XDG_DATA_HOME") or str(home / ".local/share")]
    shares += (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    # A session that was not set up for them lacks these in XDG_DATA_DIRS.
    shares += [str(home / ".local/share/flatpak/exports/share"), "/var/lib/flatpak/exports/share"]
    shares += ["/var/lib/snapd/desktop"]
    for share in filter(None, shares):
        # A dash of the id may stand for a directory: kde-kate.desktop is kde/kate.desktop.
        for dashes in range(name.count("-") + 1):
            yield Path(share, "applications", name.replace("-", "/", dashes))


def exec_words(entry: str) -> list[str] | None:
    """The command of a desktop file, with its field codes; None without one or where it wants a terminal."""
    group = f"\n{entry}".partition("\n[Desktop Entry]")[2].partition("\n[")[0]
    pairs = [line.partition("=") for line in group.splitlines() if not line.startswith("#")]
    values = {key.strip(): value.strip() for key, _, value in pairs}
    if values.get("Terminal") == "true":
        return None
    command = re.sub(r"\\([sntr\\])", lambda escape: ESCAPES[escape[1]], values.get("Exec", ""))
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    # In quotes a shell's dollar and backtick are escaped as well, which shlex leaves as it is.
    return [re.sub(r"\\([$`])", r"\1", word) for word in words] or None


def known_editor(words: Sequence[str]) -> str | None:
    """The editor that this command starts, be it through env, flatpak, snap or a shell."""
    for piece in re.split(r"[\s=]+", " ".join(words)):
        name = re.split(r"[/\\]", piece)[-1].lower().removesuffix(".exe")
        if name in EDITORS:
            return name
    return None


def version_command(words: Sequence[str]) -> list[str]:
    """What prints the version of the program that this command starts."""
    file_at = next(
        (at for at, word in enumerate(words) if word in FILE_CODES or word[:2] == "@@"), len(words)
    )
    return [*words[:file_at], "--version"]


def command_at(words: Sequence[str], path: Path, line: int) -> tuple[str, ...] | None:
    """The command that opens the file at the line; None where this one is not known to."""
    editor = known_editor(words)
    codes = [at for at, word in enumerate(words) if word in FILE_CODES]
    if editor is None or len(codes) != 1:
        return None
    before, after = [list(part) for part in (words[: codes[0]], words[codes[0] + 1 :])]
    arguments = [argument.format(path=path, line=line) for argument in EDITORS[editor]]
    if before and before[-1].startswith("@@"):
        # Flatpak takes all between two @@ for files, and makes them visible in the sandbox.
        if str(path) not in arguments:
            return None
        file_at = arguments.index(str(path))
        arguments[file_at : file_at + 1] = [before.pop(), str(path), *after[:1]]
        after = after[1:]
    return (*_without_codes(before), *arguments, *_without_codes(after))


def _without_codes(words: Sequence[str]) -> list[str]:
    """The other field codes stand for an icon and names, which an editor can do without."""
    return [word.replace("%%", "%") for word in words if not re.fullmatch(r"%[a-zA-Z]", word)]
