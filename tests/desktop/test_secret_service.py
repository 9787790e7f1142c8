"""A person's keyring on Linux, over a real bus."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daybell.core.secret_words import LOCKED, SILENT
from daybell.desktop.secrets.secret_service import SecretService
from daybell.model.errors import SecretUnavailable
from fake_keyring import FakeKeyring, Person
from tray_host import private_bus

pytestmark = pytest.mark.desktop

BRIEF = 0.3
"""Seconds for a keyring that never answers."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with private_bus() as address:
        yield address


@pytest.fixture
def fake(address: str) -> Iterator[FakeKeyring]:
    with FakeKeyring(address, restic="hunter2", cloud="correct horse") as fake:
        fake.items["/other"] = fake.items["/other2"] = type(next(iter(fake.items.values())))(
            {"application": "browser", "name": "restic"}, b"somebody else's"
        )
        yield fake


def opened(address: str, **options: object) -> SecretService:
    return SecretService({"DBUS_SESSION_BUS_ADDRESS": address}, **options)  # type: ignore[arg-type]  # what the test wants


Use = Callable[[SecretService], object]
USES: dict[str, Use] = {
    "get": lambda keyring: keyring.get("restic"),
    "set": lambda keyring: keyring.set("new", "battery staple"),
    "set-again": lambda keyring: keyring.set("restic", "battery staple"),
    "remove": lambda keyring: keyring.remove("restic"),
    "names": lambda keyring: keyring.names(),
}


def test_what_was_set_is_there_until_it_is_removed(address: str, fake: FakeKeyring) -> None:
    with closing(opened(address)) as keyring:
        keyring.set("new", "Zoë's \n secret")
        assert (keyring.has("new"), keyring.get("new")) == (True, "Zoë's \n secret")
        assert keyring.remove("new")
        assert (keyring.has("new"), keyring.get("new")) == (False, None)
        assert not keyring.remove("new")


def test_a_secret_that_is_set_again_takes_the_place_of_the_first(address: str, fake: FakeKeyring) -> None:
    with closing(opened(address)) as keyring:
        keyring.set("restic", "battery staple")
    assert fake.secrets() == {"restic": "battery staple", "cloud": "correct horse"}


def test_what_other_programs_keep_is_neither_seen_nor_touched(address: str, fake: FakeKeyring) -> None:
    with closing(opened(address)) as keyring:
        assert keyring.names() == ["cloud", "restic"]
        assert keyring.get("restic") == "hunter2"
        keyring.remove("restic")
        assert keyring.get("restic") is None
    assert fake.items["/other"].value == b"somebody else's"


def test_a_name_that_nobody_can_type_is_not_listed(address: str, fake: FakeKeyring) -> None:
    fake.put("two words", "hunter2")
    with closing(opened(address)) as keyring:
        assert keyring.names() == ["cloud", "restic"]


def test_a_secret_that_is_no_text_is_refused_for_good(address: str, fake: FakeKeyring) -> None:
    fake.put("picture", b"\xff\xfe\x00")
    with closing(opened(address)) as keyring, pytest.raises(SecretUnavailable, match="is no text") as refusal:
        keyring.get("picture")
    assert refusal.value.is_permanent
    assert refusal.value.__cause__ is refusal.value.__context__ is None


@pytest.mark.parametrize("use", USES)
def test_a_locked_keyring_asks_nobody_where_nobody_is(address: str, fake: FakeKeyring, use: str) -> None:
    fake.is_locked = True
    with closing(opened(address)) as keyring, pytest.raises(SecretUnavailable) as refusal:
        USES[use](keyring)
    assert (str(refusal.value), refusal.value.is_permanent) == (LOCKED, False)
    assert "Prompt" not in fake.called
    assert "Dismiss" in fake.called


@pytest.mark.parametrize("may_prompt", [False, True])
def test_whether_a_secret_is_there_is_known_of_a_locked_keyring(
    address: str,
    fake: FakeKeyring,
    *,
    may_prompt: bool,
) -> None:
    fake.is_locked = True
    with closing(opened(address, may_prompt=may_prompt)) as keyring:
        assert (keyring.has("restic"), keyring.has("other")) == (True, False)
    assert fake.is_locked


