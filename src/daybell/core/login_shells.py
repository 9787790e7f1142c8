"""How is a login shell asked for its environment, and what of its answer counts?"""

from collections.abc import Mapping

from msgspec import Struct

from daybell.core.search_path import capital

POSIX = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "busybox", "fish"})
"""They take -lic in one word."""
APART = frozenset({"nu", "pwsh"})
"""They want each flag by itself."""
C_SHELLS = frozenset({"csh", "tcsh"})
"""They take -l only alone: a login is a name that begins with a hyphen."""
LARGEST = 4 << 20
"""Bytes of an answer; the system gives no program more."""

OF_ITS_OWN = frozenset({"_", "SHLVL", "PWD", "OLDPWD"})
"""What each shell sets for itself, and says nothing about the next program."""
USUAL = {
    "darwin": ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"),
    "linux": ("/usr/local/bin", "/usr/bin", "/bin"),
}
"""Directories without which hardly anything runs."""
LOCALES = {"darwin": "en_US.UTF-8", "linux": "C.UTF-8"}
"""Where nothing says another one: programs would take each letter that is not English for an error."""


class Question(Struct, frozen=True):
    """What is started to ask a shell."""

    argv0: str
    flags: tuple[str, ...]


def question(name: str, mark: str, *, is_interactive: bool) -> Question | None:
    """Of the shell's file name; None where it is none that is known. `mark` is of letters and digits.

    The words mean the same in all of them. What its own files print stands before and after the marks.
    """
    # Another program says it: what the shell itself would print is different in each. The mark comes in two
    # pieces: a shell that prints what it is told to do (set -x, fish_trace) must not be taken for the answer.
    pieces = f"printf %s%s {mark[: len(mark) // 2]} {mark[len(mark) // 2 :]}"
    asked = f"/bin/sh -c '{pieces}; /usr/bin/env -0; {pieces}'"
    if name in C_SHELLS:
        return Question(f"-{name}", ("-c", asked))
    if name in APART:
        flags = ("-Login", "-Command") if name == "pwsh" else ("-l", *("-i",) * is_interactive, "-c")
        return Question(name, (*flags, f"^{asked}" if name == "nu" else asked))
    if name in POSIX:
        return Question(name, ("-lic" if is_interactive else "-lc", asked))
    return None


class Heard:
    """What a shell says, piece by piece; what stands before the first mark is not kept."""

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._has_begun = False
        self._kept = b""

    def feed(self, chunk: bytes) -> dict[str, str] | None:
        """The environment, once all of it has come. ValueError where it is too large to be one."""
        self._kept += chunk
        if not self._has_begun:
            before, found, rest = self._kept.partition(self._mark)
            self._has_begun = bool(found)
            self._kept = rest if found else before[-len(self._mark) + 1 :]
        said, closed, _after = self._kept.partition(self._mark)
        if self._has_begun and closed:
            return variables(said)
        if len(self._kept) > LARGEST:
            raise ValueError("what it says is too long for an environment")
        return None


def variables(said: bytes) -> dict[str, str]:
    """As `env -0` prints them; without what the shell has set for itself."""
    entries = (entry.partition("=") for entry in said.decode(errors="surrogateescape").split("\0"))
    found = {name: value for name, equals, value in entries if equals and name}
    if found.get("TERM") == "dumb":  # which we have said ourselves
        del found["TERM"]
    return {name: value for name, value in found.items() if name not in OF_ITS_OWN}


def sane(environ: Mapping[str, str], platform: str, home: str, *, is_login: bool = False) -> dict[str, str]:
    """With what nearly every program needs; a login's PATH stays as it is.

    What a desktop or a service manager starts at login may have no more than half of it.
    """
    found = dict(environ)
    if platform == "win32":
        return found
    if not found.get("HOME"):
        found["HOME"] = home
    usual = USUAL.get(platform, USUAL["linux"])
    known = [part for part in found.get("PATH", "").split(":") if part]
    if not (known and is_login):
        found["PATH"] = ":".join([*known, *(one for one in usual if one not in known)])
    if not any(found.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        found["LANG"] = LOCALES.get(platform, LOCALES["linux"])
    return found


def profiles(name: str, home: str, config: str, zdotdir: str = "") -> tuple[str, ...]:
    """The files that a shell of this name takes its environment from; `config` is XDG's directory."""
    everybody = ("/etc/environment", "/etc/profile", "/etc/paths")
    if name == "zsh":
        system = ("/etc/zshenv", "/etc/zprofile", "/etc/zsh/zshenv", "/etc/zsh/zprofile")
        names = (".zshenv", ".zprofile", ".zshrc", ".zlogin")
        return (*everybody, *system, *(f"{zdotdir or home}/{file}" for file in names))
    if name == "fish":
        parts = ("config.fish", "fish_variables", "conf.d")
        return (*everybody, *(f"{config}/fish/{file}" for file in parts))
    if name == "nu":
        return tuple(f"{config}/nushell/{file}" for file in ("env.nu", "config.nu", "login.nu"))
    if name == "pwsh":
        return (f"{config}/powershell/profile.ps1",)
    if name in C_SHELLS:
        return (*everybody, *(f"{home}/{file}" for file in (".tcshrc", ".cshrc", ".login")))
    own = (".profile", ".bash_profile", ".bash_login", ".bashrc", ".kshrc")
    return (*everybody, *(f"{home}/{file}" for file in own))


def of_registry(
    machine: Mapping[str, str], person: Mapping[str, str], own: Mapping[str, str]
) -> dict[str, str]:
    """On Windows: what a new login would have. Values are expanded already.

    PATH is the machine's and the person's together; `own` gives what the system sets by itself.
    """
    of_machine, of_person = capital(machine), capital(person)
    found = {**capital(own), **of_machine, **of_person}
    if "PATH" in of_machine:
        parts = (of_machine["PATH"].rstrip(";"), of_person.get("PATH", ""))
        found["PATH"] = ";".join(part for part in parts if part)
    return found
