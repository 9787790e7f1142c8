"""What the answers of services and kernels mean."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybell.desktop.surroundings import macos, windows
from daybell.desktop.surroundings.by_psutil import battery as battery_by_psutil
from daybell.desktop.surroundings.idling import presence_of
from daybell.desktop.surroundings.network import (
    Connection,
    Links,
    connection_of,
    is_metered,
    is_online,
    links,
    point_name,
)
from daybell.desktop.surroundings.power import Power, power_of
from daybell.desktop.surroundings.routes import has_default_route
from daybell.desktop.surroundings.session import Presence, choose_session, instant, presence
from daybell.desktop.surroundings.values import flag, measure, number, paths, text

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
simple = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
anything = simple | st.lists(simple, max_size=3) | st.dictionaries(st.text(), simple, max_size=2)


def battery(percent: object, *, is_present: object = True) -> dict[str, object]:
    return {"Percentage": percent, "IsPresent": is_present}


@pytest.mark.parametrize(
    ("on_battery", "device", "power"),
    [
        (False, battery(80.0), Power(True, 80)),
        (True, battery(80.9), Power(False, 80)),
        (True, battery(0.0), Power(False, 0)),
        (False, battery(0.0), Power(True, None)),
        (True, battery(100.0), Power(False, 100)),
        (True, battery(100.1), Power(False, None)),
        (True, battery(-1.0), Power(False, None)),
        (True, battery(math.nan), Power(False, None)),
        (True, battery("full"), Power(False, None)),
        (False, battery(80.0, is_present=False), Power(True, None)),
        (False, battery(80.0, is_present="yes"), Power(True, None)),
        (False, None, Power(True, None)),
        (False, {}, Power(True, None)),
        (None, battery(80.0), Power(None, 80)),
        (None, battery(0.0), Power(None, None)),
        (1, battery(80.0), Power(None, 80)),
    ],
)
def test_power_is_what_upower_tells(on_battery: object, device: Mapping[str, object], power: Power) -> None:
    assert power_of({"OnBattery": on_battery}, device) == power


def test_without_upower_power_is_unknown() -> None:
    assert power_of(None, None) == Power()


@pytest.mark.parametrize(
    ("state", "connectivity", "online"),
    [
        (70, 4, True),
        (70, 0, True),
        (70, None, True),
        (70, 1, False),
        (70, 2, False),
        (70, 3, False),
        (70, 9, True),
        (60, 4, False),
        (60, 0, False),
        (40, 0, False),
        (20, 4, False),
        (10, 0, False),
        (0, 0, None),
        (0, 4, True),
        (0, 2, False),
        (None, 4, True),
        (None, None, None),
        ("70", "4", None),
        (True, True, None),
        (999, 0, None),
    ],
)
def test_a_portal_and_a_network_that_leads_nowhere_are_not_online(
    *, state: object, connectivity: object, online: bool | None
) -> None:
    assert is_online({"State": state, "Connectivity": connectivity}) is online


@pytest.mark.parametrize(
    ("code", "metered"),
    [(0, None), (1, True), (2, False), (3, True), (4, False), (5, None), (None, None), ("1", None)],
)
def test_a_guess_that_it_is_metered_counts(*, code: object, metered: bool | None) -> None:
    assert is_metered({"Metered": code}) is metered


CABLE, WIFI = Connection("802-3-ethernet"), Connection("802-11-wireless", "home")
VPN, NAMELESS = Connection("vpn"), Connection("802-11-wireless")


@pytest.mark.parametrize(
    ("connections", "found"),
    [
        ([], Links("", False)),
        ([CABLE], Links("", True)),
        ([WIFI], Links("home", False)),
        ([VPN, WIFI], Links("home", False)),
        ([CABLE, WIFI], Links("home", True)),
        ([NAMELESS], Links(None, False)),
        ([NAMELESS, WIFI], Links("home", False)),
        ([Connection("802-11-wireless", "")], Links("", False)),
        ([None], Links(None, None)),
        ([None, CABLE], Links(None, True)),
        ([None, WIFI], Links("home", None)),
        ([Connection("")], Links("", False)),
    ],
)
def test_a_vpn_tells_nothing_and_what_has_not_answered_is_unknown(
    connections: list[Connection | None], found: Links
) -> None:
    assert links(connections) == found


def test_a_connection_on_its_way_is_none_yet() -> None:
    assert connection_of({"Type": "802-3-ethernet", "State": 1}, None) == Connection("")
    assert connection_of({"Type": "802-3-ethernet", "State": 2}, None) == CABLE
    assert connection_of({"Type": 7, "State": 2}, None) == Connection("")
    assert connection_of(None, None) is None


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ({"Ssid": b"home", "Mode": 2}, "home"),
        ({"Ssid": "Café ☕".encode()}, "Café ☕"),
        ({"Ssid": b"\xff\xfe!"}, "��!"),
        ({"Ssid": b"\0"}, "\0"),
        ({"Ssid": b""}, None),
        ({"Ssid": b"mine", "Mode": 3}, ""),
        ({"Ssid": "home"}, None),
        ({}, None),
    ],
)
def test_a_wifi_name_is_bytes_of_any_kind(point: Mapping[str, object], name: str | None) -> None:
    assert point_name(point) == name


def session(**properties: object) -> dict[str, object]:
    return {"Class": "user", "Type": "tty", "Id": "1"} | properties


@pytest.mark.parametrize(
    ("sessions", "chosen"),
    [
        ({}, None),
        ({"/tty": session()}, "/tty"),
        ({"/tty": session(), "/wayland": session(Type="wayland", Id="2")}, "/wayland"),
        ({"/other": session(Id="7"), "/own": session(Id="own")}, "/own"),
        ({"/own": session(Id="own"), "/x11": session(Type="x11")}, "/x11"),
        ({"/x11": session(Type="x11"), "/own": session(Type="x11", Id="own")}, "/own"),
        ({"/off": session(Active=False), "/on": session(Active=True)}, "/on"),
        ({"/ssh": session(Remote=True), "/here": session(Remote=False)}, "/here"),
        ({"/greeter": session(Class="greeter", Type="x11"), "/tty": session()}, "/tty"),
        ({"/manager": session(Class="manager")}, None),
        ({"/early": session(Class="user-early")}, "/early"),
        ({"/odd": {}}, "/odd"),
    ],
)
def test_the_session_that_the_person_sits_at(
    sessions: Mapping[str, Mapping[str, object]], chosen: str | None
) -> None:
    assert choose_session(sessions, "own") == chosen


def micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


BEFORE = NOON - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("hints", "locked_since", "found"),
    [
        ({"IdleHint": False, "LockedHint": False}, None, Presence(False, None, False)),
        ({"IdleHint": False, "IdleSinceHint": micros(NOON)}, None, Presence(False, None, None)),
        ({"IdleHint": True, "IdleSinceHint": micros(NOON)}, None, Presence(True, NOON, None)),
        ({"IdleHint": True, "IdleSinceHint": 0}, None, Presence(True, None, None)),
        ({"IdleHint": True, "IdleSinceHint": 2**63}, None, Presence(True, None, None)),
        ({"IdleHint": False, "LockedHint": True}, NOON, Presence(True, NOON, True)),
        (
            {"IdleHint": True, "IdleSinceHint": micros(BEFORE), "LockedHint": True},
            NOON,
            Presence(True, BEFORE, True),
        ),
        (
            {"IdleHint": True, "IdleSinceHint": micros(NOON), "LockedHint": True},
            BEFORE,
            Presence(True, BEFORE, True),
        ),
        ({"LockedHint": True}, None, Presence(True, None, True)),
        ({"IdleHint": "yes", "LockedHint": 1}, None, Presence()),
    ],
)
def test_nobody_is_at_a_locked_screen(
    hints: Mapping[str, object], locked_since: datetime | None, found: Presence
) -> None:
    assert presence(hints, locked_since) == found


@given(st.integers())
def test_every_number_is_an_instant_or_none(micros: int) -> None:
    found = instant(micros)
    assert found is None or abs(found.timestamp() - micros / 1_000_000) < 1


HEAD_4 = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT_4 = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
LOCAL_4 = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
NO = "0" * 32
DEFAULT_6 = f"{NO} 00 {NO} 00 fe80{NO[4:]} 00000400 00000003 00000000 00000003 eth0\n"
REJECTED_6 = f"{NO} 00 {NO} 00 {NO} ffffffff 00000001 00000000 00200200       lo\n"


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "online"),
    [
        (None, None, None),
        (HEAD_4, None, False),
        (HEAD_4 + LOCAL_4 + DEFAULT_4, None, True),
        (HEAD_4 + LOCAL_4, "", False),
        (HEAD_4 + DEFAULT_4.replace("0003", "0002"), "", False),
        (HEAD_4 + DEFAULT_4.replace("0003", "0203"), "", False),
        (HEAD_4 + DEFAULT_4.replace("0003", "wild"), "", False),
        (HEAD_4, DEFAULT_6, True),
        (None, DEFAULT_6, True),
        (None, REJECTED_6, False),
        (None, REJECTED_6.replace("lo", "eth0"), False),
        ("", "", False),
        ("nonsense\n\n", "0 0\n", False),
    ],
)
def test_a_default_route_leads_out(*, ipv4: str | None, ipv6: str | None, online: bool | None) -> None:
    assert has_default_route(ipv4, ipv6) is online


@given(st.text(), st.text())
def test_no_text_breaks_the_routes(ipv4: str, ipv6: str) -> None:
    assert has_default_route(ipv4, ipv6) in (True, False)


NAMES = ["OnBattery", "Percentage", "State", "Connectivity", "Type", "Ssid", "Mode", "IdleHint", "Devices"]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_odd_values_are_none_and_break_nothing(properties: dict[str, object]) -> None:
    for name in NAMES:
        assert flag(properties, name) in (True, False, None)
        assert isinstance(number(properties, name), int | None)
        assert (found := measure(properties, name)) is None or math.isfinite(found)
        assert isinstance(text(properties, name), str | None)
        assert isinstance(paths(properties, name), tuple | None)
    power_of(properties, properties)
    is_online(properties)
    connection_of(properties, None)
    point_name(properties)
    presence(properties, NOON)
    choose_session({"/": properties}, "own")


SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("untouched", "locked", "before", "found"),
    [
        (5, False, None, Presence(False, None, False)),
        (5, None, NOON, Presence(False, None, None)),
        (90, False, None, Presence(True, NOON - 90 * SECONDS, False)),
        (90, False, NOON - 92 * SECONDS, Presence(True, NOON - 92 * SECONDS, False)),
        (90, False, NOON - 300 * SECONDS, Presence(True, NOON - 90 * SECONDS, False)),
        (5, True, None, Presence(True, NOON - 5 * SECONDS, True)),
        (5, True, NOON - 900 * SECONDS, Presence(True, NOON - 900 * SECONDS, True)),
        (None, None, None, Presence()),
        (None, False, BEFORE, Presence(None, None, False)),
        (None, True, None, Presence(True, NOON, True)),
        (None, True, BEFORE, Presence(True, BEFORE, True)),
    ],
)
def test_idle_begins_once(
    *, untouched: int | None, locked: bool | None, before: datetime | None, found: Presence
) -> None:
    seconds = None if untouched is None else untouched * SECONDS
    assert presence_of(seconds, locked, NOON, before) == found


@pytest.mark.parametrize(
    ("line", "flags", "percent", "power"),
    [
        (1, 8, 80, Power(True, 80)),
        (0, 1, 80, Power(False, 80)),
        (0, 4, 0, Power(False, 0)),
        (1, 128, 255, Power(True, None)),
        (1, 128, 0, Power(True, None)),
        (255, 255, 255, Power()),
        (0, 0, 255, Power(False, None)),
        (7, 1, 101, Power()),
    ],
)
def test_power_as_windows_tells_it(line: int, flags: int, percent: int, power: Power) -> None:
    assert windows.power_of(line, flags, percent) == power


def test_the_network_as_windows_tells_it() -> None:
    online = [windows.is_online(hint) for hint in (None, 0, 1, 2, 3, 4, 5)]
    assert online == [None, None, False, False, True, False, None]
    assert [windows.is_metered(cost, 0) for cost in (None, 0, 1, 2, 3)] == [None, None, False, True, True]
    assert [windows.is_metered(cost, 1) for cost in (None, 0, 1, 2, 3)] == [None, None, True, True, True]
    assert [windows.LOCKED.get(flags) for flags in (0, 1, -1)] == [True, False, None]


@pytest.mark.parametrize(
    ("names", "wifi"),
    [
        ([], ""),
        ([b""], ""),
        ([b"", b"home"], "home"),
        ([None], None),
        ([None, b"home"], "home"),
        ([b"\xff" + b"a" * 40], "�" + "a" * 31),
    ],
)
def test_the_wifi_as_windows_tells_it(names: list[bytes | None], wifi: str | None) -> None:
    assert windows.wifi_of(names) == wifi


def test_what_macos_tells() -> None:
    assert [macos.is_online(flags) for flags in (None, 0, 2, 6, 4)] == [None, False, True, False, False]
    assert macos.is_locked(None) is None
    assert macos.is_locked({}) is False
    assert macos.is_locked({"CGSSessionScreenIsLocked": 1}) is True


def test_only_what_can_name_an_object_is_asked() -> None:
    odd = ["/org/x_1", "/", "", "x", "/a b", "/a/", "//a", "/ä", 7]
    assert paths({"a": odd}, "a") == ("/org/x_1",)
    assert paths({"a": "/org"}, "a") is None


def test_psutil_is_asked_on_every_system() -> None:
    percent, on_mains = battery_by_psutil()
    assert percent is None or 0 <= percent <= 100
    assert on_mains in (True, False, None)
