from zoneinfo import ZoneInfo

import pytest

from builders import BERLIN, at
from daybell.core.last_life import Ending, how_it_ended, in_words
from daybell.model.last_life import LastLife


def life(boot_id: str) -> LastLife:
    return LastLife(7, boot_id, "0.1.0", at("2026-03-01 08:00"), at("2026-03-02 13:03"))


@pytest.mark.parametrize(
    ("then", "now", "ending"),
    [
        ("one", "one", "crashed"),
        ("one", "two", "machine_off"),
        ("", "two", "crashed"),
        ("one", "", "crashed"),
        ("", "", "crashed"),
    ],
)
def test_a_machine_that_was_started_anew_had_gone_off(then: str, now: str, ending: Ending) -> None:
    assert how_it_ended(life(then), now) == ending


@pytest.mark.parametrize(
    ("ending", "zone", "now", "words"),
    [
        ("crashed", BERLIN, "2026-03-02 13:10", "Daybell ended unexpectedly at 14:03"),
        ("machine_off", BERLIN, "2026-03-02 13:10", "The computer went off at about 14:03 while Daybell ran"),
        ("crashed", ZoneInfo("UTC"), "2026-03-03 08:00", "Daybell ended unexpectedly at Mon 13:03"),
        (
            "machine_off",
            BERLIN,
            "2026-04-01 08:00",
            "The computer went off at about 2 Mar 14:03 while Daybell ran",
        ),
    ],
)
def test_it_is_told_in_a_sentence(ending: Ending, zone: ZoneInfo, now: str, words: str) -> None:
    assert in_words(ending, life("").last_beat, zone, at(now)) == words
