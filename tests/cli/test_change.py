import json
from pathlib import Path

import pytest

from api.fake_service import FakeService, add
from cli.program import Program
from daybell.model.status import JobStatus, Problem


def definition(service: FakeService) -> object:
    """What was written, beside what each file begins with."""
    (written,) = service.written
    document = json.loads(written)
    assert next(iter(document.items())) == ("$schema", "../schemas/job.schema.json")
    del document["$schema"]
    return document


@pytest.mark.parametrize(
    ("flags", "trigger"),
    [
        (("--cron", "30 2 * * *"), {"type": "cron", "expression": "30 2 * * *"}),
        (
            ("--cron", "@daily", "--timezone", "Europe/Berlin"),
            {"type": "cron", "expression": "@daily", "timezone": "Europe/Berlin"},
        ),
        (("--every", "15m"), {"type": "interval", "every": "15m"}),
        (("--at", "2026-12-01T14:30"), {"type": "once", "at": "2026-12-01T14:30:00"}),
        (("--at", "2026-12-01 14:30+01:00"), {"type": "once", "at": "2026-12-01T14:30:00+01:00"}),
        (("--startup",), {"type": "startup"}),
    ],
)
def test_each_flag_makes_its_trigger(
    daybell: Program, service: FakeService, flags: tuple[str, ...], trigger: dict[str, str]
) -> None:
    said = daybell("add", "backup", *flags, "--", "true", "--version", "--", "x")
    assert (said.code, said.out) == (0, "")
    assert definition(service) == {
        "schema": 1,
        "triggers": [trigger],
        "handler": {"type": "command", "argv": ["true", "--version", "--", "x"]},
    }


def test_add_says_when_it_runs_next(daybell: Program, service: FakeService) -> None:
    assert daybell("add", "backup", "--every", "1h", "--", "true").err == (
        "added backup (every hour); next runs 13:00, 14:00, 15:00\n"
    )
    assert daybell("add", "manual", "--", "true").err == (
        "added manual (only by hand); it runs when you say `daybell run manual`\n"
    )


def test_samples_are_added_once(daybell: Program, service: FakeService) -> None:
    assert daybell("samples").err.splitlines()[0].startswith("added sample-hello (every hour); next run")
    assert set(service.jobs) == {"sample-hello", "sample-disk", "sample-failure"}
    daybell("remove", "sample-hello")
    said = daybell("samples", "--json")
    assert [job["id"] for job in json.loads(said.out)] == ["sample-hello"]
    assert "are there already" in daybell("samples").err


def test_add_says_what_may_surprise(daybell: Program, service: FakeService) -> None:
    service.problems = (Problem("backup.json", "handler.argv[0]", "program not found"),)
    said = daybell("add", "backup", "--cron", "0 */5 * * *", "--timezone", "UTC", "--", "true")
    uneven = '"*/5" begins anew with each day: 20:00, then 00:00, 4 hours apart'
    advice = '{"type": "interval", "every": "5h"} is steady'
    assert (said.code, said.err.splitlines()[1:]) == (
        0,
        [
            "warning: handler.argv[0]: program not found",
            f"warning: triggers[0].expression: {uneven}; {advice}",
        ],
    )


def test_a_dry_run_only_shows_what_it_would_be(daybell: Program, service: FakeService) -> None:
    said = daybell("add", "backup", "--cron", "0 */5 * * *", "--dry-run", "--", "true")
    assert (said.code, said.out) == (
        0,
        (
            "job        backup\n"
            "schedule   at minute 0 past every fifth hour\n"
            "next runs  Fri 2026-11-20 13:00:00 +00:00\n"
            "           Fri 2026-11-20 14:00:00 +00:00\n"
            "           Fri 2026-11-20 15:00:00 +00:00\n"
        ),
    )
    warning, last = said.err.splitlines()
    assert warning.startswith('warning: triggers[0].expression: "*/5" begins anew with each day')
    assert last == "nothing was added: this was only a look"
    answer = json.loads(daybell("add", "backup", "--every", "1h", "--dry-run", "--json", "--", "true").out)
    assert (answer["description"], len(answer["runs"]), service.jobs) == ("every 1 h", 3, {})


def test_add_says_that_a_time_is_over(daybell: Program, service: FakeService) -> None:
    service.changed["once"] = JobStatus(id="once", name="once", state="completed", schedule="once")
    assert daybell("add", "once", "--at", "2020-01-01", "--", "true").err == (
        "added once (once); its time is over, so it runs only when you say `daybell run once`\n"
    )


