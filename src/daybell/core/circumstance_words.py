"""In which words is a person told what was about the machine at some time?"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from daybell.core import conditions
from daybell.core.chronicle import TURN
from daybell.core.circumstances import Away, AwayKind, Pause, Wait
from daybell.core.notices import lasted
from daybell.core.views import one_line
from daybell.model.chronicle import Entry
from daybell.model.facts import Facts
from daybell.model.job import Conditions

When = Callable[[datetime], str]
Since = Callable[[str], str]

REASON_LENGTH = 80
MOST = 3
"""Times away that a sentence names; of more it tells how many."""
AWAY: dict[AwayKind, str] = {
    "slept": "the computer slept from {} to {}",
    "held_up": "Daybell was held up from {} to {}",
    "clock_set": "the clock was set forward from {} to {}",
    "stopped": "Daybell was not running from {} to {}",
    "crashed": "Daybell ended unexpectedly at about {} and ran again from {} on",
    "machine_off": "the computer was off from about {} to {}",
    "lost": "Daybell had ended some time after {} and ran again from {} on",
}


def aways(found: list[Away], when: When) -> list[str]:
    """Each as a part of a sentence."""
    parts = [AWAY[one.kind].format(when(one.since), when(one.until)) for one in found[:MOST]]
    more = len(found) - MOST
    if more > 0:
        parts.append("there was one more such time" if more == 1 else f"there were {more} more such times")
    return parts


def one_after_the_other(parts: Sequence[str]) -> str:
    """As in "this, then that, and then more"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', then '.join(parts[:-1])}, and then {parts[-1]}"


def waited(wait: Wait, end: datetime) -> str:
    """What a run waited for, and for how long, up to `end` at most."""
    length = lasted(wait.end(end) - wait.since)
    return f"it waited {length} for {wait.words.removesuffix(' after its sleep')}"


def turn(since: datetime, until: datetime) -> str:
    """It waited for a slot."""
    return f"it waited {lasted(until - since)} for {TURN}"


def paused(pause: Pause, when: When) -> str:
    """As in "paused by the menu since 20:00 until Mon 08:00 (travelling)"."""
    whose = "all jobs were paused" if pause.is_of_all else "paused"
    by = f" by {pause.by}" if pause.by else ""
    until = f" until {when(pause.until)}" if pause.until else ""
    reason = f" ({one_line(pause.reason, REASON_LENGTH)})" if pause.reason else ""
    return f"{whose}{by} since {when(pause.since)}{until}{reason}"


def changed(entry: Entry, when: When) -> str:
    """A change of the zone, or a clock that was set back."""
    if entry.kind == "zone":
        return f"the time zone became {entry.words} at {when(entry.at)}"
    back = timedelta(seconds=-(entry.seconds or 0))
    return f"the clock was set back by {lasted(back)} at {when(entry.at)}"


def surroundings(facts: Facts, wanted: Conditions, since: Since, *, is_now: bool) -> Iterator[str]:
    """Of what the job asks for, how it is or was. `since` tells from when on that was so, by the fact."""
    asked, is_or_was = conditions.asked(wanted), "is" if is_now else "was"
    if conditions.POWER in asked:
        yield _power(facts, is_or_was) + since("on_mains")
    if conditions.NETWORK in asked:
        yield _network(facts, wanted, is_or_was) + since("is_online")
    if conditions.WIFI in asked:
        yield _wifi(facts, wanted, is_or_was) + since("wifi")


def _power(facts: Facts, verb: str) -> str:
    match facts.on_mains:
        case None:
            return f"nobody here can tell whether the computer {verb} on mains power: it counts as if it were"
        case True:
            return f"the computer {verb} on mains power"
        case _:
            return f"the computer {verb} on its battery"


def _network(facts: Facts, wanted: Conditions, verb: str) -> str:
    if facts.is_online is None:
        return f"nobody here can tell whether there {verb} a network: it counts as if there were"
    if not facts.is_online:
        return f"there {verb} no network"
    if wanted.network == "unmetered" and facts.is_metered:
        return f"the network {verb} metered"
    return f"there {verb} a network"


def _wifi(facts: Facts, wanted: Conditions, verb: str) -> str:
    if facts.is_wired and wanted.or_wired:
        return f"the computer {verb} on a cable"
    if facts.wifi is None:
        return f"nobody here can tell which Wi-Fi the computer {verb} on: it counts as another one"
    return f"the computer {verb} on {f'the Wi-Fi {facts.wifi}' if facts.wifi else 'no Wi-Fi'}"
