"""How does what the engine tells become a notice, and a pressed button a verb?"""

import threading
from collections.abc import Callable

from daybell.core.views import Action, IconState, Verb
from daybell.desktop.notices.interface import DEFAULT, Button, Notice, Notices, Urgency
from daybell.model.incident import NoticeKind, NoticeText

BUTTONS: dict[str, tuple[str, Verb]] = {
    "run_again": ("Run again", "run"),
    "open_log": ("Open log", "open_log"),
    "snooze": ("Snooze 1 h", "snooze"),
    "pause_until_tomorrow": ("Pause until tomorrow", "pause_until_tomorrow"),
    "add_samples": ("Add sample jobs", "add_samples"),
    "open_folder": ("Open job folder", "open_folder"),
    "run_away": ("Run now", "run_away"),
    "skip_away": ("Skip", "skip_away"),
}
"""What each says, and what it asks for."""
ICONS: dict[NoticeKind, IconState] = {
    "failure": "failed",
    "reminder": "failed",
    "late": "failed",
    "digest": "failed",
    "recovery": "idle",
    "too_long": "running",
    "greeting": "idle",
    "trouble": "failed",
    "away": "idle",
}
URGENCIES: dict[NoticeKind, Urgency] = {
    "failure": "critical",
    "reminder": "critical",
    "trouble": "critical",
}
REMEMBERED = 200
"""Notices whose buttons are still understood; a screen holds far fewer."""


class NoticeTeller:
    """`engine.ports.Teller`, and what hears of the buttons; it holds up neither side.

    The engine comes before the screen, and the screen before what acts: each is named when it is there.
    """

    def __init__(self) -> None:
        self._act: Callable[[Action], None] | None = None
        self._notices: Notices | None = None
        self._lock = threading.Lock()
        self._told: dict[str, NoticeText] = {}

    def show_on(self, notices: Notices) -> None:
        """What is told before that is not shown; the menu and the log have it."""
        self._notices = notices

    def act_by(self, act: Callable[[Action], None]) -> None:
        """`act` must only post."""
        self._act = act

    def tell(self, notice: NoticeText) -> None:
        with self._lock:
            self._told.pop(notice.key, None)
            self._told[notice.key] = notice
            if len(self._told) > REMEMBERED:
                del self._told[next(iter(self._told))]
        if self._notices is not None:
            self._notices.show(as_notice(notice))

    def pressed(self, key: str, button: str) -> None:
        """A click on the notice itself means its log, where it has one."""
        with self._lock:
            notice = self._told.get(key)
        if self._act is None or notice is None:
            return
        if button == DEFAULT:
            button = "open_log"
        if button in notice.buttons:
            self._act(Action(BUTTONS[button][1], notice.job_id, notice.run_id, by="a notice"))


def as_notice(text: NoticeText) -> Notice:
    return Notice(
        key=text.key,
        title=text.title,
        body=text.body,
        urgency=URGENCIES.get(text.kind, "normal"),
        buttons=tuple(Button(key, BUTTONS[key][0]) for key in text.buttons),
        icon=ICONS[text.kind],
    )
