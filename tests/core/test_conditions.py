"""Which conditions hold, and what is lacking?"""

from datetime import UTC, datetime, timedelta

import pytest

from daybell.core.conditions import (
    SUBJECTS,
    Unmet,
    asked,
    check_percent,
    check_wifi,
    only,
    unmet,
    unmet_conditions,
)
from daybell.model.durations import Duration
from daybell.model.facts import Facts, remarkable
from daybell.model.job import Conditions

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BATTERY = Facts(on_mains=False)
IDLE = Conditions(idle=Duration(minutes=5))
LEVEL = Conditions(battery_above=30)
HOME = Conditions(wifi=("Home", "Office"))
UNMETERED = Conditions(network="unmetered")


def since(length: timedelta) -> Facts:
    return Facts(is_idle=True, idle_since=NOW - length)


@pytest.mark.parametrize(
    ("conditions", "facts", "expected"),
    [
        (Conditions(), Facts(on_mains=False, is_online=False, is_idle=False, wifi=""), []),
        (Conditions(power="ac"), Facts(on_mains=True), []),
        (Conditions(power="ac"), Facts(), []),
        (Conditions(power="ac"), BATTERY, ["mains power"]),
        (LEVEL, Facts(on_mains=False, battery=31), []),
        (LEVEL, Facts(on_mains=False, battery=30), ["mains power or more than 30 % of battery"]),
        (LEVEL, Facts(on_mains=False, battery=0), ["mains power or more than 30 % of battery"]),
        (LEVEL, Facts(on_mains=True, battery=5), []),
        (LEVEL, Facts(battery=5), []),
        (LEVEL, BATTERY, []),
        (Conditions(power="ac", battery_above=30), Facts(on_mains=False, battery=9), ["mains power"]),
        (Conditions(network="online"), Facts(is_online=True, is_metered=True), []),
        (Conditions(network="online"), Facts(), []),
        (Conditions(network="online"), Facts(is_online=False), ["a network"]),
        (UNMETERED, Facts(is_online=True, is_metered=False), []),
        (UNMETERED, Facts(is_online=True, is_metered=True), ["a network that is not metered"]),
        (UNMETERED, Facts(is_online=False, is_metered=True), ["a network"]),
        (UNMETERED, Facts(is_online=True), []),
        (HOME, Facts(wifi="Office"), []),
        (HOME, Facts(wifi="Cafe"), ["the Wi-Fi Home or Office"]),
        (HOME, Facts(wifi=""), ["the Wi-Fi Home or Office"]),
        (HOME, Facts(), ["the Wi-Fi Home or Office, and nobody here can tell which one this is"]),
        (HOME, Facts(wifi="Cafe", is_wired=True), []),
        (HOME, Facts(is_wired=True), []),
        (Conditions(wifi=("Home",), or_wired=False), Facts(wifi="", is_wired=True), ["the Wi-Fi Home"]),
        (IDLE, Facts(), []),
        (IDLE, Facts(is_idle=True), []),
        (IDLE, since(5 * MINUTE), []),
        (IDLE, since(4 * MINUTE), ["5m without anybody at the keyboard"]),
        (IDLE, Facts(is_idle=False), ["5m without anybody at the keyboard"]),
        (
            Conditions(power="ac", network="online", idle=Duration(seconds=90)),
            Facts(on_mains=False, is_online=False, is_idle=False),
            ["mains power", "a network", "1m30s without anybody at the keyboard"],
        ),
    ],
)
def test_K2_a_condition_is_unmet_only_where_somebody_knows_that(
    conditions: Conditions, facts: Facts, expected: list[str]
) -> None:
    assert unmet_conditions(conditions, facts, NOW) == expected


def test_who_is_away_from_the_keyboard_will_have_been_for_long_enough() -> None:
    words = "5m without anybody at the keyboard"
    assert unmet(IDLE, since(4 * MINUTE), NOW) == [Unmet(words, NOW + MINUTE)]
    assert unmet(IDLE, Facts(is_idle=False), NOW) == [Unmet(words)]


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        (Conditions(), set()),
        (Conditions(power="ac"), {"power"}),
        (LEVEL, {"power"}),
        (UNMETERED, {"network"}),
        (HOME, {"wifi"}),
        (IDLE, {"idle"}),
    ],
)
def test_it_is_known_what_somebody_must_be_able_to_tell(conditions: Conditions, names: set[str]) -> None:
    assert asked(conditions) == names


@pytest.mark.parametrize("percent", [None, 0, 99])
def test_a_battery_has_up_to_a_hundred_percent(percent: int | None) -> None:
    assert list(check_percent(percent)) == []


@pytest.mark.parametrize("percent", [-1, 100])
def test_more_than_all_of_a_battery_is_refused(percent: int) -> None:
    assert list(check_percent(percent)) == [("", f"expected percent from 0 to 99, found {percent}")]


def test_a_wifi_without_a_name_is_refused() -> None:
    assert list(check_wifi(("Home", " "))) == [("[1]", 'expected the name of a Wi-Fi network, found " "')]


def test_what_changes_all_the_time_is_not_remarkable() -> None:
    facts = Facts(on_mains=False, battery=50, wifi="Home", is_idle=True, idle_since=NOW, is_locked=True)
    assert remarkable(facts) == Facts(on_mains=False, wifi="Home")


def test_only_what_is_asked_for_is_known() -> None:
    facts = Facts(True, 80, True, False, "Home", False, True, NOW, True)
    assert only(facts, {"power"}) == Facts(on_mains=True, battery=80)
    assert only(facts, {"wifi", "idle"}) == Facts(
        wifi="Home", is_wired=False, is_idle=True, idle_since=NOW, is_locked=True
    )
    assert only(facts, SUBJECTS.values()) == facts
