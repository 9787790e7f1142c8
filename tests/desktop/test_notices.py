"""Notices: which words, how long, which way, and what becomes of errors."""

import sys
import threading
from types import ModuleType

import pytest

from daybell.desktop.notices.choose import open_notices
from daybell.desktop.notices.dbus_notices import DbusNotices
from daybell.desktop.notices.desktop_notifier_notices import DesktopNotifierNotices
from daybell.desktop.notices.interface import Button, Notice, Notices
from daybell.desktop.notices.notify_call import actions
from daybell.desktop.notices.null import NullNotices
from daybell.desktop.notices.plyer_notices import PlyerNotices, fit_title, send_with_plyer
from daybell.desktop.notices.text import body_text, title_text
from daybell.desktop.notices.waiting import WAITING_AT_MOST, Close, Order, Rest, Unseen, Waiting, line_up
from tray_host import wait_until


@pytest.mark.parametrize(
    ("title", "fitted"),
    [
        ("--help", "help"),
        ("- -", "Daybell"),
        ("", "Daybell"),
        ("x" * 63, "x" * 63),
        ("x" * 64, "x" * 62 + "…"),
    ],
)
def test_a_title_is_never_an_option_and_never_too_long(title: str, fitted: str) -> None:
    assert fit_title(title) == fitted


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("a\r\nb\tc", "a b c", "a\nb c"),
        ("\u202eabc\u2066\x07", "abc", "abc"),
        ("x" * 101, "x" * 99 + "…", "x" * 101),
        ("x y" * 400, ("x y" * 33)[:99] + "…", ("x y" * 400)[:999].rstrip() + "…"),
        ("\n\n", "Daybell", ""),
    ],
)
def test_text_is_cut_and_cleaned(text: str, title: str, body: str) -> None:
    assert (title_text(text), body_text(text)) == (title, body)


@pytest.mark.parametrize(
    ("buttons", "named"),
    [
        ((), []),
        ((Button("run", "Run"),), ["default", "", "run", "Run"]),
        ((Button("default", "Show"), Button("run", "Run")), ["default", "Show", "run", "Run"]),
    ],
)
def test_a_click_on_the_notice_is_an_action_too(buttons: tuple[Button, ...], named: list[str]) -> None:
    assert actions(buttons) == named


A, B, URGENT = Notice("a", "A", ""), Notice("b", "B", ""), Notice("u", "U", "", "critical")
NEW_A = Notice("a", "A again", "")


@pytest.mark.parametrize(
    ("line", "order", "after", "dropped"),
    [
        ([], A, [A], None),
        ([A, B], NEW_A, [B, NEW_A], None),
        ([A, B], Close("a"), [B, Close("a")], None),
        ([Close("a")], A, [A], None),
        ([URGENT, A], B, [URGENT, B], A),
        ([URGENT, Notice("v", "V", "", "critical")], A, [URGENT, Notice("v", "V", "", "critical")], A),
        ([Close("x"), Close("y")], URGENT, [Close("y"), URGENT], Close("x")),
    ],
)
def test_the_oldest_that_matter_least_go_first(
    line: list[Order], order: Order, after: list[Order], dropped: Order | None
) -> None:
    assert line_up(line, order, 2) == (after, dropped)


def test_what_is_dropped_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Waiting(at_most=1)
    waiting.put(A)
    waiting.put(B)
    assert [record.getMessage() for record in caplog.records] == [
        "too many notices wait; this one is not shown: A"
    ]
    assert waiting.take() == B
    assert waiting.take() is None


def test_nobody_waits_after_the_end() -> None:
    waiting = Waiting()
    waiting.put(A)
    waiting.end()
    assert waiting.wait() is None


def lost(*notices: Notice, at_most: int = 2) -> Unseen:
    """All went another way, and nobody could show them."""
    unseen = Unseen(at_most)
    for notice in notices:
        unseen.send_away(notice)
        unseen.come_back(notice)
    return unseen


def left(unseen: Unseen) -> list[str]:
    titles = []
    while notice := unseen.first():
        titles.append(notice.title)
        unseen.settle(notice)
    return titles


def test_what_nobody_could_show_waits_in_order_and_the_oldest_goes_first(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert left(lost(A, B)) == ["A", "B"]
    assert left(lost(A, B, NEW_A)) == ["B", "A again"]
    assert not caplog.records
    assert left(lost(URGENT, A, B)) == ["U", "B"]
    assert [record.getMessage() for record in caplog.records] == [
        "too many notices wait; this one is not shown: A"
    ]


def test_only_the_newest_of_a_key_comes_back() -> None:
    unseen = lost(B)
    unseen.send_away(A)
    unseen.send_away(NEW_A)
    unseen.come_back(A)
    assert left(unseen) == ["B"]
    unseen.come_back(NEW_A)
    assert left(unseen) == ["A again"]


def test_what_was_taken_back_or_shown_does_not_come_back() -> None:
    unseen = lost(A)
    unseen.send_away(B)
    unseen.forget("a")
    unseen.settle(B)
    unseen.come_back(A)
    unseen.come_back(B)
    assert not unseen


def test_one_that_is_shown_late_leaves_the_newer_one() -> None:
    unseen = lost(NEW_A)
    unseen.settle(A)
    assert left(unseen) == ["A again"]


def test_another_way_that_shows_all_fills_nothing() -> None:
    unseen = Unseen(at_most=2)
    for number in range(100):
        unseen.send_away(Notice(str(number), "", ""))
    assert len(unseen._away) == 4
    assert not unseen


def test_what_is_in_flight_is_not_the_first() -> None:
    unseen = lost(A, B)
    assert unseen.first(besides=[None, A]) == B
    assert unseen.first(besides=[A, B]) is None


def test_a_desktop_that_failed_is_left_alone_until_it_lives() -> None:
    now = 100.0
    rest = Rest(lambda: now)
    assert (rest.is_over(), rest.is_over_for_unseen()) == (True, True)
    rest.begin(is_silent=True)
    assert (rest.is_over(), rest.is_over_for_unseen()) == (False, False)
    now = 160.0
    assert (rest.is_over(), rest.is_over_for_unseen()) == (True, False)
    rest.end()
    assert (rest.is_over(), rest.is_over_for_unseen()) == (True, True)
    rest.begin(is_silent=False)
    assert (rest.is_over(), rest.is_over_for_unseen()) == (True, False)


def test_a_bus_that_stays_lost_is_tried_ever_less_often() -> None:
    rest = Rest(lambda: 0.0)
    waits = []
    for _ in range(9):
        rest.begin_without_bus()
        waits.append(rest.left_for_unseen())
    assert waits == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0]
    rest.end()
    rest.begin_without_bus()
    assert rest.is_over_for_unseen()


