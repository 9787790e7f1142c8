"""The real app dies and comes back: what a person is told of the time between, and what they make of it."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app_home import Home
from notice_server import NoticeServer
from tray_host import Node, TrayHost, private_bus
from virtual_wall import VirtualWall, compiled, why_not
from waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.desktop,
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]

GAP = timedelta(hours=3)
AWAY = "While you were away"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("clock"))


class Desk:
    """An app that is killed, the machine it ran on, and what stands on its screen."""

    def __init__(self, path: Path, library: Path, bus: str) -> None:
        self.wall = VirtualWall(library, path / "wall")
        self.home = Home(path / "home", **self.wall.environ, DBUS_SESSION_BUS_ADDRESS=bus)
        minute = (self.wall.now() + GAP / 6).minute
        self.hourly = [{"type": "cron", "expression": f"{minute} * * * *"}]
        self.panel = TrayHost(bus, notices=False)
        self.screen = NoticeServer(bus)

    def crash(self) -> None:
        """Nothing of it lives on, and three hours pass."""
        pid = self.home.path / "pid"
        self.home.shell("backup", f"echo $$ > {pid}; exec sleep 300", name="Back up photos")
        app = self.home.start()
        assert self.home.daybell("run", "backup").returncode == 0
        until(lambda: pid.exists() and bool(pid.read_text()))
        app.send_signal(signal.SIGKILL)
        app.wait(10)
        os.kill(int(pid.read_text()), signal.SIGKILL)
        self.wall.sleep(GAP)

    def card(self) -> Any:
        return self.home.json("away")["away"]

    def states(self) -> dict[str, str]:
        """How each run stands, by the name of its job."""
        return {one["job_id"]: one["state"] for one in self.card()["runs"]}

    def menu(self) -> Node:
        """What stands in the panel, once it tells of a time away."""
        self.panel.wait_item()
        return self.panel.wait(lambda menu: any(each.label.startswith(AWAY) for each in menu.children))

    def wait_nothing_left(self) -> None:
        """Neither in the menu nor on the command line."""
        self.panel.wait(lambda menu: not any(each.label.startswith(AWAY) for each in menu.children))
        assert self.card() is None

    def close(self) -> None:
        self.screen.close()
        self.panel.close()


@pytest.fixture
def desk(library: Path) -> Iterator[Desk]:
    path = Path(tempfile.mkdtemp(prefix="daybell-away-"))  # short, as the path of a socket must be
    with private_bus() as bus:
        desk = Desk(path, library, bus)
        yield desk
        desk.close()
    shutil.rmtree(path)


def test_a_crash_is_one_notice_and_one_card_and_each_of_its_runs_can_be_dealt_with(desk: Desk) -> None:
    home = desk.home
    home.command("mail", "sleep", "300", name="Fetch mail", triggers=desk.hourly, catch_up={"window": "5m"})
    home.command("first", "sleep", "300", name="First", triggers=desk.hourly, priority=5)
    home.command("second", "true", name="Second", triggers=desk.hourly)
    desk.crash()
    with home.running():
        (notice,) = desk.screen.wait_shown()
        assert notice.title == "Daybell ended unexpectedly"
        assert "Back up photos: was running, and was cut off" in notice.body
        assert notice.actions[0::2] == ["default", "run_away", "skip_away"]
        until(lambda: desk.states()["first"] == "running")
        assert desk.states() == {
            "backup": "interrupted",
            "first": "running",
            "second": "waiting",
            "mail": "missed",
        }
        desk.menu()
        menu = desk.panel.wait(lambda menu: any("now waiting" in line for line in menu.lines()))
        lines = list(menu.find(f"{AWAY} (4)").lines())
        assert lines[0].startswith("Daybell ended unexpectedly at about ")
        assert "Back up photos — was running, and was cut off" in lines
        assert any("Second — due" in line and "runs late; now waiting" in line for line in lines)

        said = home.daybell("away", "--run", "backup")
        assert (said.returncode, said.stderr) == (0, "asked for 1 run\n")
        desk.panel.click(f"{AWAY} (4)", "Fetch mail", "Run now")
        until(lambda: {desk.states()[job] for job in ("mail", "backup")} == {"running"})
        row = next(one for one in desk.card()["runs"] if one["job_id"] == "mail")
        assert (row["fate"], row["count"]) == ("missed", 3)
        assert home.history("mail")[0]["retry_of"] == row["run_id"]
        wrong = home.daybell("away", "--skip", "secnod")
        assert (wrong.returncode, wrong.stderr) == (
            4,
            "daybell: there is no job 'secnod'; did you mean 'second'?\n",
        )

        desk.screen.press("skip_away")
        desk.wait_nothing_left()
        until(lambda: [run["outcome"] for run in home.ended("second")][:1] == ["cancelled"])
    with home.running():
        desk.panel.wait_item()
        assert desk.card() is None
        assert desk.screen.history == ["Daybell ended unexpectedly"]


@pytest.mark.parametrize("way", ["menu", "command line"])
def test_a_crash_in_which_nothing_was_due_is_told_until_it_is_dismissed(desk: Desk, way: str) -> None:
    desk.crash()
    with desk.home.running():
        desk.screen.wait_shown()
        assert "Something happened while you were away" in desk.home.daybell("status").stdout
        desk.menu()
        if way == "menu":
            desk.panel.click(f"{AWAY} (1)", "Dismiss")
        else:
            assert desk.home.daybell("away", "--dismiss").returncode == 0
        desk.wait_nothing_left()
    assert desk.card() is None, "also by its files"


def test_what_a_crash_cut_off_runs_again_at_the_notice_s_button(desk: Desk) -> None:
    desk.crash()
    with desk.home.running():
        desk.screen.wait_shown()
        desk.menu()
        desk.screen.press("run_away")
        until(lambda: desk.home.job("backup")["is_running"])
        desk.wait_nothing_left()


def test_a_card_stays_over_a_restart_and_is_read_from_the_files_between(desk: Desk) -> None:
    desk.crash()
    with desk.home.running():
        before = desk.card()
        desk.screen.wait_shown()
    assert desk.card()["runs"] == before["runs"]
    still = desk.home.daybell("status")
    assert (still.returncode, "while you were away: see" in still.stdout) == (3, True)
    refused = desk.home.daybell("away", "--run")
    assert (refused.returncode, "daybell start" in refused.stderr) == (3, True)
    with desk.home.running():
        assert desk.card()["runs"] == before["runs"]
        desk.menu()
        desk.panel.click(f"{AWAY} (1)", "Run all now")
        until(lambda: desk.home.job("backup")["is_running"])
        desk.wait_nothing_left()
        assert desk.screen.history == ["Daybell ended unexpectedly"]
