"""How do notices reach a desktop whose own way is closed to us?

plyer knows titles and bodies only: no buttons, and nothing can be taken back. On Windows it shows each notice
from a thread that lasts ten seconds and is no daemon, so that the process may end that much later.
"""

import logging
import threading
import warnings
from collections.abc import Callable

from daybell.desktop.notices.interface import Notice, Notices, Unseen
from daybell.desktop.notices.text import body_text, title_text
from daybell.desktop.notices.waiting import Close, Waiting
from daybell.desktop.utf16 import fit_utf16

log = logging.getLogger(__name__)

# What Windows takes; longer ones are not shown at all.
TITLE_UNITS = 63
BODY_UNITS = 255
STOP_TIMEOUT = 0.9
"""Seconds; what stands above may take one more."""

Send = Callable[[str, str], None]


def send_with_plyer(title: str, body: str) -> None:
    """Show a notice; blocks for as long as the service takes, and raises what plyer raises."""
    from plyer import notification  # noqa: PLC0415 - it costs memory that most days do not need

    # It warns where it finds only its second choice, which is good enough.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"plyer\.")
    notification.notify(title=title, message=body, app_name="Daybell")


class PlyerNotices(Notices):
    """A thread of their own, once there is a notice: a service that hangs may hold it for half a minute."""

    why = ""

    def __init__(self, beneath: Notices, send: Send = send_with_plyer) -> None:
        self._beneath = beneath
        self._send = send
        self._waiting = Waiting()
        self._reported: set[type[Exception]] = set()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def show(self, notice: Notice) -> None:
        self._waiting.put(notice)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notices-plyer", daemon=True)
                self._thread.start()

    def tell_unseen(self, unseen: Unseen) -> None:
        """What plyer refuses goes beneath; what it only seems to show, nobody knows of."""
        self._beneath.tell_unseen(unseen)

    def close(self, key: str) -> None:
        self._waiting.put(Close(key))

    def stop(self) -> None:
        self._waiting.end()
        with self._starting:
            thread = self._thread
        if thread is not None:
            thread.join(STOP_TIMEOUT)
        self._beneath.stop()

    def _run(self) -> None:
        while (order := self._waiting.wait()) is not None:
            if isinstance(order, Notice) and not self._is_shown(order):
                self._beneath.show(order)

    def _is_shown(self, notice: Notice) -> bool:
        try:
            self._send(fit_title(notice.title), fit_utf16(body_text(notice.body), BODY_UNITS))
        except Exception as error:  # noqa: BLE001 - the thread's edge; platforms raise what they like
            self._report(error)
            return False
        return True

    def _report(self, error: Exception) -> None:
        """Once for each kind: a desktop without notices stays without them."""
        if type(error) not in self._reported:
            self._reported.add(type(error))
            log.warning("notices cannot be shown: %s", str(error) or type(error).__name__)


def fit_title(title: str) -> str:
    """Short enough for Windows; a leading "-" would be read as an option by notify-send."""
    return fit_utf16(title_text(title).lstrip("- ") or "Daybell", TITLE_UNITS)