class Recorder(Notices):
    """Notices that remember their titles."""

    why = ""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, notice: Notice) -> None:
        self.shown.append(notice.title)

    def close(self, key: str) -> None:
        """Nothing is looked at here."""

    def stop(self) -> None:
        """There is nothing to stop."""


def test_notices_are_sent_in_order_by_a_thread_of_their_own() -> None:
    sent: list[tuple[str, str, str]] = []
    notices = PlyerNotices(
        Recorder(), lambda *notice: sent.append((threading.current_thread().name, *notice))
    )
    notices.notify("A failed", "x" * 300)
    notices.notify("B failed", "y")
    wait_until(lambda: len(sent) == 2, "both notices")
    assert sent == [("notices-plyer", "A failed", "x" * 254 + "…"), ("notices-plyer", "B failed", "y")]
    notices.stop()


def test_there_is_no_thread_before_the_first_notice() -> None:
    notices = PlyerNotices(Recorder())
    assert notices._thread is None
    notices.stop()


def test_an_error_is_logged_once_a_kind_and_all_go_beneath(caplog: pytest.LogCaptureFixture) -> None:
    errors: list[Exception] = [OSError("a"), OSError("b"), NotImplementedError()]
    sent: list[str] = []

    def send(title: str, _body: str) -> None:
        sent.append(title)
        raise errors[len(sent) - 1]

    beneath = Recorder()
    notices = PlyerNotices(beneath, send)
    for title in "123":
        notices.notify(title, "")
    notices.close("elsewhere")
    wait_until(lambda: beneath.shown == ["1", "2", "3"], "the notices beneath")
    assert [record.getMessage() for record in caplog.records] == [
        "notices cannot be shown: a",
        "notices cannot be shown: NotImplementedError",
    ]
    notices.stop()


def test_a_service_that_hangs_holds_up_nobody() -> None:
    release, sent = threading.Event(), list[str]()

    def send(title: str, _body: str) -> None:
        sent.append(title)
        release.wait(5)

    notices = PlyerNotices(Recorder(), send)
    notices.notify("0", "")
    wait_until(lambda: bool(sent), "the first notice")
    for number in range(1, WAITING_AT_MOST * 2):
        notices.notify(str(number), "")
    stopper = threading.Thread(target=notices.stop)
    stopper.start()
    stopper.join(2)
    assert not stopper.is_alive()
    assert sent == ["0"]
    release.set()


def test_plyer_is_called_as_it_wants_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, object]] = []
    plyer = ModuleType("plyer")
    plyer.notification = ModuleType("notification")  # type: ignore[attr-defined]  # a stand-in
    plyer.notification.notify = lambda **words: calls.append(words)
    monkeypatch.setitem(sys.modules, "plyer", plyer)
    send_with_plyer("A failed", "disk full")
    assert calls == [{"title": "A failed", "message": "disk full", "app_name": "Daybell"}]


def test_what_nobody_could_see_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    notices = NullNotices("no desktop")
    notices.show(A)
    notices.close("a")
    notices.stop()
    assert [record.getMessage() for record in caplog.records] == ["a notice that could not be shown: A"]


def test_what_nobody_could_see_is_told_to_whoever_stands_above() -> None:
    unseen: list[Notice] = []

    def send(title: str, _body: str) -> None:
        if title == "A":
            raise NotImplementedError

    notices = PlyerNotices(NullNotices("no desktop"), send)
    notices.tell_unseen(unseen.append)
    for notice in (B, A, URGENT):
        notices.show(notice)
    wait_until(lambda: bool(unseen), "the notice that comes back")
    notices.stop()
    assert unseen == [A]


def test_without_a_session_nobody_is_told() -> None:
    notices = open_notices({"XDG_RUNTIME_DIR": "/nowhere"}, "linux")
    notices.notify("A failed", "")
    notices.stop()
    assert "no desktop session was found" in notices.why


@pytest.mark.parametrize(
    ("platform", "installed", "kind"),
    [
        ("linux", True, DbusNotices),
        ("darwin", False, PlyerNotices),
        ("darwin", True, DesktopNotifierNotices),
        ("win32", False, PlyerNotices),
        ("win32", True, DesktopNotifierNotices),
    ],
)
def test_each_desktop_has_its_best_notices(platform: str, installed: bool, kind: type) -> None:  # noqa: FBT001 - a table
    environ = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}
    notices = open_notices(environ, platform, has_library=lambda _: installed)
    assert type(notices) is kind
    assert notices.why == ""
    notices.stop()