def test_add_takes_all_that_describes_a_job(daybell: Program, service: FakeService) -> None:
    daybell(
        *(
            "add",
            "backup",
            "--name",
            "Back up",
            "--timeout",
            "2h",
            "--cwd",
            "~/Pictures",
            "--catch-up",
            "all",
        ),
        *("--env", "A=1", "--env", "B=x=y", "--tag", "home", "--tag", "disk", "--shell", "--", "a | b"),
    )
    assert definition(service) == {
        "schema": 1,
        "name": "Back up",
        "tags": ["home", "disk"],
        "timeout": "2h",
        "catch_up": {"policy": "all"},
        "handler": {
            "type": "command",
            "argv": ["a | b"],
            "cwd": "~/Pictures",
            "env": {"A": "1", "B": "x=y"},
            "shell": True,
        },
    }


def test_a_program_named_from_here_is_found_from_home(
    daybell: Program, service: FakeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backup.sh").touch()
    daybell("add", "one", "--", "./backup.sh", "./other")
    daybell("add", "two", "--cwd", "sub", "--", "./backup.sh")
    daybell("add", "three", "--", "./missing.sh")
    daybell("add", "four", "--", "backup.sh")
    handlers = [json.loads(written)["handler"] for written in service.written]
    assert [(handler["argv"], handler.get("cwd")) for handler in handlers] == [
        ([str(tmp_path / "backup.sh"), "./other"], None),
        (["./backup.sh"], str(tmp_path / "sub")),
        (["./missing.sh"], None),
        (["backup.sh"], None),
    ]


def test_add_takes_a_file_and_keeps_the_given_id(
    daybell: Program, service: FakeService, tmp_path: Path
) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"id": "other", "handler": {"type": "command", "argv": ["true"]}}')
    assert daybell("add", "backup", "--file", str(path)).code == 0
    assert list(service.jobs) == ["backup"]
    assert definition(service) == {"handler": {"type": "command", "argv": ["true"]}}


def test_add_prints_the_status_as_json(daybell: Program, service: FakeService) -> None:
    said = daybell("add", "backup", "--json", "--", "true")
    assert json.loads(said.out)["id"] == "backup"


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (None, 1, "cannot read {path}: No such file or directory"),
        ("{", 5, "{path} is not JSON: Expecting property name"),
        ("[]", 5, "{path}: expected a job as a JSON object"),
        ("{}", 5, "backup.json: handler: "),
    ],
)
def test_a_bad_file_is_named(
    daybell: Program, service: FakeService, tmp_path: Path, content: str | None, code: int, sentence: str
) -> None:
    path = tmp_path / "job.json"
    if content is not None:
        path.write_text(content)
    said = daybell("add", "backup", "--file", str(path))
    assert said.code == code
    assert said.err.startswith("daybell: " + sentence.format(path=path))


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("x",), "what should it run? Put the command after --: daybell add x ... -- COMMAND"),
        (("x", "--every", "5m"), "what should it run?"),
        (
            ("x", "--every", "5m", "echo", "hi"),
            "put the command after --, as in: daybell add x --every 5m -- echo hi",
        ),
        (("x", "--at", "noon", "--", "ls"), "--at: expected a time such as 2026-12-01T14:30, found 'noon'"),
        (("x", "--env", "A", "--", "ls"), "--env: expected KEY=VALUE, found 'A'"),
        (("x", "--env", "=A", "--", "ls"), "--env: expected KEY=VALUE, found '=A'"),
        (("x", "--timezone", "UTC", "--", "ls"), "--timezone belongs to --cron"),
        (("x", "--shell", "--", "echo", "hi"), "with --shell give the whole command line in quotes"),
        (
            ("x", "--file", "f", "--tag", "t", "--", "ls"),
            "--file says all about the job; leave out --tag, a command",
        ),
    ],
)
def test_a_mistake_is_told_with_its_remedy(lonely: Program, argv: tuple[str, ...], sentence: str) -> None:
    said = lonely("add", *argv)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("daybell: " + sentence)


def test_a_taken_id_is_a_conflict(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    assert daybell("add", "backup", "--", "true") == (7, "", "daybell: there is a job 'backup' already\n")


def test_remove_keeps_the_history(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    assert daybell("remove", "backup") == (0, "", "removed backup; its history stays\n")
    assert not service.jobs
    add(service, "backup")
    assert json.loads(daybell("remove", "backup", "--json").out) == {"id": "backup"}
    assert daybell("remove", "backup").code == 4


@pytest.mark.parametrize(("answer", "is_gone"), [("y", True), ("Yes", True), ("n", False), ("", False)])
def test_a_person_is_asked_before_a_job_goes(
    daybell: Program,
    service: FakeService,
    answer: str,
    is_gone: bool,  # noqa: FBT001 - a table
) -> None:
    add(service, "backup")
    daybell.answers = f"{answer}\n"
    said = daybell("remove", "backup")
    assert said.err.startswith("remove backup? Its history stays. [y/N] ")
    assert (said.code, "backup" in service.jobs) == (0 if is_gone else 1, not is_gone)
    assert daybell("remove", "backup", "--yes").code == (4 if is_gone else 0)
