import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from api.asking import Asking
from api.fake_service import NOON, FakeService, add
from cli.ann import failed_backup
from cli.program import Program
from daybell.core.tables import columns_of
from daybell.model.run import AttemptRecord
from daybell.model.status import Problem


@pytest.fixture
def morning(service: FakeService) -> FakeService:
    """Four jobs: one failed, one runs, one is paused, one is new."""
    add(service, "backup-photos", "mail", "rotate", "weekly")
    service.run_now("mail")
    service.pause_job("rotate")
    service.changed["backup-photos"] = failed_backup(
        last_error="restic: \x1b[31mthe repository is locked\x1b[0m by another process"
    )
    service.problems = (Problem("bad.json", "triggers[0].expression", "expected \x1b]0;x\x07five fields"),)
    return service


def test_status_is_a_table(daybell: Program, morning: FakeService) -> None:
    said = daybell("status", "--absolute")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "Daybell 0.1.0 is running since 12:00: 4 jobs, 1 running, 1 failing, 1 problem\n"
        "\n"
        "JOB            STATE    LAST RUN      NEXT RUN   RUNS  ERRORS\n"
        "backup-photos  idle     failed 02:30  Sat 02:30    12       1\n"
        "  restic: the repository is locked by another process\n"
        "mail           running  –             13:00         1       0\n"
        "rotate         paused   –             –             0       0\n"
        "weekly         idle     –             13:00         0       0\n"
        "\n"
        "bad.json: triggers[0].expression: expected five fields\n"
    )


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("command", ["status", "list", "history"])
def test_tables_fit_the_window(daybell: Program, morning: FakeService, width: int, command: str) -> None:
    morning.finish("run-1", "failed", exit_code=3, error="e" * 200)
    daybell.width = width
    lines = daybell(command).out.splitlines()
    rows = [line for line in lines if not line.startswith(("Daybell", "bad.json"))]
    assert max(map(columns_of, rows)) <= width
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("has_colour", [False, True])
def test_colours_are_for_terminals_only(daybell: Program, morning: FakeService, has_colour: bool) -> None:  # noqa: FBT001 - a table
    daybell.has_colour = has_colour
    out = daybell("status", "--absolute").out
    assert ("\x1b[31mfailed 02:30\x1b[0m" in out) is has_colour
    assert ("\x1b" in out) is has_colour


def test_a_paused_scheduler_says_how_to_go_on(daybell: Program, service: FakeService) -> None:
    service.pause_all()
    assert "is paused: 0 jobs; `daybell resume --all` goes on" in daybell("status").out


