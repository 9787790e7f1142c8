"""`daybell edit` on a real app, with an editor that does as the test says."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app_home import DAYBELL, Home
from cli.program import Program
from daybell.cli.edit import editor, pointed
from daybell.cli.failure import Failure
from waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="the editor of these tests is a shell script"),
]
BEFORE = {"schema": 1, "handler": {"type": "command", "argv": ["true"]}, "timeout": "1h"}
Writes = Callable[..., Program]


@pytest.fixture
def writes(app_home: Home, tmp_path: Path) -> Writes:
    """A program with the job `backup`, whose editor writes these texts, one each time it is opened."""
    app_home.daybell("remove", "backup")
    (tmp_path / "tmp").mkdir()
    job = tmp_path / "job.json"
    job.write_text(json.dumps(BEFORE))
    assert app_home.daybell("add", "backup", "--file", str(job)).returncode == 0

    def program(*texts: str | dict[str, object], answers: str = "") -> Program:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.text").write_text(text if isinstance(text, str) else json.dumps(text))
        script = tmp_path / "editor"
        script.write_text(
            f"cd {tmp_path}; next=$(ls *.text | head -1)\n"
            'if [ -s "$next" ]; then cp "$next" "$1"; fi; rm "$next"\n'
            "if [ -x ./meanwhile ]; then ./meanwhile; rm ./meanwhile; fi\n"
        )
        daybell = Program(app_home.path)
        daybell.environ |= {"EDITOR": f"sh {script}", "PATH": os.environ["PATH"]}
        daybell.answers = answers
        return daybell

    return program


def timeout_of(home: Home) -> object:
    return json.loads((home.jobs / "backup.json").read_text())["timeout"]


@pytest.fixture(autouse=True)
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drafts are put."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


def test_an_edit_holds_at_once_and_says_what_it_means(writes: Writes, app_home: Home, drafts: Path) -> None:
    daybell = writes({**BEFORE, "timeout": "2h", "triggers": [{"type": "cron", "expression": "0 9 * * *"}]})
    said = daybell("edit", "backup")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("changed backup (daily at 09:00); next runs ")
    assert (timeout_of(app_home), app_home.job("backup")["schedule"]) == ("2h", "daily at 09:00")
    assert list(drafts.iterdir()) == []


def test_an_edit_that_changes_nothing_writes_nothing(writes: Writes, app_home: Home, drafts: Path) -> None:
    before = (app_home.jobs / "backup.json").stat().st_mtime_ns
    assert writes("")("edit", "backup") == (0, "", "nothing was changed\n")
    assert (app_home.jobs / "backup.json").stat().st_mtime_ns == before
    assert list(drafts.iterdir()) == []


def test_programs_are_told_what_the_job_is_afterwards(writes: Writes, app_home: Home) -> None:
    daybell = writes({**BEFORE, "timeout": "2h"}, "")
    changed, unchanged = daybell("edit", "backup", "--json"), daybell("edit", "backup", "--json")
    assert json.loads(changed.out) == json.loads(daybell("show", "backup", "--json").out)
    assert json.loads(changed.out)["definition"]["timeout"] == "2h"
    assert (json.loads(unchanged.out), unchanged.err) == (json.loads(changed.out), "nothing was changed\n")


def test_what_is_wrong_is_shown_at_its_line_until_it_is_right(writes: Writes, app_home: Home) -> None:
    wrong = json.dumps({**BEFORE, "timeout": "soon"}, indent=2)
    twice = json.dumps(BEFORE)[:-1] + ', "timeout": "2h"}'
    daybell = writes(wrong, "{\n,}", twice, {**BEFORE, "timeout": "3h"}, answers="e\nwhat?\nedit\nE\n")
    said = daybell("edit", "backup")
    assert (said.code, timeout_of(app_home)) == (0, "3h")
    assert 'line 9: timeout: expected a duration such as "90s"' in said.err
    assert '\n    9 |   "timeout": "soon"\n' in said.err
    assert "line 2, column 1: there is a comma too many" in said.err
    assert "line 1: timeout: this key stands twice in one object: keep one" in said.err


@pytest.mark.parametrize("answer", ["k\n", ""])
def test_a_text_that_is_kept_is_named(writes: Writes, app_home: Home, drafts: Path, answer: str) -> None:
    said = writes({**BEFORE, "timeout": "soon"}, answers=answer)("edit", "backup")
    (kept,) = drafts.glob("*/backup.json")
    assert said.code == 5
    assert said.err.endswith(f"your text is kept in {kept}\ndaybell: backup is as it was\n")
    assert (json.loads(kept.read_text())["timeout"], timeout_of(app_home)) == ("soon", "1h")
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_text_that_is_dropped_is_gone(writes: Writes, app_home: Home, drafts: Path) -> None:
    said = writes({**BEFORE, "timeout": "soon"}, answers="d\n")("edit", "backup")
    assert (said.code, timeout_of(app_home), list(drafts.iterdir())) == (0, "1h", [])
    assert said.err.endswith("dropped; the job is as it was\n")


@pytest.mark.parametrize(
    ("answers", "code", "timeout", "kept"),
    [
        ("o\n", 0, "2h", None),
        ("e\n", 0, "3h", None),
        ("k\n", 7, "9h", "2h"),
        ("d\n", 0, "9h", None),
    ],
)
def test_an_edit_of_somebody_else_is_noticed(  # noqa: PLR0913, PLR0917 - a table
    writes: Writes,
    app_home: Home,
    tmp_path: Path,
    drafts: Path,
    answers: str,
    code: int,
    timeout: str,
    kept: str | None,
) -> None:
    """Whoever was faster is not overwritten without a word; keeping keeps both."""
    daybell = writes({**BEFORE, "timeout": "2h"}, {**BEFORE, "timeout": "3h"}, answers=answers)
    (tmp_path / "theirs.json").write_text(json.dumps({**BEFORE, "timeout": "9h"}))
    (tmp_path / "meanwhile").write_text(f"#!/bin/sh\ncp theirs.json {app_home.jobs}/backup.json\n")
    (tmp_path / "meanwhile").chmod(0o700)
    said = daybell("edit", "backup")
    assert "backup.json was changed meanwhile by somebody else" in said.err
    assert (said.code, timeout_of(app_home)) == (code, timeout)
    texts = {path.name: json.loads(path.read_text())["timeout"] for path in drafts.glob("*/*")}
    assert texts == ({"backup.json": kept, "backup.theirs.json": "9h"} if kept else {})


def test_an_id_is_not_edited(writes: Writes, app_home: Home) -> None:
    said = writes({"id": "other", **BEFORE}, answers="d\n")("edit", "backup")
    assert 'line 1: id: expected "backup", as in the address' in said.err


def test_a_file_that_was_never_valid_can_be_mended(writes: Writes, app_home: Home) -> None:
    daybell = writes(BEFORE)
    app_home.write("broken", {"handler": {"type": "nothing"}})
    app_home.write("text", "no JSON")
    until(lambda: {"broken", "text"} <= {job["id"] for job in json.loads(daybell("list", "--json").out)})
    said = daybell("edit", "broken")
    assert (said.code, said.err) == (
        0,
        "changed broken (by hand only); it runs when you say `daybell run broken`\n",
    )
    said = daybell("edit", "text")
    assert (said.code, said.err) == (
        5,
        f"daybell: {app_home.jobs}/text.json holds no JSON object: mend the file itself\n",
    )


def test_an_editor_that_fails_changes_nothing(writes: Writes, app_home: Home, drafts: Path) -> None:
    daybell = writes()
    daybell.environ["VISUAL"] = "false"
    assert daybell("edit", "backup").err == "daybell: false ended with exit code 1: nothing was changed\n"
    daybell.environ["VISUAL"] = "/no/such/editor"
    assert (
        "cannot start /no/such/editor: No such file or directory; set $EDITOR"
        in daybell("edit", "backup").err
    )
    assert list(drafts.iterdir()) == []


def test_an_unknown_job_is_not_edited(writes: Writes) -> None:
    assert writes()("edit", "bakcup") == (
        4,
        "",
        "daybell: there is no job 'bakcup'; did you mean 'backup'?\n",
    )


def test_without_a_person_it_says_how_else(lonely: Program) -> None:
    said = lonely("edit", "backup")
    assert (said.code, said.out) == (2, "")
    assert "needs a terminal" in said.err


def test_an_edit_needs_the_app(lonely: Program) -> None:
    lonely.answers = ""
    assert lonely("edit", "backup") == (
        3,
        "",
        "daybell: Daybell is not running; start it with `daybell start`\n",
    )


@pytest.mark.parametrize(
    ("environ", "platform", "command"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, "linux", ["code", "--wait"]),
        ({"EDITOR": "'/opt/my editor/e' -n"}, "linux", ["/opt/my editor/e", "-n"]),
        ({"EDITOR": r"C:\e.exe"}, "win32", [r"C:\e.exe"]),
        ({}, "win32", ["notepad"]),
    ],
)
def test_the_person_chooses_the_editor(environ: dict[str, str], platform: str, command: list[str]) -> None:
    assert editor(environ, platform) == command


def test_without_any_editor_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match=r"set \$EDITOR"):
        editor({}, "linux")


def test_what_has_no_line_is_told_as_it_is() -> None:
    assert pointed("{}", [{"file": "", "field": "", "message": "line 1: no"}]) == ["line 1: no"]


def read_until(terminal: int, text: bytes) -> bytes:
    """What is shown, up to there, within ten seconds."""
    shown = b""
    while text not in shown:
        assert select.select([terminal], [], [], 10)[0], shown
        shown += os.read(terminal, 4096)
    return shown


def test_in_a_real_terminal(writes: Writes, app_home: Home) -> None:
    """Question, answer and editor share one screen."""
    import pty

    daybell = writes({**BEFORE, "timeout": "soon"}, {**BEFORE, "timeout": "4h"})
    ours, theirs = pty.openpty()
    environ = {**app_home.environ, "EDITOR": daybell.environ["EDITOR"]}
    done = subprocess.Popen(
        [*DAYBELL, "edit", "backup"], env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    screen = read_until(ours, b"rop it? ")
    os.write(ours, b"e\n")
    screen += read_until(ours, b"changed backup")
    assert done.wait(10) == 0
    os.close(ours)
    assert b"timeout: expected a duration" in screen
    assert timeout_of(app_home) == "4h"
