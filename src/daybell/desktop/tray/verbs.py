"""What does each verb of the menu and of a notice do? It asks the service, or shows something."""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from daybell.core.samples import samples
from daybell.core.views import Action, Verb, clock_time, count, tomorrow, tooltip
from daybell.desktop.notices.interface import Notices
from daybell.desktop.opening.error_place import error_line
from daybell.engine.ports import Clock
from daybell.engine.service import SchedulerService
from daybell.model.errors import Conflict, describe_problem
from daybell.model.query import RunQuery
from daybell.model.run import Run

SNOOZE = timedelta(hours=1)
SHOWN = 3
"""Problems in one notice."""
SAMPLES_ADDED = (
    "They are in the menu now: run the one that fails, to see how that looks. "
    "When you have seen enough, remove their files from the job folder."
)

Doings = Mapping[Verb, Callable[[Action], object]]
NO_OTHERS: Doings = MappingProxyType({})
Open = Callable[[Path, int | None], None]
"""Shows a file, at a line of it if it can, or a directory; raises DaybellError, and never blocks."""


class Verbs:
    """Each may take as long as the service takes to answer, and raises what that raises."""

    def __init__(
        self,
        service: SchedulerService,
        notices: Notices,
        opener: Open,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        *,
        clicked: Callable[[str], None] = lambda _: None,
        others: Doings = NO_OTHERS,
    ) -> None:
        """`zone` is the one the person lives in; `clicked` hears of the runs that were asked for.

        `others` are the verbs that neither the service nor this carries out.
        """
        self._service = service
        self._notices = notices
        self._opener = opener
        self._clock = clock
        self._zone = zone
        self._clicked = clicked
        self.table: Doings = MappingProxyType(
            {
                "run": lambda action: clicked(service.run_now(job_of(action))),
                "cancel": lambda action: service.cancel_run(job_of(action)),
                "pause": lambda action: service.pause_job(job_of(action), by=action.by),
                "pause_until_tomorrow": self._pause_until_tomorrow,
                "resume": lambda action: service.resume_job(job_of(action)),
                "snooze": lambda action: service.snooze_job(job_of(action), clock.now() + SNOOZE),
                "open_log": self._open_log,
                "pause_all": lambda action: service.pause_all(by=action.by),
                "resume_all": lambda _: service.resume_all(),
                "show_status": self._show_status,
                "show_problems": self._show_problems,
                "add_samples": self._add_samples,
                "run_away": self._run_away,
                "skip_away": lambda action: service.away.skip(action.job_id),
                "see_away": lambda _: service.away.dismiss(),
                "open_folder": lambda _: opener(Path(service.status().scheduler.home), None),
                "about": self._about,
                "quit": lambda _: service.request_stop(),
                **others,
            }
        )

    def carry_out(self, action: Action) -> None:
        """DaybellError when it cannot be done."""
        self.table[action.verb](action)

    def _run_away(self, action: Action) -> None:
        for run_id in self._service.away.run(action.job_id):
            self._clicked(run_id)

    def _pause_until_tomorrow(self, action: Action) -> None:
        until = tomorrow(self._clock.now().astimezone(self._zone()))
        self._service.pause_job(job_of(action), until, by=action.by)

    def _open_log(self, action: Action) -> None:
        """At the error, where there is one."""
        service = self._service
        run = service.get_run(action.run_id) if action.run_id else last_started(service, job_of(action))
        path = service.log_file(run.run_id)
        self._opener(path, error_line(path, run.error) if run.is_failure else None)

    def _add_samples(self, _action: Action) -> None:
        added = [job_id for job_id, job in samples(sys.platform).items() if self._is_added(job_id, job)]
        text = SAMPLES_ADDED if added else "They are all there already."
        self._notices.notify(f"{count(len(added), 'sample job')} added", text)

    def _is_added(self, job_id: str, definition: bytes) -> bool:
        try:
            self._service.add_job(job_id, definition)
        except Conflict:  # it is there, and what a person made of it stays
            return False
        return True

    def _show_status(self, _action: Action) -> None:
        now, zone = self._clock.now(), self._zone()
        words = tooltip(self._service.status(), lambda instant: clock_time(instant, zone, now))
        head, _, rest = words.partition("\n")
        self._notices.notify(head, rest)

    def _show_problems(self, _action: Action) -> None:
        problems = self._service.status().problems
        lines = [describe_problem(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"and {len(problems) - SHOWN} more: see “daybell status”")
        self._notices.notify(count(len(problems), "problem"), "\n".join(lines))

    def _about(self, _action: Action) -> None:
        scheduler = self._service.status().scheduler
        text = f"It runs your jobs on time, and tells you when one fails. They are in {scheduler.home}."
        self._notices.notify(f"Daybell {scheduler.version}", text)


def job_of(action: Action) -> str:
    return action.job_id or ""


def last_started(service: SchedulerService, job_id: str) -> Run:
    """The last run that may have printed something; Conflict where there is none."""
    for run in service.history(RunQuery(job_id=job_id)).runs:
        if run.started:
            return run
    raise Conflict(f"{job_id} has not printed anything yet")
