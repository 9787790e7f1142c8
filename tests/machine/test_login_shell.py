import os
import shutil
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from daybell.machine.login_shell import Answer, LoginShell, login_path, login_shell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no login shell")


def shell(directory: Path, body: str) -> str:
    """One whose own files do this before it obeys."""
    path = directory / "sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(stat.S_IRWXU)
    return str(path)


def test_a_real_shell_says_its_path(tmp_path: Path) -> None:
    (tmp_path / ".profile").write_text("echo Welcome; PATH=/from/profile:$PATH\n")
    said = login_path({"SHELL": "/bin/bash", "HOME": str(tmp_path), "PATH": "/venv/bin"})
    assert said is not None
    assert "/from/profile" in said.split(":")
    assert "/venv/bin" not in said.split(":")


def test_its_chatter_is_passed_over(tmp_path: Path) -> None:
    path = shell(tmp_path, 'echo "PATH=/wrong"; shift; PATH=/a:/b; eval "$1"; echo bye')
    assert login_path({"SHELL": path}) == "/a:/b"


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    path = shell(tmp_path, f"echo $$ > {tmp_path}/pid; read line < {tmp_path}/pipe")
    os.mkfifo(tmp_path / "pipe")
    for seconds in (0.3, 1.0, 5.0):  # a busy machine may not even have begun with it by then
        assert login_path({"SHELL": path}, seconds) is None
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_it_leaves_running_holds_up_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    path = shell(tmp_path, f'(exec cat {tmp_path}/pipe) & shift; PATH=/a; eval "$1"')
    started = time.monotonic()
    assert login_path({"SHELL": path}, 20) == "/a"
    assert time.monotonic() - started < 10
    (tmp_path / "pipe").write_text("")  # it ends


@pytest.mark.parametrize("named", ["/bin/true", "/no/such/sh", ""])
def test_what_speaks_another_language_is_not_asked(named: str, tmp_path: Path) -> None:
    other = tmp_path / "elvish"
    other.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    other.chmod(stat.S_IRWXU)
    assert login_path({"SHELL": named or str(other)}) is None
    assert not (tmp_path / "asked").exists()


def test_one_that_cannot_be_started_says_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "sh"
    broken.write_bytes(b"\x7fELF, but no program")
    broken.chmod(stat.S_IRWXU)
    assert login_path({"SHELL": str(broken)}) is None


def test_without_a_word_of_the_session_the_system_says_which() -> None:
    import pwd

    expected = pwd.getpwuid(os.getuid()).pw_shell
    assert login_shell({}) == expected


def asked(home: Path, path: str, **environ: str) -> Answer:
    return LoginShell(path, {"HOME": str(home), "PATH": "/bin", **environ}).ask(20)


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("bash", ".bash_profile", "export PATH=/own:$PATH NOTE='two\nlines'\n"),
        ("sh", ".profile", "export PATH=/own:$PATH NOTE='two\nlines'\n"),
        ("zsh", ".zshrc", "export PATH=/own:$PATH NOTE='two\nlines'\n"),
        ("fish", ".config/fish/config.fish", "set -gx PATH /own $PATH\nset -gx NOTE 'two\nlines'\n"),
    ],
)
def test_each_shell_says_what_its_own_files_make_of_the_environment(
    name: str, file: str, content: str, tmp_path: Path
) -> None:
    shell = shutil.which(name)
    if shell is None:
        pytest.skip(f"install {name} to run it")
    place = tmp_path / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"echo noise; printf '%s' NOTE=no\n{content}echo more noise\n")
    answer = asked(tmp_path, shell, FROM_SESSION="1", VIRTUAL_ENV="/venv")
    assert answer.word == ""
    assert answer.environ is not None
    assert answer.environ["PATH"].startswith("/own:")
    assert (answer.environ["NOTE"], answer.environ["FROM_SESSION"]) == ("two\nlines", "1")
    assert not {"VIRTUAL_ENV", "TERM", "SHLVL", "_", "PWD"} & set(answer.environ)


def test_a_hang_of_an_interactive_shell_alone_is_named_and_gone_round(tmp_path: Path) -> None:
    path = shell(tmp_path, 'case $1 in *i*) exec sleep 60;; esac; shift; FOO=1; export FOO; eval "$1"')
    answer = LoginShell(path, {"PATH": "/bin"}).ask(4)
    assert answer.environ is not None
    assert answer.environ["FOO"] == "1"
    assert answer.word == f"{path}, asked as an interactive shell, did not answer within 2.7 s"


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_that_prints_what_it_is_told_to_do_is_not_taken_at_these_words(
    name: str, tmp_path: Path
) -> None:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"install {name} to run it")
    (tmp_path / ".config" / "fish").mkdir(parents=True)
    (tmp_path / ".config" / "fish" / "config.fish").write_text("set -gx FOO 1\nset -g fish_trace 1\n")
    for file in (".bash_profile", ".zshrc"):
        (tmp_path / file).write_text("export FOO=1\nset -xv\nexec 2>&1\n")
    answer = asked(tmp_path, path)
    assert answer.environ is not None
    assert answer.environ["FOO"] == "1"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('shift; eval "$(printf %s "$1" | sed \'s/env -0/true/\')"', "says nothing of its environment"),
        ("echo oh; exit 3", "ended without an answer (exit code 3)"),
        ("exit 0", "ended without an answer"),
        ("exec yes", "did not answer within 0.4 s"),
    ],
)
def test_a_shell_without_an_answer_is_told_with_a_clear_word(body: str, word: str, tmp_path: Path) -> None:
    path = shell(tmp_path, body)
    assert LoginShell(path, {"PATH": "/bin"}).ask(0.6 if "yes" in body else 20) == Answer(
        None, f"{path} {word}"
    )


def test_an_answer_counts_whatever_the_exit_code(tmp_path: Path) -> None:
    path = shell(tmp_path, 'shift; eval "$1"; exit 7')
    assert asked(tmp_path, path).environ is not None


def test_whoever_stops_waits_for_no_shell(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    one = LoginShell(shell(tmp_path, f"read line < {tmp_path}/pipe"), {"PATH": "/bin"})
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(one.ask(60)))
    thread.start()
    one.stop()
    thread.join(10)
    assert [answer.environ for answer in answers] == [None]
    assert one.ask(60).environ is None
