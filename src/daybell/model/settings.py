"""Settings: what `settings.json` may say, and what holds where it says nothing."""

from typing import Literal

from msgspec import Struct

from daybell.model.durations import Duration


class SchedulerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the scheduler as a whole behaves."""

    default_timezone: str = "local"
    """The zone of triggers that name none; "local" is the machine's."""
    shutdown_timeout: Duration = Duration(seconds=30)
    """How long running jobs may take to end when Daybell stops."""
    max_concurrent_runs: int | None = None
    """How many runs at once; None: twice the number of cores, at least 4."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `settings.json`; each key may be left out."""

    schema: Literal[1] = 1
    scheduler: SchedulerConfig = SchedulerConfig()
