"""What does a click in the menu do? It asks the service, on a thread that may wait for the answer."""

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, assert_never

from daybell.core.views import Action
from daybell.desktop.notices.interface import Notices
from daybell.engine.service import SchedulerService
from daybell.model.errors import Conflict, DaybellError

log = logging.getLogger(__name__)


class Clicks:
    """`act` only posts, as a tray demands. A refusal comes as a notice, since a menu cannot answer."""

    def __init__(self, service: SchedulerService, notices: Notices, opener: Callable[[Path], None]) -> None:
        """`opener` shows a file or a directory to the person, or raises DaybellError; it never blocks."""
        self._service = service
        self._notices = notices
        self._opener = opener
        self._queue: queue.SimpleQueue[Action | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tray-clicks", daemon=True)

    def act(self, action: Action) -> None:
        self._queue.put(action)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (action := self._queue.get()) is not None:
            try:
                self._verb(action)()
            except DaybellError as error:
                self._notices.notify("Daybell cannot do that", str(error))
            except Exception:  # the edge of this thread: one click that fails must not end the others
                log.exception("a click failed")

    def _verb(self, action: Action) -> Callable[[], object]:
        service, job_id = self._service, action.job_id or ""
        match action.verb:
            case "run":
                return lambda: service.run_now(job_id)
            case "cancel":
                return lambda: service.cancel_run(job_id)
            case "pause":
                return lambda: service.pause_job(job_id)
            case "resume":
                return lambda: service.resume_job(job_id)
            case "pause_all":
                return service.pause_all
            case "resume_all":
                return service.resume_all
            case "open_log" | "open_folder" | "about":
                return partial(self._show, action.verb, job_id)
            case "quit":
                return service.request_stop
            case _ as never:
                assert_never(never)

    def _show(self, what: Literal["open_log", "open_folder", "about"], job_id: str) -> None:
        scheduler = self._service.status().scheduler
        match what:
            case "open_log":
                self._opener(last_output(self._service, job_id))
            case "open_folder":
                self._opener(Path(scheduler.home))
            case "about":
                self._notices.notify(f"Daybell {scheduler.version}", f"It runs the jobs in {scheduler.home}.")
            case _ as never:
                assert_never(never)


def last_output(service: SchedulerService, job_id: str) -> Path:
    """The file of what the job printed last; DaybellError where there is none."""
    for run in service.history(job_id):
        if run.started:
            return service.log_file(run.run_id)
    raise Conflict(f"{job_id} has not printed anything yet")
