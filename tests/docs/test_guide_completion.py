"""What the guide says to put into a shell's files, the shell takes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daybell.cli.flags import SHELLS

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text("utf-8")
SECTION = GUIDE.partition("\n## Completion\n")[2].partition("\n## ")[0]
LINES = {
    shell.lower(): line.replace("\\|", "|")
    for shell, line in re.findall(r"^\| (\w+) \| .* \| `([^`]*)` \|$", SECTION, re.MULTILINE)
}
SHOWN = {
    "bash": "{line}; complete -p daybell",
    "zsh": "autoload -Uz compinit; compinit -D; {line}; print $_comps[daybell]",
    "fish": "{line}; complete -C 'daybell vers'",
}


def test_every_shell_has_its_line() -> None:
    assert sorted(LINES) == sorted(SHELLS)
    assert all(f"daybell completion {shell}" in line for shell, line in LINES.items())


@pytest.mark.parametrize("shell", SHOWN)
def test_each_line_works(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"install {shell}: apt-get install {shell}")
    (tmp_path / ".config" / "fish" / "completions").mkdir(parents=True)
    (tmp_path / "daybell").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m daybell "$@"\n')
    (tmp_path / "daybell").chmod(0o700)
    path = f"{tmp_path}:{os.environ['PATH']}"
    said = subprocess.run(
        [program, "-c", SHOWN[shell].format(line=LINES[shell])],
        env={"HOME": str(tmp_path), "PATH": path, "DAYBELL_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert "daybell" in said.stdout or "version" in said.stdout
