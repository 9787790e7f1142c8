import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO, TextIOWrapper

import pytest
from msgspec.structs import replace

from api.fake_service import NOON, FakeService, add
from cli.ann import missed
from cli.program import NOW, Program, content
from daybell.cli.main import main
from daybell.cli.past import JsonLines
from daybell.cli.terminal import Terminal
from daybell.core.excerpt import BLOCK
from daybell.model.job import Keep
from daybell.model.run import Run
from daybell.model.sizes import Size
from daybell.store.caps import Caps
from store.test_caps import CAP, pattern
from store.test_printed import unfolded
from waiting import until

SOON = 10
"""Seconds; far more than any of this takes."""


@pytest.fixture
def backup(service: FakeService) -> FakeService:
    add(service, "backup")
    service.run_now("backup")
    service.heard.clear()
    return service


def test_history_is_a_table(daybell: Program, backup: FakeService) -> None:
    backup.finish("run-1", "failed", exit_code=3, error="disk \x1b[31mfull\x1b[0m")
    backup.runs["run-2"] = missed("run-2", job_id="backup", cause="catch_up")
    backup.run_now("backup")
    said = daybell("history", "--absolute")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "STARTED             JOB     CAUSE     OUTCOME  TOOK  DETAIL",
        "12:00               backup  manual    running     –",
        "Wed 12:00 to 11:00  backup  catch-up  missed      –  47 times: too late",
        "12:00               backup  manual    failed   3.0s  exit code 3: disk full",
    ]


def test_history_of_one_job_may_be_short(daybell: Program, backup: FakeService) -> None:
    backup.finish("run-1", "succeeded", exit_code=0)
    backup.run_now("backup")
    assert len(daybell("history", "backup", "-n", "1").out.splitlines()) == 2


def test_an_empty_history_is_no_table(daybell: Program, service: FakeService) -> None:
    assert daybell("history") == (0, "", "nothing has run yet\n")


@pytest.fixture
def week(service: FakeService) -> FakeService:
    """A run each day at noon, the last one today; the odd ones failed, the others were asked for."""
    add(service, "backup")
    for number in range(1, 8):
        started = NOON - timedelta(days=7 - number)
        service.runs[f"run-{number}"] = Run(
            run_id=f"run-{number}",
            job_id="backup",
            cause=("manual", "catch_up")[number % 2],
            started=started,
            finished=started + timedelta(seconds=3),
            outcome=("succeeded", "failed")[number % 2],
            log=str(service.logs / f"run-{number}.log"),
        )
    service.output("run-2", b"No space left")
    return service


def shown(daybell: Program, *argv: str) -> list[str]:
    said = daybell("history", *argv, "--json")
    assert (said.code, said.err) == (0, "")
    return [run["run_id"].removeprefix("run-") for run in json.loads(said.out)["runs"]]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("--outcome", "failed"), "7531"),
        (("--outcome", "ok"), "642"),
        (("--outcome", "Timed Out", "--outcome", "failed"), "7531"),
        (("--cause", "catch-up", "backup"), "7531"),
        (("--cause", "manual", "--outcome", "failed"), ""),
        (("--since", "2d"), "76"),
        (("--until", "5d"), "21"),
        (("--since", "2026-11-18", "--until", "2026-11-20"), "65"),
        (("--since", "2026-11-18T13:00"), "765"),  # in Berlin, where the app is, it is 12:00 UTC
        (("--since", "2026-11-18T13:01"), "76"),
        (("--grep", "No space"), "2"),
        (("--grep", "no such text"), ""),
        (("-n", "2"), "76"),
    ],
)
def test_history_shows_what_is_asked_for(
    daybell: Program, week: FakeService, argv: tuple[str, ...], expected: str
) -> None:
    assert shown(daybell, *argv) == list(expected)


def test_history_goes_on_where_a_page_was_not_full(daybell: Program, week: FakeService) -> None:
    week.most_at_once = 2
    assert shown(daybell, "-n", "5") == list("76543")
    assert shown(daybell) == list("7654321")


