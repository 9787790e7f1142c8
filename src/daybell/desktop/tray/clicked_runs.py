"""Does a person who clicked "Run now" hear that it failed? Also where that failure is no news any more."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from daybell.core import notices
from daybell.engine.ports import Teller
from daybell.model.events import AnyEvent, NoticeSent, RunFinished
from daybell.model.run import Run

REMEMBERED = 50


class ClickedRuns:
    """The same failure again is not told by itself, but whoever asks for a run deserves an answer."""

    def __init__(self, teller: Teller, title: Callable[[str], str]) -> None:
        """`title` is what the job with this id is called."""
        self._teller = teller
        self._title = title
        self._lock = threading.Lock()
        self._clicked: deque[str] = deque(maxlen=REMEMBERED)
        self._failed: deque[Run] = deque(maxlen=REMEMBERED)
        """It may have ended before the click has its answer."""

    def clicked(self, run_id: str) -> None:
        with self._lock:
            self._clicked.append(run_id)
            over = [run for run in self._failed if run.run_id == run_id]
        self._tell(over)

    def hear(self, events: Sequence[AnyEvent]) -> None:
        told = {event.notice.run_id for event in events if isinstance(event, NoticeSent)}
        ended = [event.run for event in events if isinstance(event, RunFinished)]
        with self._lock:
            failed = [run for run in ended if run.is_failure and run.cause == "manual"]
            failed = [run for run in failed if run.run_id not in told]
            self._failed.extend(failed)
            over = [run for run in failed if run.run_id in self._clicked]
        self._tell(over)

    def _tell(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self._teller.tell(notices.failure(run, self._title(run.job_id)))
