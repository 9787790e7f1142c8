"""A click waits for its answer on a thread of its own, and a refusal is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from builders import a_job
from daybell.core.views import Action
from daybell.desktop.tray.tags import tags_of
from daybell.engine.service import SchedulerService
from desktop.running import RunningTray, a_view
from desktop.tray_world import FakeService, World
from tray_host import TrayHost, wait_until


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as world:
        yield world


def test_clicks_are_carried_out_in_their_order(world: World) -> None:
    world.clicks.act(Action("pause", "backup"))
    world.clicks.act(Action("run", "backup"))
    world.clicks.act(Action("quit"))
    wait_until(
        lambda: world.service.asked == [("pause", "backup"), ("run", "backup"), ("quit",)], "all verbs"
    )


def test_a_job_that_is_gone_is_said_in_a_notice(world: World) -> None:
    world.clicks.act(Action("run", "gone"))
    wait_until(lambda: bool(world.notices.heard), "the notice")
    assert world.notices.heard == [("Daybell cannot do that", "there is no job 'gone'")]


def test_a_click_that_fails_is_logged_and_the_next_one_works(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(FakeService, "pause_all")
    world.clicks.act(Action("pause_all"))
    world.clicks.act(Action("run", "backup"))
    wait_until(lambda: world.service.asked == [("run", "backup")], "the next click")
    assert "a click failed" in caplog.text


@pytest.mark.desktop
def test_a_click_that_takes_its_time_leaves_the_menu_alive(bus: str, host: TrayHost, world: World) -> None:
    world.service.gate.clear()
    with RunningTray(bus, world.clicks.act).running() as running:
        running.tray.show(a_view())
        host.wait_item()
        host.wait(lambda menu: menu.has("Quit"))
        host.click("Back up photos", "Run now")
        running.tray.show(a_view(tooltip="meanwhile"))
        wait_until(lambda: host.tooltip()[0] == "meanwhile", "the tooltip")
        assert host.menu().has("Back up photos", "Run now")
        host.click("Back up photos", "Enabled")
        assert world.service.asked == []
        world.service.gate.set()
        wait_until(lambda: world.service.asked == [("run", "backup"), ("pause", "backup")], "both clicks")


def test_tags_are_those_of_the_definitions(tmp_path: Path) -> None:
    service = FakeService(tmp_path)
    service.jobs = {"a": a_job(id="a", tags=("web",)), "b": a_job(id="b")}
    assert tags_of(cast("SchedulerService", service)) == {"a": ("web",)}
