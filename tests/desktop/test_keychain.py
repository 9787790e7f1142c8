"""What the Keychain of macOS is asked and what its answers mean, without a Mac."""

from collections.abc import Sequence

import pytest

from daybell.core.secret_words import LOCKED
from daybell.desktop.secrets.keychain import (
    PROMPT_SECONDS,
    SECONDS,
    Keychain,
    Said,
    add_line,
    names_in,
    password_in,
    run,
)
from daybell.model.errors import SecretUnavailable

ITEM = ["-a", "daybell", "-s", "daybell:restic"]
DUMP = b"""keychain: "/Users/me/Library/Keychains/login.keychain-db"
class: "genp"
attributes:
    0x00000007 <blob>="Daybell: restic"
    "acct"<blob>="daybell"
    "svce"<blob>="daybell:restic"
class: "genp"
    "svce"<blob>="Chrome Safe Storage"
class: "genp"
    "svce"<blob>="daybell:me@example.org/key"
    "svce"<blob>="daybell:two words"
    "svce"<blob>="x daybell:no"
"""


class FakeSecurity:
    """The program `security`, which remembers what it was asked."""

    def __init__(self, code: int = 0, out: bytes = b"", err: bytes = b"") -> None:
        self.said = Said(code, out, err)
        self.asked: list[tuple[list[str], bytes, float]] = []

    def __call__(self, words: Sequence[str], fed: bytes, seconds: float) -> Said:
        self.asked.append((list(words), fed, seconds))
        return self.said


def test_no_secret_is_ever_an_argument() -> None:
    security = FakeSecurity()
    Keychain(security).set("restic", "hunter2 \"'$x\n")
    ((words, fed, _),) = security.asked
    assert words == ["-i"]
    line = fed.decode()
    assert line == add_line("restic", "hunter2 \"'$x\n").decode()
    assert bytes.fromhex(line.split()[-1]).decode() == "hunter2 \"'$x\n"
    assert line.startswith("add-generic-password -a daybell -s daybell:restic -U ")
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("printed", "secret"),
    [
        (b'password: "hunter2"\n', "hunter2"),
        (b'keychain: "x"\npassword: "with "quotes" in it"\n', 'with "quotes" in it'),
        (b'password: 0x5A6FC3AB  "Zo\\303\\253"\n', "Zoë"),
        (b'password: 0x610A62  "a\\012b"\n', "a\nb"),
        (b"password: \n", ""),
        (b"", ""),
    ],
)
def test_a_secret_is_read_however_it_is_printed(printed: bytes, secret: str) -> None:
    assert password_in(printed).decode() == secret
    assert Keychain(FakeSecurity(err=printed)).get("restic") == secret


def test_what_is_no_text_is_refused_for_good() -> None:
    with pytest.raises(SecretUnavailable, match="is no text") as refusal:
        Keychain(FakeSecurity(err=b'password: 0xFFFE  "\\377\\376"\n')).get("restic")
    assert refusal.value.is_permanent


def test_only_names_of_ours_are_listed() -> None:
    assert names_in(DUMP) == ["me@example.org/key", "restic"]
    assert Keychain(FakeSecurity(out=DUMP)).names() == ["me@example.org/key", "restic"]


def test_whether_one_is_there_is_asked_without_its_secret() -> None:
    security = FakeSecurity()
    assert Keychain(security).has("restic")
    assert security.asked == [(["find-generic-password", *ITEM], b"", SECONDS)]


def test_what_is_not_there_is_no_error() -> None:
    keychain = Keychain(FakeSecurity(code=44))
    assert (keychain.has("x"), keychain.get("x"), keychain.remove("x"), keychain.names()) == (
        False,
        None,
        False,
        [],
    )


def test_a_person_has_time_to_unlock_it() -> None:
    security = FakeSecurity()
    assert Keychain(security, may_prompt=True).remove("restic")
    assert security.asked == [(["delete-generic-password", *ITEM], b"", PROMPT_SECONDS)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (36, LOCKED),
        (51, LOCKED),
        (128, LOCKED),
        (1, "the Keychain refuses (1): look into it with Keychain Access"),
    ],
)
def test_a_refusal_is_a_sentence(code: int, said: str) -> None:
    with pytest.raises(SecretUnavailable) as refusal:
        Keychain(FakeSecurity(code=code)).get("restic")
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    "security", [FakeSecurity(code=1), FakeSecurity(err=b"security: SecKeychainItem...\n")]
)
def test_a_secret_that_was_not_taken_is_no_success(security: FakeSecurity) -> None:
    with pytest.raises(SecretUnavailable, match="did not take it"):
        Keychain(security).set("restic", "hunter2")


def test_without_the_program_there_is_no_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybell.desktop.secrets.keychain.PROGRAM", "/nowhere/security")
    with pytest.raises(SecretUnavailable, match=r"there is no keyring here .* the session you are logged in"):
        run(["find-generic-password"], b"", 5)


def test_a_program_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybell.desktop.secrets.keychain.PROGRAM", "/bin/sleep")
    with pytest.raises(SecretUnavailable, match="does not answer") as refusal:
        run(["60"], b"hunter2", 0.1)
    assert refusal.value.__cause__ is refusal.value.__context__ is None


def test_what_the_program_says_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybell.desktop.secrets.keychain.PROGRAM", "/bin/sh")
    said = run(["-c", "cat; echo err >&2; exit 3"], b"fed", 10)
    assert (said.code, said.out, said.err) == (3, b"fed", b"err\n")
