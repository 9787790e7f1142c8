"""What each verb of the menu and of a notice does."""

from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from builders import a_run, at
from daybell.core.views import Action, Verb
from daybell.desktop.tray.clicked_runs import ClickedRuns
from daybell.model.errors import Conflict, DaybellError
from daybell.model.events import NoticeSent, RunFinished
from daybell.model.incident import NoticeText
from daybell.model.status import Problem
from desktop.tray_world import NOW, World

STARTED = at("2026-03-02 12:00")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def log(world: World, name: str, text: str = "all is well\n") -> Path:
    path = world.service.home / f"{name}.log"
    path.write_text(text)
    return path


def test_every_verb_is_known(world: World) -> None:
    assert set(world.verbs.table) == set(get_args(Verb))


@pytest.mark.parametrize("verb", ["run", "cancel", "pause", "resume"])
def test_what_is_about_a_job_is_asked_for_it(world: World, verb: Verb) -> None:
    world.does(verb, "backup")
    assert world.service.asked == [(verb, "backup")]


@pytest.mark.parametrize("verb", ["pause_all", "resume_all", "quit"])
def test_what_is_about_all_is_asked_for_all(world: World, verb: Verb) -> None:
    world.does(verb)
    assert world.service.asked == [(verb,)]


def test_until_tomorrow_is_until_the_person_s_midnight(world: World) -> None:
    world.does("pause_until_tomorrow", "backup")
    assert world.service.asked == [("pause", "backup", at("2026-03-03 00:00 Europe/Berlin"))]


@pytest.mark.parametrize(
    ("verb", "job_id"), [("pause", "backup"), ("pause_until_tomorrow", "backup"), ("pause_all", None)]
)
def test_a_pause_says_where_it_was_asked_for(world: World, verb: Verb, job_id: str | None) -> None:
    world.verbs.carry_out(Action(verb, job_id))
    world.verbs.carry_out(Action(verb, job_id, by="a notice"))
    assert world.service.paused_by == ["the menu", "a notice"]


@pytest.mark.parametrize("job_id", ["backup", None])
def test_what_happened_meanwhile_is_run_or_skipped_of_one_job_or_of_all(
    world: World, job_id: str | None
) -> None:
    world.does("run_away", job_id)
    world.does("skip_away", job_id)
    world.does("see_away")
    assert world.service.asked == [("run_away", job_id), ("skip_away", job_id), ("see_away",)]
    assert world.clicked == ["one", "two"], "their failures are told to whoever has clicked"


def test_a_snooze_lasts_an_hour(world: World) -> None:
    world.does("snooze", "backup")
    assert world.service.asked == [("snooze", "backup", at("2026-03-02 23:30"))]


def test_the_output_of_the_last_run_that_started_is_opened(world: World) -> None:
    path = log(world, "new")
    skipped = a_run(run_id="skipped", started=None, outcome="skipped")
    world.service.runs = (skipped, a_run(run_id="new", started=STARTED), a_run(run_id="old"))
    world.does("open_log", "backup")
    assert world.opened == [(path, None)]


def test_the_log_of_a_failure_is_opened_at_its_error(world: World) -> None:
    failed = a_run(run_id="failed", started=STARTED, outcome="failed", error="disk full")
    later = a_run(run_id="later", started=STARTED)
    path = log(world, "failed", "one\ntwo\ndisk full\n\n")
    log(world, "later")
    world.service.runs = (later, failed)
    world.does("open_log", "backup", "failed")
    assert world.opened == [(path, 3)], "the run that the notice told of, not the last one"


@pytest.mark.parametrize(
    ("run_ids", "why"),
    [([], "not printed anything"), (["rotated"], "no output"), (["closed"], "no program to open it")],
)
def test_what_cannot_be_opened_is_refused(world: World, run_ids: list[str], why: str) -> None:
    log(world, "closed")
    world.service.runs = tuple(a_run(run_id=each, started=STARTED) for each in run_ids)
    with pytest.raises(DaybellError, match=why):
        world.does("open_log", "backup")


def test_what_others_carry_out_is_theirs(world: World) -> None:
    world.does("start_at_login")
    world.does("not_at_login")
    assert world.at_login == [True, False]


def test_the_job_folder_opens(world: World) -> None:
    world.does("open_folder")
    assert world.opened == [(world.service.home, None)]


def test_daybell_says_who_it_is_and_how_it_stands(world: World) -> None:
    world.does("about")
    world.does("show_status")
    assert world.notices.heard == [
        (
            "Daybell 1.2",
            f"It runs your jobs on time, and tells you when one fails. They are in {world.service.home}.",
        ),
        ("Daybell — 1 job", "Next: broken, 23:30"),
    ]
    assert at("2026-03-02 23:30 Europe/Berlin") == NOW


@pytest.mark.parametrize(("number", "more"), [(1, []), (5, ["and 2 more: see “daybell status”"])])
def test_problems_are_shown(world: World, number: int, more: list[str]) -> None:
    world.service.problems = tuple(Problem(f"{each}.json", "name", "expected text") for each in range(number))
    world.does("show_problems")
    ((title, body),) = world.notices.heard
    assert title == ("1 problem" if number == 1 else "5 problems")
    assert body.splitlines() == [f"{each}.json: name: expected text" for each in range(min(number, 3))] + more


def test_a_run_that_was_clicked_for_is_answered_when_it_fails(world: World) -> None:
    told: list[NoticeText] = []

    class Teller:
        def tell(self, notice: NoticeText) -> None:
            told.append(notice)

    runs = ClickedRuns(Teller(), str.title)
    by_hand = a_run(cause="manual", outcome="failed", exit_code=3, error="disk full")
    for run_id in ("before", "not clicked"):
        runs.hear([RunFinished(at=NOW, run=replace(by_hand, run_id=run_id))])
    runs.clicked("before")
    runs.clicked("after")
    runs.hear([RunFinished(at=NOW, run=replace(by_hand, run_id="after"))])
    runs.clicked("news")
    news = replace(by_hand, run_id="news")
    notice = NoticeText(key="backup", kind="failure", title="", body="", run_id="news")
    runs.hear([RunFinished(at=NOW, run=news), NoticeSent(at=NOW, notice=notice)])
    runs.clicked("well")
    runs.hear([RunFinished(at=NOW, run=a_run(run_id="well", cause="manual"))])
    assert [(notice.run_id, notice.title) for notice in told] == [
        ("before", "Backup failed"),
        ("after", "Backup failed"),
    ]


def test_samples_are_added_and_what_is_there_stays(world: World) -> None:
    world.service.files["sample-hello"] = b"changed by hand"
    world.does("add_samples")
    assert set(world.service.files) == {"sample-hello", "sample-disk", "sample-failure"}
    assert world.service.files["sample-hello"] == b"changed by hand"
    world.does("add_samples")
    assert [title for title, _ in world.notices.heard] == ["2 sample jobs added", "0 sample jobs added"]


def test_an_error_that_is_no_conflict_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job_id: str, _definition: bytes) -> None:
        raise DaybellError(f"{job_id} cannot be written: the disk is full")

    monkeypatch.setattr(world.service, "add_job", refuse)
    with pytest.raises(DaybellError, match="disk is full") as raised:
        world.does("add_samples")
    assert not isinstance(raised.value, Conflict)
    assert world.notices.heard == []