def test_history_says_how_to_see_more(daybell: Program, week: FakeService) -> None:
    assert daybell("history", "-n", "7").err == ""
    said = daybell("history", "-n", "3")
    assert said.err == "there are more: `-n 30` or `--until 2026-11-18T12:00:01`\n"
    assert len(said.out.splitlines()) == 1 + 3
    assert "more" not in daybell("history", "-n", "1000").err


def test_history_counts_what_runs_among_what_is_shown(daybell: Program, week: FakeService) -> None:
    week.now = NOON + timedelta(hours=1)
    week.run_now("backup")
    said = daybell("history", "-n", "1", "--absolute")
    assert [line.split()[3] for line in said.out.splitlines()] == ["OUTCOME", "running"]
    assert said.err == "there are more: `-n 10` or `--until 2026-11-20T13:00:01`\n"


def test_history_of_nothing_like_that_says_so(daybell: Program, week: FakeService) -> None:
    assert daybell("history", "backup", "--outcome", "replaced") == (0, "", "no run is like that\n")


ENDS = "succeeded, failed, timed_out, cancelled, replaced, interrupted, skipped or missed"
TIMES = "how long ago, such as 7d or 2h, or a time such as 2026-11-01 or 2026-11-01T14:30"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (
            ("--outcome", "fail"),
            f"outcome: expected {ENDS}, found 'fail'; did you mean 'failed'?",
        ),
        (
            ("--since", "yesterday"),
            f"--since: expected {TIMES}, found 'yesterday'",
        ),
        (
            ("--until", "99999999999d"),
            f"--until: expected {TIMES}, found '99999999999d'",
        ),
        (("--since", "1d", "--until", "2d"), "until: expected a time after that of since"),
    ],
)
def test_history_says_what_it_does_not_understand(
    daybell: Program, service: FakeService, argv: tuple[str, ...], sentence: str
) -> None:
    assert daybell("history", *argv) == (2, "", f"daybell: {sentence}\n")


@pytest.mark.parametrize("target", ["run-1", "backup"])
def test_logs_prints_the_bytes_as_they_are(daybell: Program, backup: FakeService, target: str) -> None:
    backup.output("run-1", b"\x1b[31mred\x1b[0m\r\n")
    assert daybell("logs", target) == (0, "\x1b[31mred\x1b[0m\r\n", "")


def test_logs_are_an_object_for_each_line(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"one\r\n\n\x1b[31m two")
    said = daybell("logs", "backup", "--json")
    assert (said.code, said.err, said.out.isascii()) == (0, "", True)
    assert list(map(json.loads, said.out.splitlines())) == [
        {"run_id": "run-1", "line": line} for line in ("one", "", "\x1b[31m two")
    ]


def test_a_line_in_pieces_is_one_object_even_if_it_is_no_text() -> None:
    raw = BytesIO()
    lines = JsonLines("r", Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), {}, NOW))
    for piece in (b"\xc3", b"\xbc\xff", b"\n"):
        lines.write(piece)
    lines.end()
    assert raw.getvalue() == b'{"run_id": "r", "line": "\\u00fc\\ufffd"}\n'


def test_logs_of_a_job_are_of_its_last_run(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"old")
    backup.finish("run-1", "succeeded")
    backup.run_now("backup")
    backup.output("run-2", b"new")
    backup.runs["run-3"] = Run(run_id="run-3", job_id="backup", cause="schedule", outcome="skipped")
    assert daybell("logs", "backup").out == "new"


