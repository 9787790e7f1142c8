"""What the Credential Manager of Windows is asked and what its errors mean, without Windows."""

import pytest

from daybell.desktop.secrets.credentials import LARGEST, Credentials
from daybell.model.errors import SecretUnavailable


class Refusal(OSError):
    def __init__(self, winerror: int) -> None:
        super().__init__("refused")
        self.winerror = winerror


class FakeVault:
    def __init__(self, error: int = 0) -> None:
        self.kept: dict[str, bytes] = {"git:https://example.org": b"somebody else's"}
        self.error = error

    def read(self, target: str) -> bytes | None:
        self._refuse()
        return self.kept.get(target)

    def write(self, target: str, content: bytes) -> None:
        self._refuse()
        self.kept[target] = content

    def delete(self, target: str) -> bool:
        self._refuse()
        return self.kept.pop(target, None) is not None

    def targets(self, prefix: str) -> list[str]:
        self._refuse()
        return [target for target in self.kept if target.startswith(prefix)]

    def _refuse(self) -> None:
        if self.error:
            raise Refusal(self.error)


def test_what_was_set_is_there_until_it_is_removed() -> None:
    vault = FakeVault()
    keyring = Credentials(vault)
    keyring.set("restic", "Zoë's")
    keyring.set("cloud", "hunter2")
    assert vault.kept["Daybell:restic"] == "Zoë's".encode()
    assert (keyring.has("restic"), keyring.get("restic")) == (True, "Zoë's")
    assert keyring.names() == ["cloud", "restic"]
    assert (keyring.remove("restic"), keyring.remove("restic")) == (True, False)
    assert (keyring.has("restic"), keyring.get("restic")) == (False, None)
    assert keyring.names() == ["cloud"]
    keyring.close()


def test_what_is_no_text_is_refused_for_good() -> None:
    vault = FakeVault()
    vault.kept["Daybell:x"] = b"\xff\xfe"
    with pytest.raises(SecretUnavailable, match="is no text") as refusal:
        Credentials(vault).get("x")
    assert refusal.value.is_permanent


def test_more_than_windows_keeps_is_refused() -> None:
    Credentials(FakeVault()).set("x", "y" * LARGEST)
    with pytest.raises(SecretUnavailable, match="is longer than 2560 bytes"):
        Credentials(FakeVault()).set("x", "ä" * (LARGEST // 2 + 1))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (1312, "there is no keyring here (this login has no credentials of its own)"),
        (5, "the Credential Manager refuses (error 5)"),
    ],
)
def test_a_refusal_is_a_sentence(error: int, said: str) -> None:
    keyring = Credentials(FakeVault(error))
    for use in (keyring.names, lambda: keyring.get("x"), lambda: keyring.remove("x")):
        with pytest.raises(SecretUnavailable) as refusal:
            use()
        assert str(refusal.value).startswith(said)
    with pytest.raises(SecretUnavailable) as refusal:
        keyring.set("x", "hunter2")
    assert refusal.value.__cause__ is None
