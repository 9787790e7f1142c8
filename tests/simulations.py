"""Simulated homes for tests: what their commands do, when they start, and what became of their runs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from builders import a_job, at, cron
from daybell.engine.ports import AttemptResult
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.events import RunStarted
from daybell.model.incident import NoticeText
from daybell.model.job import Job
from daybell.model.run import Run

START = at("2026-03-02 12:00")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WELL = Behaviour()


def failing(error: str = "disk full", *, takes: timedelta = SECOND, is_permanent: bool = False) -> Behaviour:
    result = AttemptResult(outcome="failed", exit_code=3, error=error, is_permanent=is_permanent)
    return Behaviour(takes=takes, result=result)


class Commands(Simulation):
    """A home in which each attempt does what is next in the list; the last of it is done ever after."""

    def __init__(self, *jobs: Job, does: Behaviour | Iterable[Behaviour] = WELL, **options: object) -> None:
        self.does = [does] if isinstance(does, Behaviour) else list(does)
        options = {"start": START, **options}
        super().__init__(jobs, behave=lambda _: self._next_behaviour(), **options)  # type: ignore[arg-type]  # tests pass what it takes

    @property
    def told(self) -> list[str]:
        """The kinds of the notices so far, but for those of what happened meanwhile: `cards`."""
        return [notice.kind for notice in self.teller.told if notice.kind != "away"]

    @property
    def cards(self) -> list[NoticeText]:
        """What was told of times in which nothing could start."""
        return [notice for notice in self.teller.told if notice.kind == "away"]

    def starts(self, job_id: str = "backup") -> list[datetime]:
        """When each of its attempts began."""
        events = [one.event for one in self.ledger.events]
        return [event.at for event in events if isinstance(event, RunStarted) and event.job_id == job_id]

    def edit(self, job: Job) -> None:
        self.files.jobs[job.id] = job
        self.reload()

    def down(self, length: timedelta) -> None:
        """The app is killed, and started again after so long."""
        self.crash()
        self.clock.advance_to(self.clock.now() + length)
        self.restart()

    def _next_behaviour(self) -> Behaviour:
        return self.does.pop(0) if len(self.does) > 1 else self.does[0]


def hourly(**changes: object) -> Job:
    return a_job(**{"triggers": (cron("0 * * * *"),), **changes})


def told(runs: Iterable[Run]) -> list[tuple[str, str | None, str | None]]:
    """Of each row, by due instant: cause, outcome and reason."""
    ordered = sorted(runs, key=lambda run: (run.due or START, run.due_to is None))
    return [(run.cause, run.outcome, run.reason) for run in ordered]


def since_start(moments: Iterable[datetime | None]) -> list[timedelta]:
    return [moment - START for moment in moments if moment is not None]
