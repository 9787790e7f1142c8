"""How does logind keep the machine awake?"""

import logging
from functools import partial

from jeepney import Message, new_method_call
from jeepney.fds import FileDescriptor

from daybell.desktop.bus.calls import Calls, body_of, error_of
from daybell.desktop.surroundings.logind import LOGIND

log = logging.getLogger(__name__)

WHAT, WHO, MODE = "sleep:idle", "Daybell", "block"
SILENT = "logind has not answered yet"


class Inhibitor:
    """An open file that logind gave: while it is open, the machine stays awake. Only on the loop's thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._wanted: str | None = None
        self._held: FileDescriptor | None = None
        self._reason = ""
        """The one for which it is held; empty: for none that whoever is logind now knows of."""
        self._asked: str | None = None
        self._turn = 0
        self._absence = SILENT
        """Why nobody can be asked; empty: logind is there."""
        self._refusal = ""

    @property
    def why_not_held(self) -> str:
        """Any thread."""
        if self._wanted is None or self._reason:
            return ""
        return self._absence or self._refusal or SILENT

    @property
    def refusal(self) -> str:
        """As `Wakefulness` has it. Any thread."""
        return "" if self._asked is not None else self.why_not_held

    def hold(self, reason: str | None) -> None:
        self._wanted = reason
        if reason is None:
            self._let_go()
        else:
            self._take()

    def came(self) -> None:
        """Logind is there, perhaps another one, that knows nothing of us."""
        self._absence, self._asked, self._reason = "", None, ""
        self._take()

    def went(self, why: str) -> None:
        """What is held stays open: with luck it still counts."""
        self._absence, self._asked, self._reason = why, None, ""
        self._take()

    def close(self) -> None:
        self._wanted = None
        self._let_go()

    def _take(self) -> None:
        if self._wanted is None or self._wanted == self._reason:
            return
        if self._absence:
            self._refused(self._absence)
        elif self._asked is None:  # one at a time: whatever is wanted by then comes next
            self._asked = self._wanted
            self._turn += 1
            call = new_method_call(LOGIND, "Inhibit", "ssss", (WHAT, WHO, self._wanted, MODE))
            self._calls.ask(call, partial(self._answered, self._turn))

    def _answered(self, turn: int, answer: Message) -> None:
        is_awaited = turn == self._turn and self._asked is not None
        reason, self._asked = (self._asked, None) if is_awaited else (None, self._asked)
        match body_of(answer):
            case (FileDescriptor() as file,):
                self._got(file, reason)
            case _ if reason is not None and reason == self._wanted:
                self._refused(error_of(answer) or "logind gives nothing to hold")
            case _ if is_awaited:
                self._take()

    def _got(self, file: FileDescriptor, reason: str | None) -> None:
        """One that nobody waits for any more is given back."""
        if reason is None or self._wanted is None:
            file.close()
            return
        before, self._held = self._held, file
        self._reason, self._refusal = reason, ""
        if before:
            before.close()
        log.debug("the machine stays awake: %s", reason)
        self._take()

    def _refused(self, why: str) -> None:
        if why not in (self._refusal, SILENT):
            log.warning("the machine may fall asleep during a run: %s", why)
        self._refusal = why

    def _let_go(self) -> None:
        self._reason = self._refusal = ""
        if self._held:
            self._held.close()
            self._held = None
