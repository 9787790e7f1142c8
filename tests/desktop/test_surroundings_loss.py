"""A system bus that is not there, dies and comes back; and what the kernel tells meanwhile."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from daybell.desktop.bus.loop import BusLoop
from daybell.desktop.surroundings.choose import SOCKETS, system_bus_address
from daybell.desktop.surroundings.kernel import BEAT, Battery, has_battery
from daybell.desktop.surroundings.power import Power
from daybell.model.facts import Facts
from desktop.surrounded import Heard, heard
from machine_bus import AT_A_DESK, MOCKS_NEEDED, MachineBus, has_mocks
from tray_host import private_bus, wait_until

pytestmark = pytest.mark.desktop
with_mocks = pytest.mark.skipif(not has_mocks(), reason=MOCKS_NEEDED)

ROUTE = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a way to the internet, and a mouse with a battery."""
    root = tmp_path / "root"
    (root / "proc/net").mkdir(parents=True)
    (root / "proc/net/route").write_text(ROUTE)
    mouse = root / "sys/class/power_supply/hidpp_battery_0"
    mouse.mkdir(parents=True)
    (mouse / "type").write_text("Battery\n")
    (mouse / "scope").write_text("Device\n")
    return root


def environ(place: Path) -> dict[str, str]:
    return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={place}", "XDG_SESSION_ID": "c1"}


