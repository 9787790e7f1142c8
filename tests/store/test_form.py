"""What a home's files say to a Daybell that may be older than the one before."""

from pathlib import Path

import pytest

from daybell.model.errors import DaybellError
from daybell.store.form import FORM, take_form


def test_it_says_who_was_here(tmp_path: Path) -> None:
    take_form(tmp_path / "form.json", "0.1.0")
    assert (tmp_path / "form.json").read_text() == f'{{"form":{FORM},"version":"0.1.0"}}\n'


def test_a_newer_and_an_older_one_of_the_same_form_may_go_on(tmp_path: Path) -> None:
    for version in ("0.1.0", "0.2.0", "0.1.0"):
        take_form(tmp_path / "form.json", version)
        assert f'"{version}"' in (tmp_path / "form.json").read_text()


def test_a_form_that_is_not_known_is_refused_with_both_versions_and_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    take_form(path, "2.0.0", form=FORM + 1)
    before = path.read_bytes()
    with pytest.raises(DaybellError) as refused:
        take_form(path, "1.9.3")
    said = str(refused.value)
    assert "Daybell 2.0.0 has written" in said
    assert f"this one, 1.9.3, does not know ({FORM} at most)" in said
    assert "install 2.0.0 or newer again" in said
    assert path.read_bytes() == before


def test_the_newer_one_takes_what_the_older_has_left(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    take_form(path, "1.9.3")
    take_form(path, "2.0.0", form=FORM + 1)
    assert path.read_text() == f'{{"form":{FORM + 1},"version":"2.0.0"}}\n'


def test_damage_keeps_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    path.write_text("{")
    take_form(path, "0.1.0")
    assert '"0.1.0"' in path.read_text()


def test_a_disk_that_refuses_it_keeps_nobody_out(tmp_path: Path) -> None:
    take_form(tmp_path / "missing" / "form.json", "0.1.0")
