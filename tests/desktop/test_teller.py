"""What the engine tells becomes a notice, and a pressed button a verb."""

import pytest

from daybell.core.notices import greeting
from daybell.core.views import Action, Verb
from daybell.desktop.notices.interface import DEFAULT, Notice, Notices
from daybell.desktop.notices.teller import REMEMBERED, NoticeTeller
from daybell.model.incident import Button, NoticeKind, NoticeText


class Screen(Notices):
    """Notices that are only noted."""

    why = ""

    def __init__(self) -> None:
        self.shown: list[Notice] = []

    def show(self, notice: Notice) -> None:
        self.shown.append(notice)

    def close(self, key: str) -> None: ...

    def stop(self) -> None: ...


class Desk:
    """A teller, what it shows and what it asks for."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.acts: list[Action] = []
        self.teller = NoticeTeller()
        self.teller.show_on(self.screen)
        self.teller.act_by(self.acts.append)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def by_notice(verb: Verb, job_id: str | None = None, run_id: str | None = None) -> Action:
    return Action(verb, job_id, run_id, by="a notice")


def a_failure(key: str = "backup", kind: NoticeKind = "failure", *, log: bool = True) -> NoticeText:
    buttons: tuple[Button, ...] = ("run_again", "open_log", "snooze") if log else ("run_again", "snooze")
    words = {"title": "Back up failed", "body": "disk full"}
    return NoticeText(key=key, kind=kind, job_id="backup", run_id="r1", buttons=buttons, **words)


def test_a_failure_stays_on_the_screen_with_the_buttons_that_work(desk: Desk) -> None:
    desk.teller.tell(a_failure())
    (notice,) = desk.screen.shown
    assert (notice.key, notice.title, notice.body) == ("backup", "Back up failed", "disk full")
    assert (notice.urgency, notice.icon) == ("critical", "failed")
    assert [button.label for button in notice.buttons] == ["Run again", "Open log", "Snooze 1 h"]


def test_a_recovery_is_calm(desk: Desk) -> None:
    desk.teller.tell(a_failure(kind="recovery"))
    assert (desk.screen.shown[0].urgency, desk.screen.shown[0].icon) == ("normal", "idle")


@pytest.mark.parametrize(
    ("button", "acts"),
    [
        ("run_again", [by_notice("run", "backup", "r1")]),
        ("open_log", [by_notice("open_log", "backup", "r1")]),
        ("snooze", [by_notice("snooze", "backup", "r1")]),
        (DEFAULT, [by_notice("open_log", "backup", "r1")]),
        ("pause_until_tomorrow", []),
        ("unheard of", []),
    ],
)
def test_a_button_asks_for_its_verb(desk: Desk, button: str, acts: list[Action]) -> None:
    desk.teller.tell(a_failure())
    desk.teller.pressed("backup", button)
    assert desk.acts == acts


def test_what_is_about_no_job_can_have_buttons_too(desk: Desk) -> None:
    desk.teller.tell(greeting())
    assert [button.label for button in desk.screen.shown[0].buttons] == ["Add sample jobs", "Open job folder"]
    desk.teller.pressed("greeting", "add_samples")
    assert desk.acts == [by_notice("add_samples")]


def test_a_click_on_a_notice_without_a_log_does_nothing(desk: Desk) -> None:
    desk.teller.tell(a_failure(log=False))
    desk.teller.pressed("backup", DEFAULT)
    assert desk.acts == []


def test_a_button_of_a_notice_that_is_long_gone_does_nothing(desk: Desk) -> None:
    for number in range(REMEMBERED + 1):
        desk.teller.tell(a_failure(f"job-{number}"))
    desk.teller.pressed("job-0", "run_again")
    desk.teller.pressed("never-told", "run_again")
    assert desk.acts == []


def test_what_is_told_before_there_is_a_screen_is_understood_later() -> None:
    acts: list[Action] = []
    teller = NoticeTeller()
    teller.tell(a_failure())
    teller.pressed("backup", "run_again")
    teller.act_by(acts.append)
    teller.pressed("backup", "run_again")
    assert acts == [by_notice("run", "backup", "r1")]
