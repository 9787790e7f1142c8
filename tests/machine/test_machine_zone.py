import logging
import sys
import time
from collections.abc import Iterator

import pytest

from daybell.machine.zones import machine_zone


@pytest.fixture(autouse=True)
def restored_zone() -> Iterator[None]:
    """The C library keeps a zone of its own."""
    yield
    if sys.platform != "win32":
        time.tzset()


def test_it_follows_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Australia/Lord_Howe", "Europe/Berlin"):
        monkeypatch.setenv("TZ", name)
        assert machine_zone().key == name


@pytest.mark.parametrize("broken", ["Nowhere/Atlantis", "PST8PDT7", "../etc/passwd"])
def test_a_broken_zone_is_utc_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    monkeypatch.setenv("TZ", broken)
    with caplog.at_level(logging.WARNING):
        assert machine_zone().key == "UTC"
    assert "time zone cannot be read" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="its C library cannot be told")
def test_the_c_library_follows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what is compared with it seems to be set wrong."""
    for name, offset in (("Asia/Tokyo", 9), ("Africa/Nairobi", 3)):
        monkeypatch.setenv("TZ", name)
        machine_zone()
        assert time.localtime().tm_gmtoff == offset * 3600
