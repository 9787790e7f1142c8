"""What `daybell away` shows and does, and what `daybell status` says about it."""

import json

import pytest
from msgspec.structs import replace

from api.fake_service import NOON, FakeService, add
from cards import a_card, a_line
from cli.program import Program
from daybell.model.facts import Facts


@pytest.fixture
def slept(service: FakeService) -> FakeService:
    service.away.kept = a_card(a_line("1", fate="late", state="waiting"), a_line("2"))
    return service


def test_nothing_has_happened(daybell: Program, service: FakeService) -> None:
    assert daybell("away") == (0, "Nothing is left from while you were away.\n", "")
    assert json.loads(daybell("away", "--json").out) == {"away": None}
    for flag in ("--run", "--skip"):
        assert daybell("away", flag) == (7, "", "daybell: nothing is left from while you were away\n")
    assert daybell("away", "--dismiss").code == 0


@pytest.mark.parametrize(
    ("state", "again", "now"),
    [
        ("waiting", None, "waiting"),
        ("succeeded", None, "ok"),
        ("timed_out", None, "timed out"),
        (None, None, "–"),
        ("missed", None, "–"),
        ("running", "9", "again: running"),
        ("failed", "9", "again: failed"),
    ],
)
def test_it_says_how_each_run_stands(
    daybell: Program, service: FakeService, state: str | None, again: str | None, now: str
) -> None:
    service.away.kept = a_card(a_line("1", state=state, again=again))
    row = daybell("away").out.splitlines()[3]
    assert row.split(maxsplit=1)[0] == "job-1"
    assert row.endswith(f"missed  {now}")


def test_it_says_what_can_be_done(daybell: Program, slept: FakeService) -> None:
    assert daybell("away").err == "what you can do: daybell away --run [JOB] | --skip [JOB] | --dismiss\n"
    slept.away.kept = a_card(a_line("2"), left_out=7)
    said = daybell("away")
    assert said.err == "what you can do: daybell away --run [JOB] | --dismiss\n"
    assert said.out.endswith("and 7 more: see `daybell history`\n")


def test_a_crash_in_which_nothing_ran_is_one_line(daybell: Program, service: FakeService) -> None:
    service.away.kept = replace(a_card(kind="crashed"), headline="Daybell ended unexpectedly at about 23:04")
    assert daybell("away") == (
        0,
        "Daybell ended unexpectedly at about 23:04\n",
        "what you can do: daybell away --dismiss\n",
    )


@pytest.mark.parametrize(
    ("words", "asked", "said"),
    [
        (["--run"], ("run", None), (0, "1\n2\n", "asked for 2 runs\n")),
        (["--run", "job-2"], ("run", "job-2"), (0, "2\n", "asked for 1 run\n")),
        (["--skip"], ("skip", None), (0, "1\n2\n", "skipped 2 runs\n")),
        (["--skip", "job-1"], ("skip", "job-1"), (0, "1\n", "skipped 1 run\n")),
        (["--dismiss"], ("dismiss", None), (0, "", "dismissed; `daybell history` has all of it\n")),
    ],
)
def test_it_runs_skips_and_dismisses(
    daybell: Program,
    slept: FakeService,
    words: list[str],
    asked: tuple[str, str | None],
    said: tuple[int, str, str],
) -> None:
    assert daybell("away", *words) == said
    assert slept.away.asked == [asked]


def test_what_was_done_is_told_to_programs(daybell: Program, slept: FakeService) -> None:
    assert json.loads(daybell("away", "--run", "--json").out) == {"run_ids": ["1", "2"]}
    assert json.loads(daybell("away", "--dismiss", "--json").out) == {"away": None}


def test_one_wish_at_a_time(daybell: Program, slept: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    assert daybell("away", "--run", "--skip").code == 2
    assert "not allowed with" in capsys.readouterr().err
    assert slept.away.asked == []


def test_the_status_says_that_something_happened(daybell: Program, slept: FakeService) -> None:
    assert daybell("status").out.splitlines()[1] == (
        "Something happened while you were away: see `daybell away`"
    )


def remarks(daybell: Program) -> list[str]:
    """What stands between the headline and the table."""
    return daybell("status").out.partition("\n\n")[0].splitlines()[1:]


def test_the_status_is_quiet_where_all_is_as_ever(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    service.machine = Facts(on_mains=False, battery=43)
    assert remarks(daybell) == [], "no job has asked"


def test_the_status_says_what_keeps_the_computer_awake(daybell: Program, service: FakeService) -> None:
    (backup,) = add(service, "backup")
    service.changed["backup"] = replace(backup, name="Back up photos")
    service.keeping_awake = ("backup",)
    assert remarks(daybell) == ["Keeping the computer awake: Back up photos"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(on_mains=False, battery=43), ["On battery, 43 %"]),
        (Facts(on_mains=False), ["On battery"]),
        (Facts(), []),
    ],
)
def test_the_status_says_how_the_computer_is_powered_where_a_job_waits_for_that(
    daybell: Program, service: FakeService, facts: Facts, said: list[str]
) -> None:
    (backup,) = add(service, "backup")
    until = NOON.replace(hour=16)
    waiting = replace(backup, state="queued", waiting_for="mains power", waiting_until=until)
    service.changed["backup"], service.machine = waiting, facts
    assert remarks(daybell) == said
    assert "waiting for mains power, at most until 16:00" in daybell("status").out
    assert "waiting for mains power, at most until 16:00" in daybell("show", "backup").out
