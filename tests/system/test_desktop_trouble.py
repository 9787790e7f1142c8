"""The whole app, while its desktop hangs, dies, comes late, or asks for very much."""

import shlex
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from app_home import Home
from daybell.api.client import Client
from notice_server import NoticeServer
from tray_host import TrayHost, private_bus
from waiting import until

pytestmark = [pytest.mark.system, pytest.mark.desktop]

JOBS = 200
CHANGES = 3000
CLIENTS = 4


@pytest.fixture
def bus(home: Home) -> Iterator[str]:
    with private_bus() as address:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        yield address


def test_run_again_is_pressed_and_seen_to_run_and_fifty_failures_are_one_notice(home: Home, bus: str) -> None:
    home.shell("mail", f"test -e {home.path}/works || {{ echo disk full; exit 3; }}", name="Fetch mail")
    with TrayHost(bus, notices=False) as panel, NoticeServer(bus) as screen, home.running():
        panel.wait_item()
        api = Client(home.path / "run" / "api.sock")
        for _ in range(50):
            started = cast("dict[str, str]", api.post("/api/v1/jobs/mail/run"))
            api.get(f"/api/v1/runs/{started['run_id']}", {"wait": 10})
        (failure,) = screen.wait_shown()
        assert (failure.title, failure.body) == ("Fetch mail failed", "Exit code 3: disk full")
        assert [word for word in failure.actions[1::2] if word] == [
            "Run again",
            "Open log",
            "Snooze 1 h",
            "Pause until tomorrow",
        ]
        (home.path / "works").touch()
        screen.press("run_again")
        until(lambda: home.job("mail")["last_outcome"] == "succeeded")
        (recovery,) = screen.wait_shown()
        assert (recovery.title, "50 times" in recovery.body) == ("Fetch mail works again", True)
        assert screen.calls.count("Notify") == 2
        panel.wait(lambda menu: "failed" not in menu.find("Fetch mail").label)


def test_a_notice_s_buttons_silence_and_pause(home: Home, bus: str) -> None:
    problem = home.path / "problem"
    home.shell("mail", f"cat {problem}; exit 3")
    with NoticeServer(bus) as screen, home.running("--headless"):
        problem.write_text("disk full")
        home.daybell("run", "mail", "--wait")
        screen.wait_shown()
        screen.press("pause_until_tomorrow")
        until(lambda: home.job("mail")["state"] == "paused")
        assert home.job("mail")["paused_until"]
        problem.write_text("no network")
        home.daybell("run", "mail", "--wait")
        screen.wait_shown()
        screen.press("snooze")
        until(lambda: '"snoozed_until"' in (home.path / "state" / "journal.jsonl").read_text())
        problem.write_text("no power")
        home.daybell("run", "mail", "--wait")
    assert screen.calls.count("Notify") == 2, "the third problem came while it was snoozed"


def test_a_first_start_without_jobs_offers_samples_and_adds_them(home: Home, bus: str) -> None:
    with TrayHost(bus, notices=False) as panel, NoticeServer(bus) as screen, home.running():
        panel.wait_item()
        panel.wait(lambda menu: menu.has("Add sample jobs"))
        (greeting,) = screen.wait_shown()
        assert greeting.title == "Welcome to Daybell"
        screen.press("add_samples")
        until(lambda: len(home.json("list")) == 3)
        panel.wait(lambda menu: menu.has("Say hello", "Run now") and not menu.has("Add sample jobs"))
        panel.click("Broken sample", "Run now")
        until(lambda: "Broken sample failed" in [shown.title for shown in screen.screen.values()])


def test_a_bus_that_dies_and_comes_back_has_icon_menu_and_notices_again(home: Home, tmp_path: Path) -> None:
    place = tmp_path / "bus"
    home.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={place}"
    home.shell("mail", "echo disk full; exit 3", name="Fetch mail")
    with home.running():
        for exit_code in ("3", "4"):
            with (
                private_bus(place) as address,
                TrayHost(address, notices=False) as panel,
                NoticeServer(address) as screen,
            ):
                panel.wait_item(timeout=20)
                home.shell("mail", f"echo disk full; exit {exit_code}", name=f"Fetch mail {exit_code}")
                panel.wait(lambda menu, code=exit_code: menu.has(f"Fetch mail {code}"))  # type: ignore[misc]  # bound now
                panel.click(f"Fetch mail {exit_code}", "Run now")
                body = f"Exit code {exit_code}: disk full"
                until(lambda screen=screen, body=body: body in [each.body for each in screen.screen.values()])  # type: ignore[misc]  # bound now
            place.unlink(missing_ok=True)
        assert home.daybell("run", "mail", "--wait").returncode == 4, "without any bus it runs all the same"


def test_a_notification_service_that_hangs_costs_the_engine_nothing(home: Home, bus: str) -> None:
    home.shell("mail", "echo disk full; exit 3")
    beats = home.path / "beats"
    home.shell(
        "beat",
        f"date +%s.%N >> {shlex.quote(str(beats))}",
        triggers=[{"type": "cron", "expression": "* * * * * *"}],
    )
    with TrayHost(bus, notices=False) as panel, NoticeServer(bus, hangs=True) as screen, home.running():
        panel.wait_item()
        home.daybell("run", "mail", "--wait")
        screen.wait_called("GetCapabilities")
        until(beats.exists)
        count = len(beats.read_text().splitlines())
        until(lambda: len(beats.read_text().splitlines()) >= count + 7)
        assert panel.menu().has("mail", "Run now")
    moments = sorted(map(float, beats.read_text().splitlines()))
    assert max(after - before for before, after in pairwise(moments)) < 4, "an answer may take five"


def test_two_hundred_jobs_and_three_thousand_changes(home: Home, bus: str) -> None:
    for number in range(JOBS):
        home.command(
            f"job-{number}",
            "true",
            tags=[f"tag-{number % 9}"],
            triggers=[{"type": "cron", "expression": "30 2 * * *"}],
        )
    with TrayHost(bus, notices=False) as panel, home.running() as app:
        panel.wait_item()
        panel.click("tag-4 (22)", "job-4", "Run now")
        until(lambda: home.job("job-4")["last_outcome"] == "succeeded")
        api = Client(home.path / "run" / "api.sock")
        change(api, CHANGES // 3)
        memory, handles = resident(app.pid), open_files(app.pid)
        signals, begin = len(panel.signals), time.monotonic()
        change(api, CHANGES)
        seconds = time.monotonic() - begin
        panel.wait(lambda menu: "paused" in menu.find("tag-0 (23)", "job-0").label)
        redraws = [name for name in panel.signal_names()[signals:] if name == "ItemsPropertiesUpdated"]
        assert 0 < len(redraws) <= seconds + 3
        assert resident(app.pid) - memory < 1_000
        assert open_files(app.pid) <= handles + CLIENTS


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def resident(pid: int) -> int:
    """In kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def change(api: Client, times: int) -> None:
    """Jobs are paused and resumed, by several at once; in the end they are paused."""

    def toggle(job_id: str) -> None:
        for number in range(times // CLIENTS):
            api.post(f"/api/v1/jobs/{job_id}/{'resume' if number % 2 == 0 else 'pause'}")

    threads = [threading.Thread(target=toggle, args=[f"job-{number}"]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
