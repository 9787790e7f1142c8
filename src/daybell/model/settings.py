"""Settings: what `settings.json` may say, and what holds where it says nothing."""

from datetime import time
from typing import Literal

from msgspec import Struct, field

from daybell.model.durations import Duration
from daybell.model.sizes import Size


class SchedulerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the scheduler as a whole behaves."""

    enabled: bool = True
    """Off: nothing is due, and nothing is owed for that time; runs by hand work."""
    default_timezone: str = "local"
    """The zone of triggers that name none; "local" is the machine's."""
    shutdown_timeout: Duration = Duration(seconds=30)
    """How long running jobs may take to end when Daybell stops."""
    max_concurrent_runs: int | None = None
    """How many runs at once; None: twice the number of cores, at least 4."""
    groups: dict[str, int] = {}
    """How many runs of each group of jobs at once; one of a group that is not named here."""


class QuietHours(Struct, frozen=True, forbid_unknown_fields=True):
    """Every day from one time on the wall to another, also past midnight."""

    start: time = field(name="from")
    end: time = field(name="to")


class NoticeConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """When the person is told."""

    quiet_hours: QuietHours | None = None
    """Notices inside them are held, and come as one at their end."""
    reminder: Duration | None = Duration(days=1)
    """How long after the last notice of a failure that lasts the next one comes; None: never."""
    away: Duration | None = Duration(minutes=10)
    """After a sleep or a stop of at least this length it is told what was missed; None: never."""


class AwakeConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """For how long jobs with `keep_awake` may keep the machine from falling asleep."""

    longest: Duration = Duration(hours=4)
    """Each run; a longer one does not end, but the machine may sleep."""
    battery: int = 20
    """Percent: with no more than that, and without mains power, it may sleep."""


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of the past of all jobs together. The newest run of each job always is."""

    days: int | None = 400
    """Runs that ended longer ago go, with all that belongs to them."""
    runs: int | None = None
    """Of more rows than so many, the oldest go."""
    bytes: Size | None = Size(5 << 30)
    """Of more output and artifacts than this, those of the oldest runs go; their rows stay."""
    free_disk: Size = Size(1 << 30)
    """So do they while the disk has less room than this."""


class PingConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom Daybell tells that it lives, so that somebody hears of it when it does not."""

    url: str | None = None
    """An address of https or http, for Healthchecks and what is compatible with it."""
    every: Duration = Duration(minutes=5)
    """How often it is asked for."""


class ApiConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How programs may ask, beside HTTP."""

    grpc: bool = False
    """Also over gRPC, at the unix socket run/grpc.sock; needs the extra "daybell[grpc]"."""


class DashboardConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the page in the browser looks."""

    theme: Literal["system", "light", "dark"] = "system"
    """Its colours; `system`: as the desktop has it."""


class LogConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where Daybell writes about itself, beside daybell.log."""

    system: bool = True
    """Starts, stops, failures, recoveries and warnings also go to the log that the system has."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `settings.json`; each key may be left out."""

    schema: Literal[1] = 1
    scheduler: SchedulerConfig = SchedulerConfig()
    notices: NoticeConfig = NoticeConfig()
    retention: Retention = Retention()
    awake: AwakeConfig = AwakeConfig()
    ping: PingConfig = PingConfig()
    log: LogConfig = LogConfig()
    api: ApiConfig = ApiConfig()
    dashboard: DashboardConfig = DashboardConfig()
