"""How did the last life of Daybell end, which did not end in order?"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from daybell.core.views import clock_time
from daybell.model.last_life import LastLife

Ending = Literal["crashed", "machine_off"]


def how_it_ended(last: LastLife, boot_id_now: str) -> Ending:
    """A machine that was started anew has taken it along; where nobody can tell, it ended by itself."""
    is_known = bool(last.boot_id and boot_id_now)
    return "machine_off" if is_known and last.boot_id != boot_id_now else "crashed"


def in_words(ending: Ending, last_beat: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Such as "Daybell ended unexpectedly at 14:03", with the day where it was another one."""
    clock = clock_time(last_beat, zone, now)
    if ending == "machine_off":
        return f"The computer went off at about {clock} while Daybell ran"
    return f"Daybell ended unexpectedly at {clock}"
