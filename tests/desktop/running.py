"""A tray that runs beside the test, and the views it is shown."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from daybell.core.views import SEPARATOR, Action, Entry, TrayView
from daybell.desktop.notices.null import NullNotices
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.interface import Tray


class RunningTray:
    """A tray whose `run` has a thread of its own here, and the clicks it has heard of."""

    def __init__(
        self,
        address: str = "",
        act: Callable[[Action], None] | None = None,
        *,
        tray: Tray | None = None,
        acts: list[Action] | None = None,
    ) -> None:
        self.acts: list[Action] = [] if acts is None else acts
        environ = {"DBUS_SESSION_BUS_ADDRESS": address}
        self.tray: Tray = tray or open_tray(act or self.acts.append, environ, "linux")
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.tray.run, args=[self.ready.set], name="tray")

    @contextmanager
    def running(self) -> Iterator["RunningTray"]:
        self.thread.start()
        try:
            assert self.ready.wait(5)
            yield self
        finally:
            self.tray.stop()
            self.thread.join(5)
            assert not self.thread.is_alive()


class HeardNotices(NullNotices):
    """Shows nothing and keeps what it was told."""

    def __init__(self) -> None:
        super().__init__("")
        self.heard: list[tuple[str, str]] = []

    def notify(self, title: str, body: str) -> None:
        self.heard.append((title, body))


def a_view(*entries: Entry, **changes: object) -> TrayView:
    fields = {"state": "idle", "tooltip": "Daybell — 1 job", "menu": entries or a_menu()} | changes
    return TrayView(**fields)  # type: ignore[arg-type]  # a builder


def a_menu(*jobs: Entry) -> tuple[Entry, ...]:
    return (
        Entry("Daybell — 1 job", enabled=False, key="status"),
        SEPARATOR,
        *(jobs or [a_job_entry("backup", "Back up photos — next 02:30")]),
        SEPARATOR,
        Entry("Quit", Action("quit"), key="quit"),
    )


def a_job_entry(job_id: str, label: str, *more: Entry, checked: bool = True) -> Entry:
    entries = (
        Entry("Enabled", Action("pause" if checked else "resume", job_id), checked=checked, key="enabled"),
        Entry("Run now", Action("run", job_id), key="run"),
        *more,
        SEPARATOR,
        Entry("Not run yet", enabled=False, key="outcome"),
    )
    return Entry(label, entries=entries, key=f"job:{job_id}")
