import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from daybell.api.parts import CLOCKS, LITTLE, add_parts, room
from daybell.desktop.tray.null import NullTray
from daybell.engine.health import OK, Checks, Part


def checks(tmp_path: Path, tray: str = "", notices: str = "") -> Checks:
    found = Checks(lambda: OK)
    add_parts(found, NullTray(tray), NullTray(notices), tmp_path)
    return found


def test_a_desktop_that_is_not_there_is_off_and_keeps_nothing_from_running(tmp_path: Path) -> None:
    parts = checks(tmp_path, tray="no tray icon was asked for").look().parts
    assert parts["tray"] == Part("off", "no tray icon was asked for")
    assert parts["notices"] == OK


@pytest.mark.parametrize(
    ("alive", "message"),
    [
        (CLOCKS, ""),
        (("alarms",), "there is no thread deadlines"),
        ((), "there is no thread alarms and none deadlines"),
    ],
)
def test_without_its_clocks_nothing_is_due(tmp_path: Path, alive: tuple[str, ...], message: str) -> None:
    over = threading.Event()
    with ExitStack() as threads:
        for name in alive:
            thread = threading.Thread(target=over.wait, name=name)
            thread.start()
            threads.callback(thread.join)
        threads.callback(over.set)
        found = checks(tmp_path).look()
    assert found.parts["alarms"] == (Part("failed", message) if message else OK)
    assert found.ready == (not message)


def test_a_disk_with_little_left_is_worth_a_look(tmp_path: Path) -> None:
    assert room(tmp_path, lambda _: LITTLE) == OK
    part = room(tmp_path, lambda _: 5 << 20)
    assert part.state == "degraded"
    assert part.message.startswith("there are only 5")


def test_a_disk_that_is_gone_is_said(tmp_path: Path) -> None:
    assert checks(tmp_path / "gone").look().parts["disk"].state == "failed"
