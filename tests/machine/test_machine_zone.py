import logging

import pytest

from daybell.machine.zones import machine_zone


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
