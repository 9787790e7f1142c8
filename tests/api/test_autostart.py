"""Starting at login, as it is asked and switched through the API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.asking import Asking
from api.fake_service import FakeService
from daybell.api.about import NOWHERE, Around
from daybell.api.autostart import ADDRESS
from daybell.api.server import ApiServer
from daybell.core.autostart import AtLogin, How
from daybell.model.errors import Conflict
from daybell.store.artifacts import ArtifactFiles

OFF = {"enabled": False, "how": None, "blocked_by": None}


class FakeSwitch:
    """On or off, or refused by somebody."""

    def __init__(self, blocked_by: str | None = None) -> None:
        self.seen = AtLogin(False, "desktop" if blocked_by else None, blocked_by)

    def now(self) -> AtLogin:
        return self.seen

    def switch(self, *, on: bool, how: How | None = None) -> AtLogin:
        if on and self.seen.blocked_by:
            raise Conflict(f"{self.seen.blocked_by} has switched it off")
        self.seen = AtLogin(on, (how or "desktop") if on else None)
        return self.seen


@contextmanager
def served(directory: Path, around: Around) -> Iterator[Asking]:
    server = ApiServer(
        FakeService(directory), directory / "api.sock", ArtifactFiles(directory), around=around
    )
    server.start()
    try:
        yield Asking(directory / "api.sock")
    finally:
        assert server.stop()


def put(ask: Asking, body: object) -> tuple[int, Any]:
    return ask("PUT", ADDRESS, json.dumps(body).encode(), content_type="application/json")


def test_it_is_switched_on_and_off(tmp_path: Path) -> None:
    with served(tmp_path, Around(at_login=FakeSwitch())) as ask:
        assert ask("GET", ADDRESS) == (200, OFF)
        assert put(ask, {"enabled": True}) == (200, {**OFF, "enabled": True, "how": "desktop"})
        assert put(ask, {"enabled": True, "how": "systemd"})[1]["how"] == "systemd"
        assert ask("GET", ADDRESS)[1]["enabled"] is True
        assert put(ask, {"enabled": False}) == (200, OFF)


def test_who_has_switched_it_off_is_told(tmp_path: Path) -> None:
    with served(tmp_path, Around(at_login=FakeSwitch("Hidden=true in /f"))) as ask:
        status, body = put(ask, {"enabled": True})
        assert ask("GET", ADDRESS)[1] == {
            "enabled": False,
            "how": "desktop",
            "blocked_by": "Hidden=true in /f",
        }
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert "Hidden=true in /f" in body["error"]["message"]


@pytest.mark.parametrize("body", [{}, {"enabled": "yes"}, {"enabled": True, "how": "cron"}, {"on": True}, []])
def test_what_is_no_switch_is_refused(tmp_path: Path, body: object) -> None:
    with served(tmp_path, Around(at_login=FakeSwitch())) as ask:
        status, said = put(ask, body)
        assert ask("GET", ADDRESS) == (200, OFF)
    assert (status, said["error"]["code"]) == (422, "invalid_request")
    assert said["error"]["message"].startswith('expected {"enabled": true}')


def test_where_nothing_could_start_nothing_is_switched(tmp_path: Path) -> None:
    with served(tmp_path, NOWHERE) as ask:
        assert ask("GET", ADDRESS) == (200, OFF)
        assert put(ask, {"enabled": True})[0] == 409
