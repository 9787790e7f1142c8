"""The surroundings of a Linux machine, as its services tell them on the system bus."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from daybell.desktop.surroundings.choose import open_surroundings
from daybell.desktop.surroundings.interface import Source
from daybell.desktop.surroundings.linux import GATHERING, PATIENCE, LinuxSurroundings
from daybell.model.facts import Facts
from desktop.surrounded import Heard, heard
from machine_bus import (
    ACTIVE,
    AT_A_DESK,
    DISPLAY_DEVICE,
    LOGIND,
    MOCKS_NEEDED,
    NAMES,
    NETWORK,
    UPOWER,
    MachineBus,
    Service,
    has_mocks,
)
from notice_server import is_quiet
from tray_host import TIMEOUT, private_bus, wait_until

pytestmark = [pytest.mark.desktop, pytest.mark.skipif(not has_mocks(), reason=MOCKS_NEEDED)]


@pytest.fixture
def machine() -> Iterator[MachineBus]:
    with private_bus() as address, MachineBus(address) as one:
        yield one


@pytest.fixture
def told(machine: MachineBus) -> Iterator[Heard]:
    """All is known, which on a busy machine takes longer than a start waits for it."""
    with heard(machine.environ) as one:
        one.until(lambda facts: facts == AT_A_DESK)
        yield one


def network(facts: Facts) -> tuple[str | None, bool | None, bool | None, bool | None]:
    return facts.wifi, facts.is_wired, facts.is_online, facts.is_metered


def test_all_is_known_at_the_start(machine: MachineBus) -> None:
    started = time.monotonic()
    with heard(machine.environ) as told:
        if time.monotonic() - started < PATIENCE:
            assert told.facts[0] == AT_A_DESK


def test_it_says_who_tells_of_what(told: Heard) -> None:
    assert told.surroundings.sources() == {
        "power": "UPower",
        "network": "NetworkManager",
        "idle": "logind",
        "sleep": "logind",
    }
    assert (told.surroundings.why, told.surroundings.why_not_held) == ("", "")


@pytest.mark.parametrize(
    ("on_battery", "percent", "power"),
    [
        (True, 55.0, (False, 55)),
        (True, 0.0, (False, 0)),
        (False, 0.0, (True, None)),
        (False, None, (True, None)),
        (True, 250.0, (False, None)),
    ],
)
def test_power_and_battery_are_followed(
    machine: MachineBus,
    told: Heard,
    *,
    on_battery: bool,
    percent: float | None,
    power: tuple[bool, int | None],
) -> None:
    machine.set_battery(on_battery, percent)
    told.until(lambda facts: (facts.on_mains, facts.battery) == power)


def test_the_network_is_followed(machine: MachineBus, told: Heard) -> None:
    machine.set_network(wifi="home", metered=True)
    told.until(lambda facts: network(facts) == ("home", False, True, True))
    machine.set_network(wifi="home", wired=True, metered=None)
    told.until(lambda facts: network(facts) == ("home", True, True, None))
    machine.set_network(wifi="cafe", online=False)
    told.until(lambda facts: network(facts) == ("cafe", False, False, False))
    machine.set_network()
    told.until(lambda facts: network(facts) == ("", False, False, False))


def test_beneath_a_vpn_lies_a_network(machine: MachineBus, told: Heard) -> None:
    machine.set_network(wifi="home", vpn=True)
    told.until(lambda facts: network(facts) == ("home", False, True, False))


@pytest.mark.parametrize(
    ("ssid", "name"), [(b"\xff\xfe", "��"), ("☕".encode(), "☕"), (b"", None), (b"a" * 32, "a" * 32)]
)
def test_a_wifi_name_may_be_any_bytes(
    machine: MachineBus, told: Heard, ssid: bytes, name: str | None
) -> None:
    machine.set_network(wifi=ssid)
    told.until(lambda facts: facts.is_wired is False and facts.wifi == name)


def test_a_change_of_networks_is_one_change_of_the_facts(machine: MachineBus, told: Heard) -> None:
    """What is not known for a moment is not told as unknown: a run may depend on it."""
    known, started = len(told.facts), time.monotonic()
    machine.set_network(wifi="home")
    told.until(lambda facts: facts.wifi == "home")
    machine.set_network(wifi="cafe")
    told.until(lambda facts: facts.wifi == "cafe")
    if time.monotonic() - started < GATHERING:  # a machine that is busier has longer moments
        assert {facts.wifi for facts in told.facts[known:]} == {"home", "cafe"}


def test_what_comes_right_before_it_does_not_tell_half_of_it(machine: MachineBus, told: Heard) -> None:
    """The battery is told as soon as all has been heard that has come, and the network has come by then."""
    known, gate = len(told.facts), threading.Event()
    cast("LinuxSurroundings", told.surroundings)._loop.post(lambda: gate.wait(TIMEOUT))
    machine.set_battery(on_battery=True, percent=50)
    machine.set_network(wifi="home")
    started = time.monotonic()
    gate.set()
    told.until(lambda facts: facts.wifi == "home")
    if time.monotonic() - started < GATHERING:
        assert None not in {facts.wifi for facts in told.facts[known:]}
    assert told.now.battery == 50


def test_a_portal_is_not_online(machine: MachineBus, told: Heard) -> None:
    machine.update("networkmanager", NETWORK, NAMES["networkmanager"], {"Connectivity": ("u", 2)})
    told.until(lambda facts: facts.is_online is False)
    machine.update("networkmanager", NETWORK, NAMES["networkmanager"], {"Connectivity": ("u", 4)})
    told.until(lambda facts: facts.is_online)


def test_a_connection_that_comes_up_counts_when_it_is_up(machine: MachineBus, told: Heard) -> None:
    machine.set_network(wifi="home", wired=True)
    told.until(lambda facts: facts.wifi == "home")
    active = f"{ACTIVE}/2"
    machine.update("networkmanager", active, "", {"State": ("u", 1)})
    told.until(lambda facts: facts.wifi == "")
    machine.update("networkmanager", active, "", {"State": ("u", 2)})
    told.until(lambda facts: facts.wifi == "home")


def test_idle_has_a_beginning(machine: MachineBus, told: Heard) -> None:
    since = datetime(2026, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    machine.idle(True, since)
    told.until(lambda facts: facts.is_idle)
    assert (told.now.idle_since, told.now.is_locked) == (since, False)
    machine.idle(False)
    told.until(lambda facts: facts.is_idle is False)
    assert told.now.idle_since is None


def test_locked_is_idle_since_it_was_locked(machine: MachineBus, told: Heard) -> None:
    machine.lock(True)
    told.until(lambda facts: facts.is_locked)
    assert told.now.is_idle
    locked = told.now.idle_since
    assert locked is not None
    assert abs(datetime.now(UTC) - locked) < timedelta(seconds=10)  # noqa: TID251 - the real clock is meant
    machine.idle(True, locked - timedelta(minutes=5))
    told.until(lambda facts: facts.idle_since == locked - timedelta(minutes=5))
    machine.idle(False)
    told.until(lambda facts: facts.idle_since == locked)
    machine.lock(False)
    told.until(lambda facts: facts.is_idle is False)
    machine.lock(True)
    told.until(lambda facts: facts.idle_since and facts.idle_since > locked)


def test_only_the_wake_is_told(machine: MachineBus, told: Heard) -> None:
    machine.sleep()
    machine.lock(True)
    told.until(lambda facts: facts.is_locked)
    assert told.wakes == 0
    machine.wake()
    wait_until(lambda: told.wakes == 1, "the wake")


def test_a_hundred_flaps_end_in_the_last_state(machine: MachineBus, told: Heard) -> None:
    for number in range(100):
        machine.set_battery(number % 2 == 0, 50.0)
    machine.set_battery(on_battery=True, percent=49.0)
    told.until(lambda facts: facts.battery == 49)
    assert told.now.on_mains is False
    assert all(one != other for one, other in zip(told.facts, told.facts[1:], strict=False))


@pytest.mark.parametrize(
    ("service", "unknown", "source"),
    [
        ("upower", ("on_mains", "battery"), "power"),
        ("logind", ("is_idle", "is_locked"), "sleep"),
        ("networkmanager", ("is_metered", "wifi", "is_wired"), "network"),
    ],
)
def test_a_service_that_dies_takes_its_facts_with_it_and_brings_them_back(
    machine: MachineBus, told: Heard, service: Service, unknown: tuple[str, ...], source: Source
) -> None:
    first = told.now
    machine.stop(service)
    told.until(lambda facts: all(getattr(facts, name) is None for name in unknown))
    others = {name for name in Facts.__struct_fields__ if name not in (*unknown, "is_online")}
    assert all(getattr(told.now, name) == getattr(first, name) for name in others)
    assert told.surroundings.sources()[source].endswith("is not there")
    machine.start(service)
    told.until(lambda facts: facts == first)


def wait_source(told: Heard, source: Source, words: str) -> None:
    wait_until(lambda: told.surroundings.sources().get(source, "").endswith(words), f"{source} {words}")


@pytest.mark.parametrize(
    ("absent", "source"), [("upower", "power"), ("logind", "sleep"), ("networkmanager", "network")]
)
def test_each_service_may_come_late(absent: Service, source: Source) -> None:
    others = [service for service in NAMES if service != absent]
    with private_bus() as address, MachineBus(address, others) as machine, heard(machine.environ) as told:
        wait_source(told, source, "is not there")
        machine.start(absent)
        told.until(lambda facts: facts == AT_A_DESK)


@pytest.mark.parametrize(
    ("hung", "source"), [("upower", "power"), ("logind", "idle"), ("networkmanager", "network")]
)
def test_a_service_that_hangs_holds_up_nobody(machine: MachineBus, hung: Service, source: Source) -> None:
    """It answers nobody until the end: whoever waited for it would wait for as long as a call may take."""
    machine.hang(hung)
    started = time.monotonic()
    told = Heard(machine.environ).start()
    assert time.monotonic() - started < 5
    told.until(lambda facts: facts != Facts())
    wait_source(told, source, "does not answer")
    if hung != "upower":
        machine.set_battery(on_battery=True, percent=33.0)
        told.until(lambda facts: facts.battery == 33)
    told.surroundings.stop()
    assert "surroundings" not in [thread.name for thread in threading.enumerate()]
    machine.go_on(hung)


def test_a_service_that_hung_is_heard_when_it_goes_on(machine: MachineBus) -> None:
    machine.hang("upower")
    with heard(machine.environ) as told:
        assert told.now.on_mains is None
        machine.go_on("upower")
        told.until(lambda facts: facts.on_mains and facts.battery == 80)


def test_sessions_come_and_go(machine: MachineBus, told: Heard) -> None:
    machine.log_out()
    told.until(lambda facts: facts.is_idle is None and facts.is_locked is None)
    assert told.surroundings.sources()["idle"] == "nobody: logind knows of no session"
    machine.log_in()
    told.until(lambda facts: facts.is_idle is False)


def test_somebody_elses_session_counts_for_nothing(machine: MachineBus, told: Heard) -> None:
    stranger = ("c2", "seat0", 4_000_000, "stranger", True)
    machine.mock("logind", LOGIND, "AddSession", "ssusb", stranger)
    other = f"{LOGIND}/session/c2"
    machine.update("logind", other, "", {"Type": ("s", "wayland"), "LockedHint": ("b", True)})
    machine.emit("logind", LOGIND, f"{NAMES['logind']}.Manager.SessionNew", "so", (("s", "c2"), ("o", other)))
    machine.set_battery(on_battery=True, percent=11.0)
    told.until(lambda facts: facts.battery == 11)
    assert told.now.is_locked is False


def test_odd_answers_make_a_fact_unknown_and_no_more(machine: MachineBus, told: Heard) -> None:
    machine.mock("upower", UPOWER, "EmitSignal", "sssav", odd("org.freedesktop.UPower", "OnBattery"))
    told.until(lambda facts: facts.on_mains is None)
    machine.emit("upower", UPOWER, "org.freedesktop.DBus.Properties.PropertiesChanged", "s", (("s", "x"),))
    machine.emit("logind", LOGIND, f"{NAMES['logind']}.Manager.PrepareForSleep", "s", (("s", "no"),))
    machine.update("upower", DISPLAY_DEVICE, "", {"Percentage": ("d", 12.0)})
    told.until(lambda facts: facts.battery == 12)
    assert told.wakes == 0


def odd(interface: str, name: str) -> tuple[object, ...]:
    """A property that has become a text."""
    body = [("s", interface), ("a{sv}", {name: ("s", "yes")}), ("as", [])]
    return ("org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", body)


def test_what_another_program_says_in_a_services_name_is_not_heard(machine: MachineBus, told: Heard) -> None:
    """Logind's signal from UPower's connection, sent right to us."""
    name = f"{NAMES['logind']}.Manager.PrepareForSleep"
    machine.emit("upower", LOGIND.replace("login1", "UPower"), name, "b", (("b", False),))
    machine.set_battery(on_battery=True, percent=12.0)
    told.until(lambda facts: facts.battery == 12)
    assert told.wakes == 0


def test_nothing_happens_and_nothing_wakes(machine: MachineBus, told: Heard) -> None:
    thread = next(one for one in Path("/proc/self/task").iterdir() if is_ours(one))
    wait_until(lambda: is_quiet(thread / "status"), "a moment without a wakeup")
    loop = cast("LinuxSurroundings", told.surroundings)._loop
    assert loop._seconds_until_next() is None, "no timer is set that would wake it later"


def is_ours(thread: Path) -> bool:
    numbers = {str(one.native_id) for one in threading.enumerate() if one.name == "surroundings"}
    return thread.name in numbers


def test_on_a_bare_bus_nobody_tells_anything() -> None:
    with private_bus() as address, heard({"DBUS_SYSTEM_BUS_ADDRESS": address}) as told:
        wait_source(told, "power", "nobody: UPower is not there")
        assert told.now == Facts()
        sources = told.surroundings.sources()
        assert sources["network"] == "nobody: NetworkManager is not there"
        assert sources["sleep"] == "only the clocks: logind is not there"


def test_this_machine_is_asked_where_its_environment_says(machine: MachineBus) -> None:
    woken = threading.Event()
    surroundings = open_surroundings(woken.set, machine.environ, "linux")
    told: list[Facts] = []
    told.insert(0, surroundings.start(told.append))
    wait_until(lambda: told[-1] == AT_A_DESK, "all of it")
    machine.wake()
    assert woken.wait(5)
    surroundings.stop()


def test_a_platform_that_is_not_this_one_knows_nothing() -> None:
    surroundings = open_surroundings(lambda: None, {}, "win32")
    assert surroundings.start(print) == Facts()
    surroundings.hold("Back up")
    assert (surroundings.why, surroundings.why_not_held) == ("this is not win32", "this is not win32")
    surroundings.hold(None)
    surroundings.stop()
    assert surroundings.why_not_held == ""
    assert surroundings.sources()["sleep"] == "only the clocks: this is not win32"
