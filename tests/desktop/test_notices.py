"""Notices: which words, how long, and what becomes of errors."""

import sys
import threading
from types import ModuleType

import pytest

from daybell.desktop.notices.choose import open_notices
from daybell.desktop.notices.failures import failure_notice
from daybell.desktop.notices.plyer_notices import WAITING_AT_MOST, PlyerNotices, fit_title, send_with_plyer
from daybell.model.run import Run
from tray_host import wait_until


def a_run(**changes: object) -> Run:
    fields = {"run_id": "r1", "job_id": "backup", "cause": "schedule"} | changes
    return Run(**fields)  # type: ignore[arg-type]  # a builder


@pytest.mark.parametrize(
    ("run", "body"),
    [
        (a_run(outcome="failed", exit_code=3, error="disk full\n"), "Exit code 3: disk full"),
        (a_run(outcome="failed", exit_code=3), "Exit code 3."),
        (a_run(outcome="failed", error="no such program: restic"), "no such program: restic"),
        (a_run(outcome="failed"), "It could not be started."),
    ],
)
def test_a_failure_says_why(run: Run, body: str) -> None:
    assert failure_notice(run, "Back up\nphotos") == ("Back up photos failed", body)


def test_a_timeout_says_that_it_was_ended() -> None:
    notice = failure_notice(a_run(outcome="timed_out", exit_code=143), "")
    assert notice == ("backup timed out", "It took longer than it may, and was ended.")


@pytest.mark.parametrize("outcome", ["succeeded", "cancelled", "skipped", "missed", "interrupted", None])
def test_other_outcomes_are_no_news(outcome: str | None) -> None:
    assert failure_notice(a_run(outcome=outcome), "Back up photos") is None


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


def test_notices_are_sent_in_order_by_a_thread_of_their_own() -> None:
    sent: list[tuple[str, str, str]] = []
    notices = PlyerNotices(lambda *notice: sent.append((threading.current_thread().name, *notice)))
    notices.notify("A failed", "x" * 300)
    notices.notify("B failed", "y")
    wait_until(lambda: len(sent) == 2, "both notices")
    assert sent == [("notices", "A failed", "x" * 254 + "…"), ("notices", "B failed", "y")]
    notices.stop()


def test_an_error_is_logged_once_a_kind(caplog: pytest.LogCaptureFixture) -> None:
    errors: list[Exception] = [OSError("a"), OSError("b"), NotImplementedError()]
    sent: list[str] = []

    def send(title: str, _body: str) -> None:
        sent.append(title)
        raise errors[len(sent) - 1]

    notices = PlyerNotices(send)
    for title in "123":
        notices.notify(title, "")
    wait_until(lambda: len(caplog.records) == 2, "the log lines")
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

    notices = PlyerNotices(send)
    for number in range(WAITING_AT_MOST * 2):
        notices.notify(str(number), "")
    wait_until(lambda: bool(sent), "the first notice")
    stopper = threading.Thread(target=notices.stop)
    stopper.start()
    release.set()
    stopper.join(3)
    assert not stopper.is_alive()
    assert len(sent) <= 2


def test_plyer_is_called_as_it_wants_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, object]] = []
    plyer = ModuleType("plyer")
    plyer.notification = ModuleType("notification")  # type: ignore[attr-defined]  # a stand-in
    plyer.notification.notify = lambda **words: calls.append(words)
    monkeypatch.setitem(sys.modules, "plyer", plyer)
    send_with_plyer("A failed", "disk full")
    assert calls == [{"title": "A failed", "message": "disk full", "app_name": "Daybell"}]


def test_without_a_session_nobody_is_told() -> None:
    notices = open_notices({"XDG_RUNTIME_DIR": "/nowhere"}, "linux")
    notices.notify("A failed", "")
    notices.stop()
    assert "no desktop session was found" in notices.why


@pytest.mark.parametrize(
    ("platform", "environ"),
    [("linux", {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}), ("darwin", {}), ("win32", {})],
)
def test_with_a_session_plyer_tells(platform: str, environ: dict[str, str]) -> None:
    notices = open_notices(environ, platform)
    assert isinstance(notices, PlyerNotices)
    assert notices.why == ""
    notices.stop()
