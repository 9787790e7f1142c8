import logging
import sys
import time
from collections.abc import Hashable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daybell.machine.zones import ZoneWatch, machine_zone, zone_mark

BERLIN, LISBON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
DATABASE = Path("/usr/share/zoneinfo")


class FakeMachine:
    """A machine with a zone, and a mark that changes with it."""

    def __init__(self) -> None:
        self.mark: Hashable = 1
        self.zone: ZoneInfo | None = BERLIN
        self.reads = 0
        self.told: list[ZoneInfo] = []
        self.watch = ZoneWatch(BERLIN, self.told.append, lambda: self.mark, self._read)

    def _read(self) -> ZoneInfo:
        self.reads += 1
        if self.zone is None:
            raise LookupError("no such zone")
        return self.zone

    def set(self, mark: Hashable, zone: ZoneInfo | None) -> None:
        self.mark, self.zone = mark, zone
        self.watch.beat()


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine()


def test_a_zone_that_stays_is_not_even_read(machine: FakeMachine) -> None:
    machine.watch.beat()
    assert (machine.reads, machine.told) == (0, [])


def test_a_changed_zone_is_told_once(machine: FakeMachine) -> None:
    machine.set(2, LISBON)
    machine.watch.beat()
    machine.set(3, BERLIN)
    assert machine.told == [LISBON, BERLIN]


def test_the_same_zone_set_anew_is_none(machine: FakeMachine) -> None:
    machine.set(2, BERLIN)
    assert (machine.reads, machine.told) == (1, [])


def test_a_zone_without_a_name_whose_file_changed_is_another(machine: FakeMachine) -> None:
    first, second = ZoneInfo.no_cache("Europe/Berlin"), ZoneInfo.no_cache("Europe/Berlin")
    machine.set(2, first)
    machine.set(3, second)
    assert machine.told == [first, second]


@pytest.mark.parametrize(("mark", "zone"), [(None, LISBON), (2, None)], ids=["gone", "broken"])
def test_one_that_cannot_be_read_keeps_the_old_one_and_is_said_once(
    machine: FakeMachine, caplog: pytest.LogCaptureFixture, mark: Hashable, zone: ZoneInfo | None
) -> None:
    for _ in range(3):
        machine.set(mark, zone)
    assert machine.told == []
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        "the machine's time zone cannot be read, keeping Europe/Berlin: "
        + ("nothing says which it is" if mark is None else "no such zone")
    ]
    machine.set(3, LISBON)
    assert machine.told == [LISBON]


def test_one_that_comes_back_as_it_was_and_goes_again_is_said_again(
    machine: FakeMachine, caplog: pytest.LogCaptureFixture
) -> None:
    for mark in (None, 1, None):
        machine.set(mark, BERLIN)
    assert len(caplog.messages) == 2


def test_one_that_was_never_there_is_nobody_s_concern(caplog: pytest.LogCaptureFixture) -> None:
    ZoneWatch(BERLIN, lambda zone: None, lambda: None).beat()
    assert caplog.messages == []


class TestThisMachine:
    """With a link of our own in place of /etc/localtime."""

    pytestmark = pytest.mark.skipif(
        not (DATABASE / "Europe" / "Berlin").exists(),
        reason="install the zones to run it: apt-get install tzdata",
    )

    @pytest.fixture(autouse=True)
    def restored_zone(self) -> Iterator[None]:
        """The C library keeps a zone of its own."""
        yield
        if sys.platform != "win32":
            time.tzset()

    @pytest.fixture
    def link(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        link = tmp_path / "localtime"
        link.symlink_to(DATABASE / "Europe" / "Berlin")
        monkeypatch.setenv("TZ", f":{link}")
        return link

    def lead(self, link: Path, name: str) -> None:
        """As timedatectl does it."""
        beside = link.with_suffix(".new")
        beside.symlink_to(DATABASE / name)
        beside.rename(link)

    def test_a_link_that_leads_elsewhere_is_a_changed_zone(self, link: Path) -> None:
        told: list[str] = []
        watch = ZoneWatch(machine_zone(), lambda zone: told.append(zone.key))
        watch.beat()
        for name in ("Europe/Lisbon", "Australia/Lord_Howe"):
            self.lead(link, name)
            watch.beat()
        assert told == ["Europe/Lisbon", "Australia/Lord_Howe"]

    def test_a_link_that_is_gone_or_leads_nowhere_changes_nothing(self, link: Path) -> None:
        told: list[str] = []
        watch = ZoneWatch(machine_zone(), lambda zone: told.append(zone.key))
        link.unlink()
        watch.beat()
        link.symlink_to(DATABASE / "Nowhere")
        watch.beat()
        assert told == []

    @pytest.mark.parametrize("name", ["Europe/Berlin", ":Europe/Berlin", "nonsense"])
    def test_a_zone_named_by_the_environment_needs_no_file(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("TZ", name)
        assert zone_mark() == name.removeprefix(":")

    def test_otherwise_files_say_which_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TZ", raising=False)
        assert zone_mark() == zone_mark()
        assert not isinstance(zone_mark(), str)
