import json
from pathlib import Path

import pytest

from cli.program import Program

VALID = '{"handler": {"type": "command", "argv": ["/bin/sh", "-c", "true"]}}'
BAD_CRON = """{
    "triggers": [{"type": "cron", "expression": "61 * * * *"}],
    "handler": {"type": "command", "argv": ["/bin/sh"]}
}"""
SURPRISING = """{
    "triggers": [{"type": "cron", "expression": "30 2 * * *", "timezone": "Europe/Berlin"}],
    "handler": {"type": "command", "argv": ["/bin/sh"]}
}"""
NO_PROGRAM = '{"handler": {"type": "command", "argv": ["no-such-program-here"]}}'


@pytest.fixture
def jobs(lonely: Program) -> Path:
    directory = lonely.home / "config" / "jobs"
    directory.mkdir(parents=True)
    return directory


def test_a_new_home_has_nothing_to_check(lonely: Program) -> None:
    assert lonely("check") == (0, "", f"there are no job files in {lonely.home}/config/jobs\n")


def test_valid_files_have_no_problems(lonely: Program, jobs: Path) -> None:
    (jobs / "one.json").write_text(VALID)
    (jobs / "two.json").write_text(VALID)
    (jobs / ".hidden.json").write_text("{")
    (jobs / "notes.txt").write_text("{")
    (jobs.parent / "settings.json").write_text("{}")
    assert lonely("check") == (0, "", "3 files, no problems\n")
    assert lonely("check", "--json") == (0, '{\n  "problems": [],\n  "warnings": []\n}\n', "")


def test_every_problem_of_every_file_is_told(lonely: Program, jobs: Path) -> None:
    (jobs / "backup.json").write_text(BAD_CRON)
    (jobs / "mail.json").write_text(NO_PROGRAM)
    (jobs / "fine.json").write_text(VALID)
    (jobs.parent / "settings.json").write_text('{"scheduler": {"default_timezone": "Berlin"}}')
    said = lonely("check")
    assert (said.code, said.err) == (5, "3 problems in 4 files\n")
    settings, backup, mail = said.out.splitlines()
    assert settings.startswith("settings.json: scheduler.default_timezone: expected a time zone")
    assert backup.startswith("backup.json: triggers[0].expression: minute:")
    assert mail.startswith("mail.json: handler.argv[0]: ")


def test_problems_are_json_for_programs(lonely: Program, jobs: Path) -> None:
    (jobs / "backup.json").write_text(BAD_CRON)
    said = lonely("check", "--json")
    (problem,) = json.loads(said.out)["problems"]
    assert (said.code, problem["file"], problem["field"]) == (5, "backup.json", "triggers[0].expression")
    assert set(problem) == {"file", "field", "message"}


def test_what_may_surprise_is_told_but_is_no_problem(lonely: Program, jobs: Path) -> None:
    (jobs / "backup.json").write_text(SURPRISING)
    sentences = [
        "02:30 does not exist on 28 March 2027 in Europe/Berlin: it runs at 03:00 that day",
        "02:30 comes twice on 31 October 2027 in Europe/Berlin: it runs once, the first time",
    ]
    place = "warning: backup.json: triggers[0].expression: "
    assert lonely("check") == (
        0,
        "".join(f"{place}{sentence}\n" for sentence in sentences),
        "1 file, no problems, 2 warnings\n",
    )
    said = lonely("check", "--json")
    answer = json.loads(said.out)
    assert (said.code, answer["problems"]) == (0, [])
    assert [warning["message"] for warning in answer["warnings"]] == sentences
    assert set(answer["warnings"][0]) == {"file", "field", "message"}


def test_warnings_stand_beside_problems(lonely: Program, jobs: Path) -> None:
    (jobs / "backup.json").write_text(SURPRISING.replace("/bin/sh", "no-such-program-here"))
    (jobs / "mail.json").write_text(BAD_CRON)
    said = lonely("check")
    assert (said.code, said.err) == (5, "2 problems in 2 files, 2 warnings\n")
    assert [line.partition(":")[0] for line in said.out.splitlines()] == [
        "backup.json",
        "mail.json",
        "warning",
        "warning",
    ]


def test_only_the_named_files_are_checked(lonely: Program, jobs: Path, tmp_path: Path) -> None:
    (jobs / "backup.json").write_text(BAD_CRON)
    other = tmp_path / "other.json"
    other.write_text(VALID)
    assert lonely("check", str(other)) == (0, "", "1 file, no problems\n")


def test_a_named_settings_file_is_checked_as_one(lonely: Program, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"scheduler": {"colour": "red"}}')
    said = lonely("check", str(path))
    assert (said.code, said.out.startswith("settings.json: scheduler")) == (5, True)


def test_bad_settings_do_not_hide_the_jobs(lonely: Program, jobs: Path) -> None:
    (jobs.parent / "settings.json").write_text("{")
    (jobs / "fine.json").write_text(VALID)
    assert lonely("check", str(jobs / "fine.json")).code == 0


def test_an_unreadable_file_is_named(lonely: Program, tmp_path: Path) -> None:
    path = tmp_path / "gone.json"
    assert lonely("check", str(path)) == (
        4,
        "",
        f"daybell: cannot read {path}: No such file or directory\n",
    )


def test_jobs_that_wait_for_each_other_or_for_nobody_are_told(lonely: Program, jobs: Path) -> None:
    for job_id, needed in (("a", "b"), ("b", "a"), ("c", "gone")):
        (jobs / f"{job_id}.json").write_text(VALID.replace("{", f'{{"needs": ["{needed}"], ', 1))
    said = lonely("check")
    assert (said.code, said.err) == (5, "3 problems in 3 files\n")
    assert [line.partition(";")[0] for line in said.out.splitlines()] == [
        "a.json: needs[0]: it waits for itself: a → b → a",
        "b.json: needs[0]: it waits for itself: b → a → b",
        'c.json: needs[0]: there is no job "gone": it waits for that in vain',
    ]
    assert lonely("check", str(jobs / "c.json")).code == 0


def test_a_key_of_a_newer_daybell_is_a_warning(lonely: Program, jobs: Path) -> None:
    (jobs / "backup.json").write_text(VALID.replace("{", '{"schema": "1.99", "colour": "red", ', 1))
    said = lonely("check")
    assert (said.code, said.out.partition("warning: backup.json: colour: ")[1]) == (
        0,
        "warning: backup.json: colour: ",
    )
