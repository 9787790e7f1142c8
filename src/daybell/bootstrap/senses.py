"""What does the scheduler notice of the machine? Clocks, zone, surroundings, and how its last life ended."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.last_life import how_it_ended
from daybell.desktop.surroundings.choose import open_surroundings
from daybell.desktop.surroundings.interface import Surroundings
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import ClockMoved, ZoneMoved
from daybell.engine.ports import Clock
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.boot import boot_id
from daybell.machine.clock import SystemClock
from daybell.machine.clock_watch import ClockWatch
from daybell.machine.rounds import Look, Rounds
from daybell.machine.zones import ZoneWatch
from daybell.model.absence import LastEnd
from daybell.store.directories import Directories
from daybell.store.heartbeat import Heartbeat, last_life


class Senses(Struct, frozen=True):
    """One thread of alarms, which beats anyway, and one that hears of the surroundings."""

    alarms: ApschedulerAlarms
    surroundings: Surroundings
    last_end: LastEnd | None


def open_senses(
    own: Directories,
    clock: SystemClock,
    mailbox: Mailbox,
    zone: ZoneInfo,
    *,
    looks: Sequence[Look],
    parts: ExitStack,
) -> Senses:
    """`looks` are asked now and then as well; what ends in order ends with `parts`."""
    last_end = _last_end(own, clock)
    heartbeat = Heartbeat(own.heartbeat)
    clocks = ClockWatch(clock.look, lambda finding: mailbox.post(ClockMoved(finding)))
    zones = ZoneWatch(zone, lambda moved: mailbox.post(ZoneMoved(moved)))
    rounds = Rounds((zones.beat, lambda: _beat(heartbeat, clock), *looks))
    alarms = ApschedulerAlarms(watches=(clocks.beat, rounds.beat))
    surroundings = open_surroundings(alarms.look)
    parts.callback(surroundings.stop)
    parts.callback(heartbeat.end)
    return Senses(alarms, surroundings, last_end)


def _beat(heartbeat: Heartbeat, clock: Clock) -> float:
    """The first beat comes when the engine has recorded how the last life ended."""
    if not heartbeat.has_begun:
        heartbeat.begin(os.getpid(), boot_id(), version("daybell"), clock.now())
    return heartbeat.beat()


def _last_end(own: Directories, clock: Clock) -> LastEnd | None:
    last = last_life(own.heartbeat, clock.now())
    return None if last is None else LastEnd(how_it_ended(last, boot_id()), last.last_beat)
