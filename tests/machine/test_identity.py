"""The seed of jitter stays the same from one start to the next."""

from pathlib import Path

import pytest

from daybell.machine import identity


def test_J1_it_names_machine_and_user_and_stays_the_same() -> None:
    machine, _, user = identity.machine_and_user().partition("/")
    assert machine
    assert user
    assert identity.machine_and_user() == f"{machine}/{user}"


def test_it_reads_the_first_file_that_says_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty, named = tmp_path / "empty", tmp_path / "named"
    empty.write_text("\n")
    named.write_text("4c4c4544\n")
    monkeypatch.setattr(identity, "FILES", (tmp_path / "missing", empty, named))
    assert identity.machine_and_user().startswith("4c4c4544/")
    monkeypatch.setattr(identity, "FILES", (empty,))
    assert len(identity.machine_and_user().partition("/")[0]) == 12
