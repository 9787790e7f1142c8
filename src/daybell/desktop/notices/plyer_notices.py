"""How do notices reach the desktop's own notification service?"""

import logging
import queue
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress

from daybell.desktop.utf16 import fit_utf16

log = logging.getLogger(__name__)

# What Windows takes; longer ones are not shown at all.
TITLE_UNITS = 63
BODY_UNITS = 255
WAITING_AT_MOST = 20
"""A service that hangs must not hold hundreds of notices; what is beyond is in the history."""
STOP_TIMEOUT = 2.0
"""Seconds."""

Send = Callable[[str, str], None]


def send_with_plyer(title: str, body: str) -> None:
    """Show a notice; blocks for as long as the service takes, and raises what plyer raises."""
    from plyer import notification  # noqa: PLC0415 - it costs memory that most days do not need

    # It warns where it finds only its second choice, which is good enough.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"plyer\.")
    notification.notify(title=title, message=body, app_name="Daybell")


class PlyerNotices:
    """A thread of their own: a service that does not answer may block for half a minute."""

    why = ""

    def __init__(self, send: Send = send_with_plyer) -> None:
        self._send = send
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(WAITING_AT_MOST)
        self._stopping = threading.Event()
        self._reported: set[type[Exception]] = set()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def notify(self, title: str, body: str) -> None:
        try:
            self._waiting.put_nowait((fit_title(title), fit_utf16(body, BODY_UNITS)))
        except queue.Full:
            log.debug("too many notices wait; dropped: %s", title)

    def stop(self) -> None:
        self._stopping.set()
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(STOP_TIMEOUT)

    def _run(self) -> None:
        while not self._stopping.is_set():
            notice = self._waiting.get()
            if notice is None:
                return
            try:
                self._send(*notice)
            except Exception as error:  # noqa: BLE001 - the thread's edge; platforms raise what they like
                self._report(error)

    def _report(self, error: Exception) -> None:
        """Once for each kind: a desktop without notices stays without them."""
        if type(error) not in self._reported:
            self._reported.add(type(error))
            log.warning("notices cannot be shown: %s", str(error) or type(error).__name__)


def fit_title(title: str) -> str:
    """Short enough for Windows; a leading "-" would be read as an option by notify-send."""
    return fit_utf16(title.lstrip("- ") or "Daybell", TITLE_UNITS)