def test_a_pause_that_ends_by_itself_says_when(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    until = NOON + timedelta(hours=12)
    paused = replace(service.get_job_status("backup"), state="paused", next_run=None, paused_until=until)
    service.changed["backup"] = paused
    assert "not before Sat 00:00" in daybell("status").out
    assert "not before Sat 00:00" in daybell("list").out
    assert "paused until  Sat 2026-11-21 00:00" in daybell("show", "backup").out


@pytest.mark.parametrize("command", ["status", "list"])
def test_no_jobs_yet_says_how_to_begin(daybell: Program, service: FakeService, command: str) -> None:
    assert "daybell add hello --every 1m -- echo hello" in daybell(command).err


def test_list_names_schedules(daybell: Program, morning: FakeService) -> None:
    assert daybell("list", "--absolute").out.splitlines()[:2] == [
        "JOB            NAME            STATE    SCHEDULE        NEXT RUN",
        "backup-photos  Back up photos  idle     daily at 02:30  Sat 02:30",
    ]


@pytest.mark.parametrize(
    ("argv", "path"),
    [
        (("status",), "/api/v1/status"),
        (("list",), "/api/v1/jobs"),
        (("show", "mail"), "/api/v1/jobs/mail"),
        (("show", "run-1"), "/api/v1/runs/run-1"),
        (("history",), "/api/v1/runs?limit=20"),
        (("history", "mail", "-n", "3"), "/api/v1/runs?job=mail&limit=3"),
        (("next", "mail", "-n", "2"), "/api/v1/jobs/mail/next?n=2"),
    ],
)
def test_json_is_exactly_the_apis(
    daybell: Program, morning: FakeService, argv: tuple[str, ...], path: str
) -> None:
    said = daybell(*argv, "--json")
    _status, body = Asking(daybell.home / "run" / "api.sock")("GET", path)
    assert (said.code, json.loads(said.out), said.err) == (0, body, "")
    assert said.out.isascii()


def test_show_tells_all_about_a_job(daybell: Program, morning: FakeService) -> None:
    out = daybell("show", "backup-photos").out
    for line in (
        "job        backup-photos",
        "schedule   daily at 02:30",
        "next run   Sat 2026-11-21 02:30:00 +00:00",
        "command    true",
        "directory  ~",
        "outcome    failed",
        "error      restic: the repository is locked by another process",
        "runs       12, 1 failed",
    ):
        assert line + "\n" in out


def test_show_tells_all_about_a_run(daybell: Program, morning: FakeService) -> None:
    morning.finish("run-1", "failed", exit_code=3, error="disk full")
    out = daybell("show", "run-1").out
    for line in ("job       mail", "took      3.0s", "outcome   failed", "detail    exit code 3: disk full"):
        assert line + "\n" in out


def test_show_tells_what_a_run_left(daybell: Program, morning: FakeService) -> None:
    place = daybell.home / "data" / "artifacts" / "mail" / "run-1"
    place.mkdir(parents=True)
    for number in range(22):
        (place / f"page-{number:02}").write_bytes(bytes(2048))
    morning.finish("run-1", "succeeded", artifacts=22, artifacts_removed=3)
    lines = [line.strip() for line in daybell("show", "run-1").out.splitlines()]
    first = lines.index("artifacts  page-00 (2.0 KiB)")
    assert lines[first + 1] == "page-01 (2.0 KiB)"
    assert lines[-2:] == ["and 2 more", "3 files beyond the caps, which are gone"]


def test_show_tells_what_a_run_took_and_of_each_attempt(daybell: Program, morning: FakeService) -> None:
    first = AttemptRecord(
        started=NOON, finished=NOON, outcome="failed", exit_code=3, error="disk \x1b[31mfull\x1b[0m"
    )
    silent = replace(first, started=None, outcome="interrupted", error=None)
    morning.finish(
        "run-1",
        "succeeded",
        attempts=3,
        earlier=(first, silent),
        last_started=NOON + timedelta(minutes=10),
        cpu_seconds=12.34,
        peak_memory=380 << 20,
        output_bytes=5 << 30,
        output_dropped=4 << 30,
        host="laptop",
        version="0.1.0",
    )
    out = daybell("show", "run-1").out
    for line in (
        "attempts     3",
        "attempt 1    Fri 2026-11-20 12:00:00 +00:00 failed: disk full",
        "attempt 2    Fri 2026-11-20 12:00:00 +00:00 interrupted",
        "attempt 3    Fri 2026-11-20 12:10:00 +00:00",
        "CPU time     12.3s",
        "peak memory  380 MiB",
        "printed      5.0 GiB, of which 4.0 GiB were left out",
        "machine      laptop",
        "Daybell      0.1.0",
    ):
        assert line + "\n" in out


@pytest.mark.parametrize("target", ["run-1", "mail"])
def test_a_report_is_exactly_the_apis(daybell: Program, morning: FakeService, target: str) -> None:
    morning.finish("run-1", "failed", exit_code=3, error="disk full")
    page = daybell("show", target, "--report", "md")
    assert (page.code, page.err) == (0, "")
    assert page.out.startswith("# mail: failed\n")
    _status, body = Asking(daybell.home / "run" / "api.sock")("GET", "/api/v1/runs/run-1/report.json")
    for argv in (("json",), ("json", "--json"), ("md", "--json")):
        said = daybell("show", target, "--report", *argv)
        assert (said.code, json.loads(said.out)) == (0, body)


def test_a_report_of_nothing_says_so(daybell: Program, morning: FakeService) -> None:
    assert "rotate has not run yet" in daybell("show", "rotate", "--report", "md").err
    assert daybell("show", "zzz", "--report", "md").code == 4
    assert daybell("show", "mail", "--report", "pdf").code == 2


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("show", "backup-foto"), "there is no job and no run 'backup-foto'; did you mean 'backup-photos'?"),
        (
            ("show", "Back up photo"),
            "there is no job and no run 'Back up photo'; did you mean 'backup-photos'?",
        ),
        (("pause", "mial"), "there is no job 'mial'; did you mean 'mail'?"),
        (("run", "zzz"), "there is no job 'zzz'; `daybell list` shows all jobs"),
        (("logs", "zzz"), "there is no job and no run 'zzz'; `daybell list` shows all jobs"),
        (("history", "zzz"), "there is no job 'zzz'; `daybell list` shows all jobs"),
        (("next", "zzz"), "there is no job 'zzz'; `daybell list` shows all jobs"),
        (("remove", "a/../mail"), "there is no job 'a/../mail'; did you mean 'mail'?"),
        (("cancel", "zzz"), "there is no job and no run 'zzz'; `daybell list` shows all jobs"),
    ],
)
def test_what_is_not_there_names_what_is(
    daybell: Program, morning: FakeService, argv: tuple[str, ...], sentence: str
) -> None:
    assert daybell(*argv) == (4, "", f"daybell: {sentence}\n")


def test_without_any_job_it_says_how_to_add_one(daybell: Program, service: FakeService) -> None:
    assert "there are no jobs yet, see `daybell add --help`" in daybell("run", "backup").err


@pytest.mark.parametrize(
    "argv",
    [
        ("status",),
        ("list",),
        ("show", "x"),
        ("add", "x", "--", "ls"),
        ("remove", "x"),
        ("run", "x"),
        ("run", "x", "--wait"),
        ("cancel", "x"),
        ("pause", "x"),
        ("resume", "--all"),
        ("history",),
        ("logs", "x"),
        ("logs", "x", "-f"),
        ("next", "x"),
        ("stop",),
    ],
)
def test_without_the_app_the_remedy_is_named(lonely: Program, argv: tuple[str, ...]) -> None:
    assert lonely(*argv) == (3, "", "daybell: Daybell is not running; start it with `daybell start`\n")