def test_logs_of_what_never_ran_say_how_to_run_it(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    assert daybell("logs", "backup") == (
        4,
        "",
        "daybell: backup has not run yet; `daybell run backup` runs it now\n",
    )


def test_logs_of_a_deleted_file_say_so(daybell: Program, backup: FakeService) -> None:
    assert daybell("logs", "run-1") == (4, "", "daybell: the output of run run-1 is gone\n")


class Watched(BytesIO):
    """Tells when something new was printed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Semaphore(0)

    def flush(self) -> None:
        super().flush()
        self.written.release()


def test_logs_follow_until_the_run_ends(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"one\n")
    raw = Watched()
    terminal = Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["logs", "backup", "-f"], terminal)
        assert backup.heard.wait(SOON)
        assert raw.getvalue() == b"one\n"
        backup.output("run-1", b"two\n")
        backup.finish("run-1", "succeeded")
        assert code.result(SOON) == 0
    assert raw.getvalue() == b"one\ntwo\n"
    assert content(terminal.err) == "" if isinstance(terminal.err, TextIOWrapper) else False


def test_a_line_is_an_object_once_it_is_whole(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"one\ntw")
    raw = Watched()
    terminal = Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["logs", "backup", "-f", "--json"], terminal)
        assert backup.heard.wait(SOON)
        assert raw.getvalue() == b'{"run_id": "run-1", "line": "one"}\n'
        backup.output("run-1", b"o\nthree")
        backup.finish("run-1", "succeeded")
        assert code.result(SOON) == 0
    assert [json.loads(line)["line"] for line in raw.getvalue().splitlines()] == ["one", "two", "three"]


def test_logs_follow_over_what_is_left_out(daybell: Program, backup: FakeService) -> None:
    backup.jobs["backup"] = replace(backup.jobs["backup"], keep=Keep(output=Size(CAP)))
    backup.output("run-1", pattern(0, BLOCK))
    raw = Watched()
    terminal = Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    caps = Caps()
    capped = caps.hold(backup.log_file("run-1"), CAP)
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["logs", "backup", "-f"], terminal)
        assert backup.heard.wait(SOON)
        assert raw.getvalue() == pattern(0, BLOCK)
        backup.output("run-1", pattern(BLOCK, 20 * CAP - BLOCK))
        caps.look()
        caps.release(capped)
        backup.finish("run-1", "succeeded")
        assert code.result(SOON) == 0
    shown = unfolded(raw.getvalue())
    assert len(shown) == 20 * CAP
    assert shown.endswith(pattern(19 * CAP + CAP // 2, CAP // 2))


def test_logs_follow_a_run_from_before_its_start_over_a_second_attempt(
    daybell: Program, backup: FakeService
) -> None:
    log = str(backup.logs / "run-1.log")
    backup.runs["run-1"] = replace(backup.runs["run-1"], started=None, attempts=0, log=log)
    raw = Watched()
    terminal = Terminal(TextIOWrapper(raw), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["logs", "backup", "-f"], terminal)
        for attempt, line in enumerate((b"one\n", b"two\n"), 1):
            assert backup.heard.wait(SOON)  # it waits for the run's end, having printed all there was
            backup.runs["run-1"] = replace(backup.runs["run-1"], started=NOON, attempts=attempt)
            backup.output("run-1", line)
            until(lambda: raw.getvalue().endswith(line), SOON)  # noqa: B023 - called in this turn only
        backup.output("run-1", b"three\n")
        backup.finish("run-1", "failed", exit_code=1)
        assert code.result(SOON) == 0
    assert raw.getvalue() == b"one\ntwo\nthree\n"


def test_logs_of_a_job_with_many_skips_since_are_of_the_run_before(
    daybell: Program, backup: FakeService
) -> None:
    backup.output("run-1", b"out")
    backup.finish("run-1", "succeeded")
    for number in range(2, 300):
        backup.runs[f"run-{number}"] = Run(
            run_id=f"run-{number}", job_id="backup", cause="schedule", outcome="skipped", finished=NOON
        )
    assert daybell("logs", "backup").out == "out"


def test_following_what_has_ended_prints_it_and_ends(daybell: Program, backup: FakeService) -> None:
    backup.output("run-1", b"all")
    backup.finish("run-1", "succeeded")
    assert daybell("logs", "run-1", "-f") == (0, "all", "")