@with_mocks
def test_a_bus_that_dies_in_mid_sleep_comes_back_with_the_facts(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as bus, heard(environ(place)) as told:
        with MachineBus(bus.enter_context(private_bus(place))) as machine:
            told.until(lambda facts: facts == AT_A_DESK)
            machine.sleep()
            bus.close()
            told.until(lambda facts: facts == Facts())
            assert told.surroundings.sources()["power"] == "nobody: the system bus is gone"
        place.unlink(missing_ok=True)
        with private_bus(place) as again, MachineBus(again) as other:
            told.until(lambda facts: facts == AT_A_DESK)
            other.wake()
            wait_until(lambda: told.wakes == 1, "the wake")
            other.set_battery(on_battery=True, percent=5.0)
            told.until(lambda facts: facts.battery == 5)
    assert "the system bus is gone, and what it tells of the machine with it until it is back" in caplog.text


@with_mocks
def test_a_bus_that_comes_late_is_asked(place: Path) -> None:
    with heard(environ(place)) as told:
        assert told.now == Facts()
        assert told.surroundings.why.startswith(f"the system bus at unix:path={place} does not answer")
        with private_bus(place) as address, MachineBus(address):
            told.until(lambda facts: facts.battery == 80 and facts.is_idle is False and facts.is_online)
            assert told.surroundings.why == ""


def test_without_a_bus_the_kernel_tells_whether_there_is_a_way_out(place: Path, root: Path) -> None:
    with heard(environ(place), root) as told:
        told.until(lambda facts: facts == Facts(is_online=True))
        assert told.surroundings.sources()["network"] == "the kernel"
        assert told.surroundings.why == ""


@with_mocks
def test_without_networkmanager_the_kernel_tells_until_it_comes(place: Path, root: Path) -> None:
    (root / "proc/net/route").write_text("Iface\n")
    with private_bus(place) as address, MachineBus(address) as machine, heard(environ(place), root) as told:
        told.until(lambda facts: facts == AT_A_DESK)
        machine.stop("networkmanager")
        told.until(lambda facts: facts.is_online is False)
        assert told.surroundings.sources()["network"] == "the kernel"
        machine.start("networkmanager")
        told.until(lambda facts: facts.is_online)
        assert told.surroundings.sources()["network"] == "NetworkManager"


def test_twenty_buses_that_die_leave_nothing_behind(place: Path, root: Path) -> None:
    def open_files() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    with heard(environ(place), root) as told:
        before, files = threading.active_count(), open_files()
        for _ in range(20):
            with private_bus(place):
                wait_until(lambda: told.surroundings.sources()["power"].endswith("not there"), "the bus")
            place.unlink(missing_ok=True)
            wait_until(lambda: "system bus" in told.surroundings.sources()["power"], "its loss")
        wait_until(lambda: open_files() <= files, "no more files than before")
        assert threading.active_count() == before


def test_one_that_was_never_started_stops(place: Path) -> None:
    surroundings = Heard(environ(place)).surroundings
    surroundings.hold("Back up")
    surroundings.stop()
    surroundings.stop()


def test_a_battery_is_one_that_feeds_the_machine(root: Path) -> None:
    assert not has_battery(root / "sys")
    battery = root / "sys/class/power_supply/BAT0"
    battery.mkdir()
    assert not has_battery(root / "sys")
    (battery / "type").write_bytes(b"\xff")
    assert not has_battery(root / "sys")
    (battery / "type").write_text("Battery\n")
    assert has_battery(root / "sys")
    assert not has_battery(root / "nowhere")


class Timers(BusLoop):
    """A loop that is never run: it only keeps what is to be called."""

    def __init__(self) -> None:
        super().__init__(lambda: None, lambda: None)

    def waits(self) -> list[float]:
        return [self._seconds_until_next() or 0.0] if self._calls_due else []


@pytest.fixture
def timers() -> Iterator[Timers]:
    loop = Timers()
    yield loop
    loop._close()


@pytest.mark.parametrize(
    ("answer", "power"),
    [
        ((55.5, False), Power(False, 55)),
        ((0.0, True), Power(True, None)),
        ((0.0, False), Power(False, 0)),
        ((101.0, None), Power(None, None)),
        ((None, None), Power()),
    ],
)
def test_without_upower_the_battery_is_looked_at_now_and_then(
    root: Path, timers: Timers, answer: tuple[float | None, bool | None], power: Power
) -> None:
    (root / "sys/class/power_supply/hidpp_battery_0/scope").write_text("System\n")
    told: list[Power] = []
    battery = Battery(timers, lambda: told.append(battery.power), root, lambda: answer)
    battery.begin()
    battery.begin()
    assert told == [power]
    assert timers._calls_due[0][1] == battery._look
    assert len(timers._calls_due) == 1
    battery.end()
    assert (timers._calls_due, battery.power, battery.is_on) == ([], Power(), False)
    assert BEAT == 30


def test_without_a_battery_nobody_looks(root: Path, timers: Timers) -> None:
    battery = Battery(timers, lambda: None, root, lambda: pytest.fail("it was looked at"))
    battery.begin()
    assert (battery.is_on, timers._calls_due) == (False, [])


def test_the_bus_is_where_the_environment_or_the_system_says() -> None:
    assert system_bus_address({"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    assert system_bus_address({}, lambda path: path == SOCKETS[1]) == f"unix:path={SOCKETS[1]}"
    assert system_bus_address({}, lambda _: True) == f"unix:path={SOCKETS[0]}"
    assert system_bus_address({}, lambda _: False) == f"unix:path={SOCKETS[0]}"


def test_a_bus_that_hangs_holds_up_neither_start_nor_stop(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place))
        silent.listen()
        told = Heard(environ(place))
        started = time.monotonic()
        told.start()
        told.surroundings.stop()
        assert time.monotonic() - started < 4
        assert told.facts == [Facts()]


ALONE = ("unshare", "--user", "--map-root-user", "--net")
"""In a network of its own, in which it may do everything."""
FOLLOW = """
import subprocess, queue
from daybell.desktop.surroundings.choose import open_surroundings
told = queue.Queue()
one = open_surroundings(lambda: None, {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}, "linux")
print(one.start(told.put).is_online)
for change in ("link set lo up", "route add default dev lo", "route del default"):
    subprocess.run(["ip", *change.split()], check=True)
    if "route" in change:
        print(told.get(timeout=5).is_online)
one.stop()
"""


def test_the_kernel_tells_of_each_route_that_comes_and_goes() -> None:
    if (
        not shutil.which("ip")
        or not shutil.which("unshare")
        or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a network of its own: apt-get install iproute2 util-linux")
    done = subprocess.run(
        [*ALONE, sys.executable, "-c", FOLLOW], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["False", "True", "False"], "")
