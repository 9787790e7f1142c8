"""A desktop of shell scripts: its opener, its editors, and which of them it has for a kind of file."""

import shlex
from pathlib import Path


def a_program(path: Path, script: str) -> str:
    """Where this shell script is now."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


class FakeDesktop:
    """Has xdg-open and xdg-mime, and knows of no other program at first."""

    def __init__(self, at: Path) -> None:
        self._bin, self._share, self._heard = at / "bin", at / "share", at / "started"
        self._bin.mkdir()
        (self._share / "applications").mkdir(parents=True)
        self.environ = {"HOME": str(at), "XDG_DATA_HOME": str(self._share)}
        self.program("xdg-open")
        a_program(self._bin / "xdg-mime", f'cat "{self._share}/$(basename "$3")" 2>&-; true')

    def program(self, name: str, script: str = "true") -> str:
        """Add a program that keeps what it was told, and does this then."""
        told = f'printf "%s %s\\n" {shlex.quote(name)} "$*" >> {shlex.quote(str(self._heard))}'
        return a_program(self._bin / name, f"{told}\n{script}")

    def install(self, name: str, command: str, *more: str) -> None:
        """Add a desktop file."""
        lines = ["[Desktop Entry]", f"Exec={command}", *more, ""]
        (self._share / "applications" / name).write_text("\n".join(lines))

    def choose(self, mime_type: str, name: str) -> None:
        """Let files of this type open with what this desktop file starts."""
        (self._share / Path(mime_type).name).write_text(f"{name}\n")

    def which(self, name: str) -> str | None:
        path = self._bin / name
        return str(path) if path.exists() else None

    def heard(self) -> list[str]:
        """Each program that was started, with its arguments."""
        return self._heard.read_text().splitlines() if self._heard.exists() else []
