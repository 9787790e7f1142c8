"""A person keeps, lists and removes secrets, and none of them is ever shown."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import Program
from fake_keyring import FakeKeyring
from tray_host import private_bus

pytestmark = pytest.mark.desktop

SECRET = "correct horse 'battery' $taple"
JOB = '{{"handler": {{"type": "command", "argv": ["true"], "env": {{"TOKEN": "keyring:{}"}}}}}}'
QUESTION = "remove the secret restic? mail, photos refer to it. [y/N] "
REMOVED = "removed restic; mail, photos refer to it, and fail without it\n"
NOT_SHOWN = "The secret restic, which is not shown: Once more: "


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with private_bus() as address:
        yield address


@pytest.fixture
def keyring(address: str) -> Iterator[FakeKeyring]:
    with FakeKeyring(address) as keyring:
        yield keyring


@pytest.fixture
def daybell(lonely: Program, address: str) -> Program:
    (lonely.home / "config" / "jobs").mkdir(parents=True)
    lonely.environ["DBUS_SESSION_BUS_ADDRESS"] = address
    return lonely


def a_job(daybell: Program, job_id: str, secret: str) -> None:
    (daybell.home / "config" / "jobs" / f"{job_id}.json").write_text(JOB.format(secret))


def test_a_secret_is_typed_twice_and_kept(daybell: Program, keyring: FakeKeyring) -> None:
    daybell.answers = f"{SECRET}\n{SECRET}\n"
    said = daybell("secret", "set", "restic")
    how = 'kept restic in your keyring; a job gets it by "env": {"VARIABLE": "keyring:restic"}\n'
    assert said == (0, "", NOT_SHOWN + how)
    assert keyring.secrets() == {"restic": SECRET}


def test_two_that_are_different_are_not_kept(daybell: Program, keyring: FakeKeyring) -> None:
    daybell.answers = f"{SECRET}\n{SECRET} \n"
    said = daybell("secret", "set", "restic")
    assert said == (1, "", NOT_SHOWN + "daybell: that was not the same twice: nothing was kept\n")
    assert keyring.secrets() == {}


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_secret_is_taken_from_a_pipe(daybell: Program, keyring: FakeKeyring, end: bytes) -> None:
    daybell.fed = SECRET.encode() + end
    assert daybell("secret", "set", "restic", "--stdin").code == 0
    assert keyring.secrets() == {"restic": SECRET}


@pytest.mark.parametrize(
    ("fed", "why"),
    [
        (b"one line\nand another\n", "expected one line: nothing was kept"),
        (b"x" * 70000, "expected one line: nothing was kept"),
        (b"\xff\xfe\x00secret", "expected text, in UTF-8: nothing was kept"),
        (b"", "it is shorter than 4 bytes and cannot be told from other output: take a longer one"),
        (b"xyz", "it is shorter than 4 bytes and cannot be told from other output: take a longer one"),
        (b"a\0bcd", "it has the character \\u0000 in it, which no program can be given: set it anew"),
    ],
)
def test_what_no_job_could_be_given_is_not_kept(
    daybell: Program, keyring: FakeKeyring, fed: bytes, why: str
) -> None:
    daybell.fed = fed
    assert daybell("secret", "set", "restic", "--stdin") == (5, "", f"daybell: {why}\n")
    assert keyring.secrets() == {}


@pytest.mark.parametrize("words", [(SECRET,), SECRET.split()])
def test_a_secret_that_is_an_argument_is_not_taken_and_not_repeated(
    daybell: Program, keyring: FakeKeyring, words: tuple[str, ...]
) -> None:
    said = daybell("secret", "set", "restic", *words)
    assert said.code == 2
    assert "a secret is never an argument" in said.err
    assert not any(word in said.err for word in ("horse", "battery", "taple"))
    assert keyring.secrets() == {}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("set",), "expected `daybell secret set NAME`"),
        (("remove",), "expected `daybell secret remove NAME`"),
        (("set", "two words"), "a secret is called by at most 64 of A-Z, a-z, 0-9 and . _ - @ /, beginning"),
        (("set", "restic"), "from a pipe it is taken by `daybell secret set restic --stdin`"),
        (("set", "restic", "--stdin"), "--stdin takes it from a pipe; at a terminal leave it out"),
        (("set", "restic", "--yes"), "--yes belongs to `daybell secret remove`"),
        (("list", "restic"), "`daybell secret list` takes nothing else"),
        (("list", "--stdin"), "--stdin belongs to `daybell secret set`"),
        (("remove", "restic", "--stdin"), "--stdin belongs to `daybell secret set`"),
    ],
)
def test_a_wrong_use_is_told(
    daybell: Program, keyring: FakeKeyring, words: tuple[str, ...], why: str
) -> None:
    said = daybell("secret", *words)
    assert (said.code, said.out) == (2, "")
    assert why in said.err


def test_the_list_has_names_and_jobs_and_what_is_missing_and_no_secret(
    daybell: Program, keyring: FakeKeyring
) -> None:
    keyring.put("restic", SECRET)
    keyring.put("unused", SECRET)
    for job_id, name in (("photos", "restic"), ("mail", "restic"), ("news", "cloud")):
        a_job(daybell, job_id, name)
    (daybell.home / "config" / "jobs" / "broken.json").write_text("{")
    code, out, err = daybell("secret", "list")
    assert (code, err) == (0, "1 secret missing: `daybell secret set cloud`\n")
    assert [line.split() for line in out.splitlines()] == [
        ["SECRET", "USED", "BY", "STATE"],
        ["cloud", "news", "missing"],
        ["restic", "mail,", "photos", "kept"],
        ["unused", "no", "job", "kept"],
    ]
    assert json.loads(daybell("secret", "list", "--json").out) == [
        {"name": "cloud", "is_there": False, "jobs": ["news"]},
        {"name": "restic", "is_there": True, "jobs": ["mail", "photos"]},
        {"name": "unused", "is_there": True, "jobs": []},
    ]
    assert "GetSecret" not in keyring.called


def test_a_new_keyring_says_how_to_begin(daybell: Program, keyring: FakeKeyring) -> None:
    begin = "no secrets yet: `daybell secret set NAME` keeps one in your keyring\n"
    assert daybell("secret", "list") == (0, "", begin)


def test_what_is_set_again_says_whose_it_is(daybell: Program, keyring: FakeKeyring) -> None:
    keyring.put("restic", "old old old")
    a_job(daybell, "photos", "restic")
    daybell.fed = SECRET.encode()
    assert daybell("secret", "set", "restic", "--stdin").err == (
        "kept restic in your keyring; photos refers to it\n"
    )
    assert json.loads(daybell("secret", "set", "restic", "--stdin", "--json").out) == {
        "name": "restic",
        "jobs": ["photos"],
    }
    assert keyring.secrets() == {"restic": SECRET}


@pytest.mark.parametrize(
    ("answers", "words", "code", "said"),
    [
        (
            "n\n",
            (),
            1,
            f"{QUESTION}daybell: nothing was removed\n",
        ),
        (
            "y\n",
            (),
            0,
            f"{QUESTION}{REMOVED}",
        ),
        ("", ("--yes",), 0, REMOVED),
        (None, (), 0, REMOVED),
    ],
)
def test_before_a_secret_is_removed_the_person_is_asked_and_hears_who_needs_it(
    daybell: Program,
    keyring: FakeKeyring,
    answers: str | None,
    words: tuple[str, ...],
    *,
    code: int,
    said: str,
) -> None:
    keyring.put("restic", SECRET)
    for job_id in ("photos", "mail"):
        a_job(daybell, job_id, "restic")
    daybell.answers = answers
    assert daybell("secret", "remove", "restic", *words) == (code, "", said)
    assert ("restic" in keyring.secrets()) == (code == 1)


@pytest.mark.parametrize("answers", ["y\n", None])
def test_what_is_not_there_cannot_be_removed(
    daybell: Program, keyring: FakeKeyring, answers: str | None
) -> None:
    daybell.answers = answers
    there_is_none = "daybell: there is no secret 'restic'; `daybell secret list` shows all\n"
    assert daybell("secret", "remove", "restic") == (4, "", there_is_none)


def test_a_locked_keyring_asks_who_sets_a_secret(daybell: Program, keyring: FakeKeyring) -> None:
    keyring.is_locked, keyring.person = True, "polite"
    keyring.put("restic", "old old old")
    daybell.fed = SECRET.encode()
    assert daybell("secret", "set", "restic", "--stdin").code == 0
    assert keyring.secrets() == {"restic": SECRET}


def test_a_locked_keyring_is_an_error_for_a_script_that_lists(daybell: Program, keyring: FakeKeyring) -> None:
    keyring.put("restic", SECRET)
    keyring.is_locked = True
    said = daybell("secret", "list")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("daybell: the keyring is locked: unlock it")


@pytest.mark.parametrize("words", [("set", "restic", "--stdin"), ("list",), ("remove", "restic")])
def test_without_a_keyring_nothing_is_kept_anywhere(daybell: Program, words: tuple[str, ...]) -> None:
    daybell.fed = SECRET.encode()
    said = daybell("secret", *words)
    assert (said.code, said.out) == (1, "")
    assert "there is no keyring here" in said.err
    assert "install one, such as gnome-keyring or KWallet" in said.err
    files = [path for path in daybell.home.rglob("*") if path.is_file()]
    assert not any(b"horse" in path.read_bytes() for path in files)


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="it needs a pseudo-terminal")
def test_at_a_real_terminal_nothing_is_shown_of_what_is_typed(
    daybell: Program, keyring: FakeKeyring, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, **daybell.environ}
    argv = [sys.executable, "-m", "daybell", "secret", "set", "restic"]
    with subprocess.Popen(
        argv, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = read_until(ours, b"not shown:")
        os.write(ours, SECRET.encode() + b"\n")
        shown += read_until(ours, b"more:")
        os.write(ours, SECRET.encode() + b"\n")
        shown += read_until(ours, b"keyring:restic")
        assert process.wait(20) == 0
    os.close(ours)
    assert b"horse" not in shown
    assert keyring.secrets() == {"restic": SECRET}


def read_until(terminal: int, words: bytes, seconds: float = 20) -> bytes:
    said, end = b"", time.monotonic() + seconds
    while words not in said:
        assert select.select([terminal], [], [], end - time.monotonic())[0], said
        said += os.read(terminal, 4096)
    return said
