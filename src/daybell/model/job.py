"""A job: what runs, when, and under which policies. One value per `jobs/<id>.json`."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from daybell.model.durations import Duration
from daybell.model.sizes import Size


class CronTrigger(Struct, frozen=True, forbid_unknown_fields=True, tag="cron", tag_field="type"):
    """Due whenever the clock on the wall matches the expression."""

    expression: str
    """Five or six fields (six put seconds first) or a nickname such as "@daily"."""
    timezone: str = "local"
    """An IANA zone name, or "local": the scheduler's default zone."""


class IntervalTrigger(Struct, frozen=True, forbid_unknown_fields=True, tag="interval", tag_field="type"):
    """Due at anchor + n × every, counted in elapsed time, so that it never drifts."""

    every: Duration
    anchor: datetime | None = None
    """Without one, the moment Daybell first saw this schedule."""


class OnceTrigger(Struct, frozen=True, forbid_unknown_fields=True, tag="once", tag_field="type"):
    """Due once, at that instant."""

    at: datetime
    """Without an offset it is read in the scheduler's default zone."""


class StartupTrigger(Struct, frozen=True, forbid_unknown_fields=True, tag="startup", tag_field="type"):
    """Due each time Daybell starts."""


class JobTrigger(Struct, frozen=True, forbid_unknown_fields=True, tag="job", tag_field="type"):
    """Due when a run of another job ends."""

    job: str
    """The other job's id."""
    on: Literal["success", "failure", "any"] = "success"
    """How it must have ended; `any` is every end of a run that had started."""


Trigger = CronTrigger | IntervalTrigger | OnceTrigger | StartupTrigger | JobTrigger


class CommandHandler(Struct, frozen=True, forbid_unknown_fields=True, tag="command", tag_field="type"):
    """Runs a program of this machine."""

    argv: tuple[str, ...]
    """The program and its arguments; with `shell`, one command line."""
    cwd: str | None = None
    """Where it runs; "~" is the home directory, which is also the default."""
    env: dict[str, str] = {}
    """Added to the environment that jobs get; `keyring:NAME` stands for the secret of that name."""
    shell: bool = False
    success_exit_codes: tuple[int, ...] = (0,)


Handler = CommandHandler


class Notify(Struct, frozen=True, forbid_unknown_fields=True):
    """What of its runs a person wants to hear of."""

    on: tuple[Literal["failure", "recovery"], ...] = ("failure", "recovery")
    """A recovery is told only of a failure that was told; an empty list asks for silence."""


CatchUpPolicy = Literal["latest", "all", "skip"]


class CatchUp(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of instants that were missed, whatever the reason."""

    policy: CatchUpPolicy = "latest"
    """One run for the newest; one for each, the oldest first and a hundred at most; or none."""
    window: Duration = Duration(days=1)
    """Older instants are not caught up any more."""


class Retry(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a run whose attempt failed or took too long."""

    max_attempts: int = 1
    """How many in all: with one, nothing is tried again."""
    delay: Duration = Duration(minutes=1)
    """Before the second attempt."""
    multiplier: float = 2
    """Each further wait is so many times the one before."""
    max_delay: Duration = Duration(hours=1)
    jitter: bool = True
    """Wait for any time between none and that, so that not all come back at once."""


class Conditions(Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold before a run starts that nobody asked for by hand. Until then it waits (K1)."""

    power: Literal["ac"] | None = None
    """Mains power; where nobody knows, it is there (K2)."""
    battery_above: int | None = None
    """More than so many percent, where there is no mains power."""
    network: Literal["online", "unmetered"] | None = None
    """Any, or one that is not paid for by the byte."""
    wifi: tuple[str, ...] = ()
    """The names of Wi-Fi networks: on another one, or where nobody can tell, it waits."""
    or_wired: bool = True
    """With `wifi`: a cable is as good."""
    idle: Duration | None = None
    """Nobody has touched keyboard or mouse for so long."""
    max_wait: Duration = Duration(hours=12)
    """The longest wait for these, and for the jobs it `needs`."""
    on_expiry: Literal["skip", "run"] = "skip"
    stop_when_lost: bool = False
    """A run under way is ended when one of them does not hold any more, and waits again."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What a command may take of the machine."""

    nice: int | None = None
    """-20 to 19, as `nice` has it: the greater, the more it gives way to others."""
    ionice: Literal["idle", "low", "normal"] | None = None
    memory: Size | None = None
    """Of the whole command where the system can tell, else of each of its processes."""
    cpu_time: Duration | None = None
    """Of each of its processes; waiting costs nothing."""


class Keep(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of its past; where it says nothing, the settings' `retention` does."""

    runs: int | None = None
    """Of the newest so many, the rows and all that belongs to them."""
    days: int | None = None
    """Nothing that ended longer ago, but always the newest run."""
    output: Size = Size(10 << 20)
    """Of each run's output: the head and the tail where it printed more."""
    artifacts: Size = Size(100 << 20)
    """Of the files that each run leaves to be kept."""


class Job(Struct, frozen=True, forbid_unknown_fields=True):
    """A definition, valid as a whole: what runs, when, and under which policies."""

    id: str
    """The file's name without its ending: a slug. It is not written inside the file."""
    handler: Handler
    schema: Literal[1] = 1
    name: str = ""
    """What people read; the id where it is empty."""
    description: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    triggers: tuple[Trigger, ...] = ()
    start: datetime | None = None
    """Nothing is due before; the anchor of intervals that have none."""
    end: datetime | None = None
    """Nothing is due after."""
    max_runs: int | None = None
    """After so many runs that nobody asked for by hand, it is completed."""
    timeout: Duration | None = None
    """The longest one attempt may take."""
    retry: Retry = Retry()
    overlap: Literal["skip", "queue", "concurrent", "replace"] = "skip"
    """What becomes of a request while the same job runs: it is skipped; it waits, one at most; it runs
    beside, up to `max_concurrent`; or it runs instead, once what ran is gone."""
    max_concurrent: int = 1
    """How many runs of it at once, where they may overlap."""
    group: str | None = None
    """Jobs that share something, such as a disk: at most so many of them run at once as the settings say."""
    priority: int = 0
    """Of runs that wait for a slot, the one with the greatest starts first."""
    catch_up: CatchUp = CatchUp()
    jitter: Duration = Duration()
    """Each run starts up to so long after it is due, so that not all jobs start at once."""
    jitter_mode: Literal["stable", "random"] = "stable"
    """How long is the same each time, on this machine and for this job; or drawn for each instant."""
    needs: tuple[str, ...] = ()
    """Jobs, by id, whose last run must have succeeded; until then it waits."""
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    on_interrupt: Literal["leave", "end", "rerun"] = "leave"
    """What becomes of a run when Daybell itself was killed: what still lives of it is left to run on, or
    is ended; with `rerun` it is left as well, and a run that was found dead is asked for once more."""
    notify: Notify = Notify()
    ping: str | None = None
    """An address of https or http, for Healthchecks and what is compatible with it: asked for with /start
    behind it when a run starts, as it is when one succeeds, and with /fail when one fails for good."""
    keep: Keep = Keep()
    keep_awake: bool = False
    """While it runs, the machine does not fall asleep by itself; the settings say for how long."""
    late_after: Duration | None = None
    """Tell the person when a run has not started so long after it was due, in time awake."""
    too_long_after: Duration | None = None
    """Tell the person when a run takes longer; it goes on."""

    @property
    def title(self) -> str:
        return self.name or self.id


GRACE = timedelta(seconds=10)
"""Between the friendly signal to a process tree and the final one (T1)."""
