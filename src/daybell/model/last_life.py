"""The last life: the Daybell that ran in this home before, where it did not end in order."""

from datetime import datetime

from msgspec import Struct


class LastLife(Struct, frozen=True):
    """What it left behind. Times are in UTC."""

    pid: int
    boot_id: str
    """Of the machine; empty where the system gives none."""
    version: str
    started: datetime
    last_beat: datetime
    """When it was certainly alive, about a minute before its end at most."""
