"""A week of a laptop: nights asleep, a journey, a crash, clocks that are set, and who paused what."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron, every
from daybell.core.schedule import Calendar, next_due
from daybell.engine.explaining import Explaining
from daybell.engine.memory import NoLogs
from daybell.engine.messages import Pause, Resume, Stop
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.ports import Attempt
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, Job, Retry
from simulations import DAY, HOUR, MINUTE, WELL, failing

MONDAY = at("2026-03-02 08:00 Europe/Berlin")
LISBON = ZoneInfo("Europe/Lisbon")
HOME = Facts(on_mains=True, is_online=True, wifi="home", is_wired=False)
BATTERY = replace(HOME, on_mains=False)
CAFE = replace(HOME, wifi="Café Central")

BACKUP = a_job(
    id="backup",
    triggers=(cron("30 2 * * *"),),
    conditions=Conditions(power="ac", wifi=("home",), max_wait=Duration(hours=6)),
)
MAIL = a_job(id="mail", triggers=(every("3h", MONDAY + HOUR),))
REPORT = a_job(id="report", triggers=(cron("0 */6 * * *"),), overlap="queue", catch_up=CatchUp(policy="all"))
CLEAN = a_job(id="clean", triggers=(cron("0 */8 * * *"),), catch_up=CatchUp(policy="skip"))
FETCH = a_job(
    id="fetch",
    triggers=(cron("45 8-18/5 * * *"),),
    conditions=Conditions(network="online"),
    retry=Retry(max_attempts=3, delay=Duration(minutes=5), jitter=False),
    jitter=Duration(minutes=4),
)
SYNC = a_job(
    id="sync",
    triggers=(cron("0 9,15 * * *"),),
    needs=("backup",),
    conditions=Conditions(max_wait=Duration(hours=2)),
)
JOBS = (BACKUP, MAIL, REPORT, CLEAN, FETCH, SYNC)


class Stretch(Struct, frozen=True):
    """A job with the schedule that it had for a time."""

    job: Job
    calendar: Calendar
    since: datetime
    until: datetime

    def instants(self) -> Iterator[datetime]:
        due = next_due(self.job, self.since, self.calendar)
        while due is not None and due <= self.until:
            yield due
            due = next_due(self.job, due, self.calendar)


class Week(Simulation):
    """Lived through once, and then only asked about."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        """What was due by the schedules of the time, also where nobody counted by them."""
        super().__init__(JOBS, start=MONDAY, zone=BERLIN, behave=does)
        self.surround(HOME)
        self._monday_to_wednesday()
        self._thursday_and_friday()
        self._weekend()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def explaining(self) -> Explaining:
        return explaining(self)

    def _monday_to_wednesday(self) -> None:
        self._on_the_wall("2026-03-02 23:00")
        self._asleep_until("2026-03-03 07:40")
        self._on_the_wall("2026-03-03 22:00")
        self.surround(BATTERY)
        self._on_the_wall("2026-03-04 07:00")
        self.surround(HOME)
        self._on_the_wall("2026-03-04 11:40")
        self._live(lambda: self.freeze(45 * MINUTE))
        self._on_the_wall("2026-03-04 14:00")
        travelling = at("2026-03-05 09:30 Europe/Berlin")
        self.ask(Pause("mail", travelling, "travelling", by="the menu"))
        self._on_the_wall("2026-03-04 20:00")
        self.ask(Pause(None, by="the command line"))
        self._on_the_wall("2026-03-05 01:30")
        self.ask(Resume(None))
        self.surround(CAFE)

    def _thursday_and_friday(self) -> None:
        self._on_the_wall("2026-03-05 11:30")
        self.surround(replace(CAFE, is_online=False))
        self._on_the_wall("2026-03-05 14:30")
        self.surround(HOME)
        self._on_the_wall("2026-03-05 20:00")
        self.crash()
        self._live(lambda: self.clock.advance_to(self.now + 5 * HOUR))
        self.restart()
        self._on_the_wall("2026-03-06 05:30")
        self._live(lambda: self.step_clock(HOUR))
        self._on_the_wall("2026-03-06 10:10")
        self._live(lambda: self.step_clock(-2 * HOUR))
        self._on_the_wall("2026-03-06 15:30")
        self.change_zone(LISBON)
        self._on_the_wall("2026-03-06 18:00")
        self._edit(replace(CLEAN, triggers=(cron("20 */8 * * *"),)))
        self._edit(replace(FETCH, enabled=False))

    def _weekend(self) -> None:
        self._on_the_wall("2026-03-07 10:00")
        self._edit(FETCH)
        self._on_the_wall("2026-03-07 11:10")
        self._stop()
        self._live(lambda: self.clock.advance_to(at("2026-03-07 19:30 Europe/Lisbon")))
        self.restart()
        self._on_the_wall("2026-03-08 05:10")
        self._stop()
        self.config = replace(self.config, is_enabled=False)
        self.restart()
        self._on_the_wall("2026-03-08 14:30")
        self._stop()
        self.config = replace(self.config, is_enabled=True)
        self.restart()
        self._on_the_wall("2026-03-08 16:00")
        self.surround(BATTERY)
        self.ask(Pause("report", None, "the disk is away", by="the menu"))
        self._on_the_wall("2026-03-09 04:00")

    def _on_the_wall(self, text: str) -> None:
        """Until then, where the computer is."""
        self._live(lambda: self.run_until(at(f"{text} {self.config.zone.key}")))

    def _asleep_until(self, text: str) -> None:
        self._live(lambda: self.suspend(at(f"{text} {self.config.zone.key}") - self.now))

    def _edit(self, job: Job) -> None:
        self.files.jobs[job.id] = job
        self.reload()

    def _stop(self) -> None:
        self.ask_later(Stop())
        self.alarms.stop()
        self.deadlines.stop()

    def _live(self, pass_time: "object") -> None:
        since = self.now
        pass_time()  # type: ignore[operator]  # a function without arguments
        for job in self.files.jobs.values():
            calendar = self.registry.snapshot(job.id).calendar
            assert calendar is not None
            self.stretches.append(Stretch(replace(job, enabled=True), calendar, since, self.now))


def explaining(simulation: Simulation, *, is_still: bool = False) -> Explaining:
    """Of a simulated home as it stands."""
    registry, clock, config = simulation.registry, simulation.clock, simulation.config
    past = Past(registry, simulation.history, NoLogs(), clock)
    outlook = Outlook(registry, simulation.files.jobs.get, clock, lambda: config.zone, config.seed)
    return Explaining(registry, past, outlook, simulation.history, clock, is_still=is_still)


def does(attempt: Attempt) -> Behaviour:
    """Most are well in a moment."""
    due = attempt.run.due
    match attempt.job.id:
        case "backup":
            return Behaviour(takes=20 * MINUTE)
        case "report" if due == at("2026-03-03 12:00 Europe/Berlin"):
            return Behaviour(takes=20 * HOUR)
        case "report" if due == at("2026-03-05 18:00 Europe/Berlin"):
            return Behaviour(takes=5 * HOUR)
        case "mail" if due == MONDAY + HOUR + DAY + 3 * HOUR:
            return Behaviour(takes=4 * HOUR)
        case "fetch" if attempt.run.attempts < 3 or due == at("2026-03-04 13:45 Europe/Berlin"):
            return failing("timeout while connecting")
    return WELL
