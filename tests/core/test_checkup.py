"""Each judgement, and that each trouble comes with what helps."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from daybell.core import checkup
from daybell.core.autostart import Entry, How
from daybell.core.checkup import App, Desktop, Disk, Place
from daybell.core.findings import Finding

BUS = "unix:path=/run/bus"
PRIVATE = Place("/h/state", 0o700, is_own=True)


def levels(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    seen = list(findings)
    assert all(finding.message for finding in seen)
    assert all(bool(finding.remedy) is (finding.level != "ok") for finding in seen)
    assert all(finding.remedy[:1] != " " and finding.remedy[-1:] in ("", ".") for finding in seen)
    return [(finding.check, finding.level) for finding in seen]


@pytest.mark.parametrize(("version", "level"), [((3, 10), "error"), ((3, 11), "ok"), ((4, 0), "ok")])
def test_python_must_be_new_enough(version: tuple[int, int], level: str) -> None:
    assert levels(checkup.python(version, "3.x", "0.1.0", "linux")) == [("python", level)]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([], ["note"]),
        ([PRIVATE], ["ok"]),
        ([PRIVATE._replace(mode=0o600)], ["ok"]),
        ([PRIVATE._replace(mode=0o750)], ["warning"]),
        ([PRIVATE._replace(mode=0o701)], ["warning"]),
        ([PRIVATE._replace(mode=0o644, is_private=False)], ["ok"]),
        ([PRIVATE._replace(distrust="others may write it", is_private=False)], ["error"]),
        ([PRIVATE._replace(is_own=False, distrust="x", mode=0o777)], ["error"]),
        ([PRIVATE._replace(mode=0o755), PRIVATE, PRIVATE._replace(is_own=False)], ["warning", "error"]),
    ],
)
def test_files_must_be_the_persons_alone(places: list[Place], found: list[str]) -> None:
    assert levels(checkup.home(places, "/h/config")) == [("files", level) for level in found]


@pytest.mark.parametrize(
    ("desktop", "found"),
    [
        (Desktop(None), [("bus", "note")]),
        (Desktop(BUS, "no answer"), [("bus", "warning")]),
        (
            Desktop(BUS, has_tray=True, has_notices=True),
            [("bus", "ok"), ("tray", "ok"), ("notices", "ok")],
        ),
        (Desktop(BUS), [("bus", "ok"), ("tray", "warning"), ("notices", "warning")]),
    ],
)
def test_a_session_has_a_bus_a_tray_and_notices(desktop: Desktop, found: list[tuple[str, str]]) -> None:
    assert levels(checkup.session(desktop)) == found


@pytest.mark.parametrize(("session", "is_told"), [("ubuntu:GNOME", True), ("KDE", False), ("", False)])
def test_gnome_needs_its_extension(session: str, *, is_told: bool) -> None:
    tray = list(checkup.session(Desktop(BUS, session=session)))[1]
    assert ("AppIndicator" in tray.remedy) is is_told


def test_buttons_need_a_library() -> None:
    assert levels([checkup.buttons(has_library=True)]) == [("notices", "ok")]
    assert levels([checkup.buttons(has_library=False)]) == [("notices", "note")]


def test_zones_need_their_data() -> None:
    assert levels([checkup.zone_data("")]) == [("zones", "ok")]
    assert levels([checkup.zone_data("no such key")]) == [("zones", "error")]


@pytest.mark.parametrize(
    ("name", "trouble", "level", "said"),
    [
        ("Europe/Berlin", "", "ok", "this machine is in Europe/Berlin"),
        ("", "", "ok", "this machine is in a zone without a name"),
        ("", "it is broken", "warning", "it is broken"),
    ],
)
def test_the_machines_zone_is_told(name: str, trouble: str, level: str, said: str) -> None:
    found = checkup.local_zone(name, trouble)
    assert levels([found]) == [("zone", level)]
    assert said in found.message


@pytest.mark.parametrize(
    ("year", "missing", "level"),
    [
        (1970, [], "error"),
        (2024, ["CLOCK_BOOTTIME"], "error"),
        (2025, [], "ok"),
        (2099, [], "ok"),
        (2100, [], "error"),
        (2026, ["CLOCK_BOOTTIME"], "warning"),
    ],
)
def test_a_clock_must_be_sane(year: int, missing: list[str], level: str) -> None:
    assert levels(checkup.clock(datetime(year, 1, 2, tzinfo=UTC), missing)) == [("clock", level)]


def test_a_disk_must_have_room_and_take_files() -> None:
    disks = [Disk("/a", 100), Disk("/b", 99), Disk("/c", 500, "Read-only file system")]
    assert [level for _, level in levels(checkup.disk(disks, 100))] == ["ok", "warning", "error"]


@pytest.mark.parametrize(
    ("app", "level"),
    [
        (App(), "note"),
        (App(7, "1.0", "running"), "ok"),
        (App(7, "0.9", "running"), "warning"),
        (App(trouble="no answer"), "error"),
    ],
)
def test_the_app_must_answer_and_be_of_our_version(app: App, level: str) -> None:
    assert levels([checkup.instance(app, "1.0")]) == [("app", level)]


@pytest.mark.parametrize(("length", "level"), [(100, "ok"), (101, "error")])
def test_a_sockets_path_must_be_short(length: int, level: str) -> None:
    assert levels([checkup.socket(length, "/run/api.sock", is_usual=True)]) == [("socket", level)]


def test_a_socket_elsewhere_is_told() -> None:
    assert "too long" in checkup.socket(30, "/tmp/d/api.sock", is_usual=False).message


@pytest.mark.parametrize(
    ("count", "problems", "warnings", "level", "said"),
    [
        (1, [], 0, "ok", "1 file, all valid"),
        (0, [], 0, "ok", "0 files, all valid"),
        (2, [], 3, "note", "2 files, all valid; 3 of their words may surprise"),
        (1, ["a.json: no"], 0, "error", "1 file, 1 problem: a.json: no"),
        (2, ["a.json: no", "b.json: no"], 1, "error", "2 files, 2 problems: a.json: no"),
    ],
)
def test_job_files_must_be_valid(
    count: int, problems: list[str], warnings: int, level: str, said: str
) -> None:
    found = list(checkup.definitions(count, problems, warnings))
    assert levels(found) == [("jobs", level)]
    assert found[0].message == said


OWN = ("/bin/daybell", "start")


@pytest.mark.parametrize(
    ("entries", "level", "said"),
    [
        ({}, "note", "does not start at login"),
        ({"desktop": Entry(OWN)}, "ok", "your desktop starts it"),
        ({"systemd": Entry(OWN)}, "ok", "systemd starts it"),
        ({"desktop": Entry(OWN, "Hidden=true in /f")}, "note", "Hidden=true in /f has switched that off"),
        ({"desktop": Entry(OWN, "Hidden=true in /f"), "systemd": Entry(OWN)}, "ok", "systemd"),
        (
            {"desktop": Entry(("/old/daybell", "start"))},
            "note",
            "another program than this one: /old/daybell",
        ),
        ({"desktop": Entry(())}, "note", "another program than this one: unreadable"),
        ({"desktop": Entry(OWN), "systemd": Entry(OWN)}, "warning", "twice at login: your desktop starts it"),
    ],
)
def test_autostart_is_as_the_system_has_been_told(entries: dict[How, Entry], level: str, said: str) -> None:
    found = checkup.autostart(entries, OWN.__eq__)
    assert levels([found]) == [("autostart", level)]
    assert said in found.message


def test_a_look_that_fails_is_a_finding() -> None:
    assert levels([checkup.failed("disk", "it broke")]) == [("disk", "warning")]


@pytest.mark.parametrize(
    ("shell", "word", "is_known", "level", "message"),
    [
        ("/bin/zsh", "", True, "ok", "jobs get PATH and all else as your login shell, /bin/zsh, has it"),
        ("", "", True, "ok", "jobs get PATH and all else as a new login has it"),
        ("", "", False, "note", "there is no login shell to ask"),
        ("", "the login shell cannot be found", False, "note", "the login shell cannot be found"),
        ("/bin/zsh", "", False, "warning", "the login shell /bin/zsh does not answer"),
        ("/bin/zsh", "it hangs", True, "warning", "it hangs"),
    ],
)
def test_the_environment_of_jobs_is_the_login_shells_or_it_is_said_why_not(
    shell: str, word: str, *, is_known: bool, level: str, message: str
) -> None:
    found = checkup.environment(shell, word, is_known=is_known)
    assert (found.check, found.level, found.message) == ("path", level, message)
    assert bool(found.remedy) == (level != "ok")
