"""What a command is given of the secrets that its job refers to, and what the child that does it says."""

import json
import os
import threading
from io import BytesIO
from pathlib import Path

import pytest

from daybell.desktop.secrets.child import Voice, listen
from daybell.desktop.secrets.given import given
from daybell.machine.secret_wire import Look, Mask, Orders, Word, encode, word_of
from daybell.model.errors import SecretUnavailable
from secret_stores import MemoryKeyring
from waiting import until

SHORT = 'the secret "cloud" is shorter than 4 bytes and cannot be told from other output: take a longer one'
NUL = 'the secret "cloud" has the character \\u0000 in it, which no program can be given: set it anew'


class Locked(MemoryKeyring):
    def get(self, name: str) -> str | None:
        raise SecretUnavailable("the keyring is locked: unlock it")


def locked() -> MemoryKeyring:
    raise SecretUnavailable("there is no keyring here")


def test_each_variable_gets_its_secret() -> None:
    keyring = MemoryKeyring(restic="hunter2", cloud="correct horse")
    asked = {"PASSWORD": "restic", "TOKEN": "cloud"}
    assert given(asked, keyring) == {"PASSWORD": "hunter2", "TOKEN": "correct horse"}
    assert keyring.asked == ["restic", "cloud"]


@pytest.mark.parametrize(
    ("keyring", "why", "is_permanent"),
    [
        (MemoryKeyring(), 'there is no secret "cloud": set it with `daybell secret set cloud`', True),
        (MemoryKeyring(cloud=""), SHORT, True),
        (MemoryKeyring(cloud="xyz"), SHORT, True),
        (MemoryKeyring(cloud="hunter\0two"), NUL, True),
        (Locked(), "the keyring is locked: unlock it", False),
    ],
)
def test_a_secret_that_cannot_be_given_is_refused_with_its_variable_and_a_remedy(
    keyring: MemoryKeyring, why: str, *, is_permanent: bool
) -> None:
    with pytest.raises(SecretUnavailable) as refusal:
        given({"TOKEN": "cloud"}, keyring)
    assert str(refusal.value) == f"handler.env.TOKEN: {why}"
    assert refusal.value.is_permanent == is_permanent


def test_no_secret_is_told_by_its_refusal() -> None:
    for secret in ("xyz", "hunter\0two", "hunter\ud800two"):
        with pytest.raises(SecretUnavailable) as refusal:
            given({"TOKEN": "cloud"}, MemoryKeyring(cloud=secret))
        chain = [refusal.value, refusal.value.__cause__, refusal.value.__context__]
        assert all(repr(secret)[1:-1] not in repr(error) and secret not in str(error) for error in chain)


def said(*lines: object, keyring: MemoryKeyring | None = None) -> list[Word]:
    """What it says to these lines."""
    asked = b"".join(encode(line) + b"\n" for line in lines)  # type: ignore[arg-type]  # structs
    out = BytesIO()
    listen(BytesIO(asked), Voice(out), lambda: keyring or locked())
    return [word_of(line) for line in out.getvalue().splitlines()]


def test_it_says_which_secrets_are_not_there_and_looks_at_none() -> None:
    keyring = MemoryKeyring(restic="hunter2")
    assert said(Look(("cloud", "restic")), keyring=keyring) == [Word(names=("cloud",))]
    assert keyring.asked == []


def test_without_a_keyring_it_says_so() -> None:
    refusal = Word(refusal="there is no keyring here")
    assert said(Look(("cloud",))) == said(Orders("r1", {"A": "cloud"}, 0, 0, ())) == [refusal]


def test_it_masks_what_it_is_asked_to_and_what_comes_through_the_pipe(tmp_path: Path) -> None:
    log = tmp_path / "log"
    source, inlet = os.pipe()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    orders = Orders("r1", {"A": "restic"}, source, file, ())
    assert said(orders, Mask("it is hunter2"), keyring=MemoryKeyring(restic="hunter2"))[:2] == [
        Word(),
        Word(text="it is ***"),
    ]
    os.write(inlet, b"hun")
    os.write(inlet, b"ter2\n")
    os.close(inlet)
    until(lambda: log.read_text() == "***\n")
    until(lambda: not any(thread.name == "pump r1" for thread in threading.enumerate()))


def test_no_word_of_it_has_a_secret() -> None:
    words = [Word(), *said(Look(("cloud",)), keyring=MemoryKeyring(cloud="hunter2"))]
    assert "hunter2" not in json.dumps([str(word) for word in words])
