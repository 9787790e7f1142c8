import json

import pytest

from api.fake_service import FakeService, add
from cli.program import Program
from cli.test_main import TOO_MUCH, loaded, ours


def write(program: Program, job_id: str, content: object) -> None:
    jobs = program.home / "config" / "jobs"
    jobs.mkdir(parents=True, exist_ok=True)
    (jobs / f"{job_id}.json").write_text(content if isinstance(content, str) else json.dumps(content))


def test_jobs_come_from_the_app(daybell: Program, service: FakeService) -> None:
    add(service, "backup", "mail")
    assert daybell("__complete", "jobs") == (0, "backup\tbackup\nmail\tmail\n", "")


def test_runs_come_with_their_jobs(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    run_id = service.run_now("backup")
    assert daybell("__complete", "runs") == (0, f"{run_id}\tbackup running\n", "")
    assert daybell("__complete", "targets").out == f"backup\tbackup\n{run_id}\tbackup running\n"


def test_without_the_app_jobs_come_from_their_files(lonely: Program) -> None:
    for job_id in ("mail", "backup", ".hidden"):
        write(lonely, job_id, {})
    assert lonely("__complete", "jobs") == (0, "backup\tjob\nmail\tjob\n", "")
    assert lonely("__complete", "targets").out == "backup\tjob\nmail\tjob\n"


@pytest.mark.parametrize("asked", [(), ("jobs",), ("runs",), ("targets",), ("tags",), ("nonsense",)])
def test_where_nothing_is_nothing_is_said(lonely: Program, asked: tuple[str, ...]) -> None:
    assert lonely("__complete", *asked) == (0, "", "")


@pytest.mark.parametrize("bad", ["{", "[]", '{"tags": "x"}', '{"tags": [1, {}]}', "[" * 100_000, "\x00"])
def test_tags_come_from_the_files_that_can_be_read(lonely: Program, bad: str) -> None:
    write(lonely, "a", {"tags": ["night", "disk"]})
    write(lonely, "b", {"tags": ["disk"]})
    write(lonely, "bad", bad)
    assert lonely("__complete", "tags") == (0, "disk\ttag\nnight\ttag\n", "")


def test_no_text_steers_the_terminal(lonely: Program) -> None:
    write(lonely, "a", {"tags": ["x\x1b[31m\ty\nz"]})
    assert lonely("__complete", "tags").out == "x y z\ttag\n"


def test_a_jobs_directory_that_is_a_file_is_no_trouble(lonely: Program) -> None:
    (lonely.home / "config").mkdir()
    (lonely.home / "config" / "jobs").write_text("")
    assert lonely("__complete", "jobs") == (0, "", "")


def test_it_is_as_cheap_as_status(daybell: Program, service: FakeService) -> None:
    modules = loaded(daybell, "__complete", "targets")
    assert modules & TOO_MUCH == set()
    assert ours(modules) == {"cli.candidates"}


def test_no_help_shows_it(lonely: Program, capsys: pytest.CaptureFixture[str]) -> None:
    lonely("--help")
    assert "__complete" not in capsys.readouterr().out
