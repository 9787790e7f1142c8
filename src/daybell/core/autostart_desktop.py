"""How is a desktop told to start Daybell at login, and what has it been told?

By a file of its autostart directory: https://specifications.freedesktop.org/autostart-spec/latest/.
A word of Exec is quoted twice: for the command line first, and then, as every value, for the file.
"""

import re
from collections.abc import Collection, Iterator

from daybell.core.autostart import Command, Entry, as_argument, as_meant, refuse_unspeakable

GROUP = "[Desktop Entry]"
PLAIN = re.compile(r"[^\s\"'\\><~|&;$*?#()`]+")
"""What needs no quotes."""
SPECIAL = re.compile(r'(["`$\\])')
SWITCHES = ("X-GNOME-Autostart-enabled", "X-MATE-Autostart-enabled")
"""Those of the desktops' own settings."""
ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+""")
PIECE = re.compile(r""""((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)|([^\s"'\\]+)""")


def render(command: Command) -> str:
    """The file. Conflict where it cannot say that."""
    refuse_unspeakable(command)
    # The specification forbids a = there, GLib looks for a program with two %, and systemd, which starts what
    # such files name on many desktops, for none with quotes.
    if re.search("[=%\"']", command[0]):
        command = as_argument(command)
    line = " ".join(map(_quoted, command)).replace("\\", r"\\")
    return f"""{GROUP}
Type=Application
Name=Daybell
Comment=Runs your jobs on time, and tells you when one fails
Exec={line}
Icon=daybell
Terminal=false
X-GNOME-Autostart-enabled=true
X-GNOME-Autostart-Delay=5
"""


def read(content: str, file: str, session: str = "") -> Entry:
    """`session` is XDG_CURRENT_DESKTOP; where it is empty, nobody asks whether a desktop is meant."""
    keys = dict(_keys(content))
    command = _words(_unescaped(keys.get("Exec", "")))
    return Entry(as_meant(command), _blocked_by(keys, file, session))


def _blocked_by(keys: dict[str, str], file: str, session: str) -> str | None:
    if keys.get("Hidden") == "true":
        return f"Hidden=true in {file}"
    if not keys.get("Exec"):  # one that is empty, or a link to nothing, keeps a desktop from starting it, too
        return f"the lack of an Exec in {file}"
    for switch in SWITCHES:
        if keys.get(switch) == "false":
            return f"{switch}=false in {file}"
    desktops = {name for name in session.split(":") if name}
    for key, is_meant in (("OnlyShowIn", True), ("NotShowIn", False)):
        if desktops and key in keys and _names(keys[key], desktops) is not is_meant:
            return f"{key}={keys[key]} in {file}"
    return None


def _names(value: str, desktops: Collection[str]) -> bool:
    return any(name in desktops for name in value.split(";"))


def _keys(content: str) -> Iterator[tuple[str, str]]:
    """Those of the one group that counts."""
    group = ""
    for line in content.split("\n"):
        if line.startswith("["):
            group = line.strip()
        elif group == GROUP and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()


def _quoted(word: str) -> str:
    doubled = word.replace("%", "%%")
    return doubled if PLAIN.fullmatch(word) else '"' + SPECIAL.sub(r"\\\1", doubled) + '"'


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), value)


def _words(line: str) -> Command:
    """What %f and its like stand for is nothing at login."""
    words = [found[0] for found in WORD.finditer(line)]
    return tuple(_unquoted(word) for word in words if not re.fullmatch("%[^%]", word))


def _unquoted(word: str) -> str:
    pieces = (
        re.sub(r"\\(.)", r"\1", piece[1] or "") + (piece[2] or "") + (piece[3] or "") + (piece[4] or "")
        for piece in PIECE.finditer(word)
    )
    return re.sub("%(.)", lambda found: "%" if found[1] == "%" else "", "".join(pieces))