@pytest.mark.parametrize("use", USES)
def test_a_locked_keyring_asks_the_person_who_sets_a_secret(
    address: str, fake: FakeKeyring, use: str
) -> None:
    fake.is_locked, fake.person = True, "polite"
    with closing(opened(address, may_prompt=True)) as keyring:
        USES[use](keyring)
    assert fake.called.count("Prompt") == 1


def test_a_locked_keyring_that_opens_without_a_password_is_opened(address: str, fake: FakeKeyring) -> None:
    fake.is_locked = fake.unlocks_by_itself = True
    with closing(opened(address)) as keyring:
        assert keyring.get("restic") == "hunter2"


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("rude", "the keyring stays locked: nobody typed its password, or no window could ask for it"),
        (
            "away",
            "the keyring asked for its password in a window, and had no answer: unlock it, and try again",
        ),
    ],
)
def test_a_person_who_does_not_unlock_it_is_told(
    address: str, fake: FakeKeyring, person: Person, said: str
) -> None:
    fake.is_locked, fake.person = True, person
    asked = opened(address, may_prompt=True, prompt_seconds=BRIEF if person == "away" else 10)
    with closing(asked) as keyring, pytest.raises(SecretUnavailable) as refusal:
        keyring.set("new", "battery staple")
    assert str(refusal.value) == said
    assert "new" not in fake.secrets()


def test_the_first_collection_is_made_where_there_is_none(address: str, fake: FakeKeyring) -> None:
    fake.has_default, fake.person = False, "polite"
    with closing(opened(address, may_prompt=True)) as keyring:
        keyring.set("new", "battery staple")
    assert fake.secrets()["new"] == "battery staple"


@pytest.mark.parametrize("use", USES)
def test_a_keyring_that_hangs_is_given_up(address: str, fake: FakeKeyring, use: str) -> None:
    with closing(opened(address, seconds=BRIEF)) as keyring:
        fake.is_hanging = True
        with pytest.raises(SecretUnavailable) as refusal:
            USES[use](keyring)
        assert str(refusal.value) == SILENT
        with pytest.raises(SecretUnavailable, match="does not answer"):  # its time is over, for all questions
            keyring.has("restic")


def test_a_keyring_that_hangs_from_the_beginning_is_given_up(address: str, fake: FakeKeyring) -> None:
    fake.is_hanging = True
    with pytest.raises(SecretUnavailable) as refusal:
        opened(address, seconds=BRIEF)
    assert str(refusal.value) == SILENT


@pytest.mark.parametrize("member", ["SearchItems", "GetSecret"])
def test_a_keyring_that_vanishes_is_not_waited_for(address: str, fake: FakeKeyring, member: str) -> None:
    fake.vanishes_at = member
    with closing(opened(address, seconds=60)) as keyring, pytest.raises(SecretUnavailable) as refusal:
        keyring.get("restic")
    assert str(refusal.value) == SILENT


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("org.freedesktop.Secret.Error.IsLocked", "the keyring is locked: "),
        ("org.freedesktop.DBus.Error.NoReply", "the keyring does not answer: "),
        ("org.freedesktop.DBus.Error.AccessDenied", "the keyring refuses (org.freedesktop.DBus.Error.Access"),
    ],
)
def test_an_error_of_the_keyring_is_a_sentence(
    address: str, fake: FakeKeyring, error: str, said: str
) -> None:
    with closing(opened(address)) as keyring:
        fake.error = error
        with pytest.raises(SecretUnavailable) as refusal:
            keyring.get("restic")
    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize("nonsense", [("", ()), ("s", ("hello",)), ("aoas", ([], []))])
@pytest.mark.parametrize("use", USES)
def test_answers_that_no_keyring_gives_are_refused(
    address: str, fake: FakeKeyring, use: str, nonsense: tuple[str, tuple[object, ...]]
) -> None:
    with closing(opened(address)) as keyring:
        fake.nonsense = nonsense
        with pytest.raises(SecretUnavailable, match="answers that no keyring gives"):
            USES[use](keyring)


@pytest.mark.parametrize("environ", [{}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}])
def test_without_a_bus_there_is_no_keyring(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailable, match=r"there is no keyring here .*: install one, such as"):
        SecretService({"XDG_RUNTIME_DIR": str(tmp_path), **environ})


def test_a_bus_without_a_keyring_has_none() -> None:
    with private_bus() as alone, pytest.raises(SecretUnavailable, match="there is no keyring here"):
        opened(alone)
