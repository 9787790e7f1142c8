"""Small decisions of the desktop: the bus, the length of texts, pystray's back end."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.desktop.session import session_bus_address
from daybell.desktop.tray.door import CHOICE, chosen_backend
from daybell.desktop.utf16 import fit_utf16, utf16_length


@pytest.mark.parametrize(
    ("environ", "exists", "address"),
    [
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/a"}, False, "unix:path=/a"),
        ({"DBUS_SESSION_BUS_ADDRESS": "autolaunch:"}, False, None),
        ({}, True, "unix:path=/run/user/1000/bus"),
        ({"XDG_RUNTIME_DIR": "/r"}, True, "unix:path=/r/bus"),
        ({"XDG_RUNTIME_DIR": ""}, True, "unix:path=/run/user/1000/bus"),
        ({}, False, None),
    ],
)
def test_the_bus_is_found_and_never_started(
    *, environ: dict[str, str], exists: bool, address: str | None
) -> None:
    def is_there(_: Path) -> bool:
        return exists

    assert session_bus_address(environ, 1000, is_there) == address


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_text_fits_and_no_character_is_cut_in_half(text: str, units: int) -> None:
    fitted = fit_utf16(text, units)
    assert utf16_length(fitted) <= units
    assert fitted == text or text.startswith(fitted[:-1])
    assert fitted.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") == fitted


@pytest.mark.parametrize("before", [None, "gtk"])
def test_jobs_do_not_inherit_our_choice_of_a_back_end(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv(CHOICE, raising=False)
    if before:
        monkeypatch.setenv(CHOICE, before)
    with chosen_backend():
        pass
    assert os.environ.get(CHOICE) == before
