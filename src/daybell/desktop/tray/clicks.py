"""Who waits for the answer when a person has clicked? A thread that may: a tray must not."""

import logging
import queue
import threading
from collections.abc import Callable

from daybell.core.views import Action
from daybell.desktop.notices.interface import Notices
from daybell.model.errors import DaybellError

log = logging.getLogger(__name__)


class Clicks:
    """`act` only posts, as a tray demands. A refusal comes as a notice, since a menu cannot answer."""

    def __init__(self, carry_out: Callable[[Action], None], notices: Notices) -> None:
        self._carry_out = carry_out
        self._notices = notices
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
                self._carry_out(action)
            except DaybellError as error:
                self._notices.notify("Daybell cannot do that", str(error))
            except Exception:  # the edge of this thread: one click that fails must not end the others
                log.exception("a click failed")
