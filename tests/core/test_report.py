import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from builders import a_run, at
from daybell.core.report import Artifact, Report, as_markdown, as_members, attempts_of, discreet, escape
from daybell.model.run import AttemptRecord, Run

ATTEMPT = AttemptRecord(
    started=at("2026-01-03 02:30:00.004"),
    finished=at("2026-01-03 02:30:02"),
    outcome="failed",
    exit_code=3,
    error="disk | full",
)
TRIED_TWICE = a_run(
    attempts=2,
    earlier=(ATTEMPT,),
    last_started=at("2026-01-03 02:40"),
    finished=at("2026-01-03 02:40:01"),
    outcome="timed_out",
    exit_code=143,
    error="timed out after 1s",
)
DEFINITION = {"handler": {"type": "command", "argv": ["restic", "`id`"], "env": {"TOKEN": "s3cret"}}}
HOSTILE = [
    "a | b",
    "\n\n# title\n",
    "</td></table><script>alert(1)</script>",
    "```\ncode",
    "[x](javascript:alert(1))",
    "\\| \\\\| |",
    "https://evil.example www.evil.example",
    "\x1b]0;title\x07\u202etxt.exe\r\n| a | b |",
    "&lt;b&gt; *b* _i_ ~s~ $x$ @you",
]


def cells(line: str) -> list[str]:
    """As Markdown divides a row."""
    return re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]


def test_a_report_tells_what_is_known_of_a_run() -> None:
    run = a_run(
        output_bytes=1434, cpu_seconds=0.25, peak_memory=64 << 20, host="laptop", version="0.1.0", error=None
    )
    assert as_markdown(Report(run)) == (
        "# backup: succeeded\n"
        "\n"
        "|  |  |\n"
        "| --- | --- |\n"
        "| run | 20260103T023000-aaaa |\n"
        "| cause | schedule |\n"
        "| due | 2026-01-03 02:30:00.000+00:00 |\n"
        "| started | 2026-01-03 02:30:00.004+00:00 |\n"
        "| finished | 2026-01-03 02:30:02.000+00:00 |\n"
        "| took | 2.0s |\n"
        "| outcome | succeeded |\n"
        "| exit code | 0 |\n"
        "| attempts | 1 |\n"
        "| CPU time | 0.250s |\n"
        "| peak memory | 64.0 MiB |\n"
        "| output | 1.4 KiB |\n"
        "| machine | laptop |\n"
        "| Daybell | 0.1.0 |\n"
    )


def test_it_tells_of_each_attempt_of_artifacts_and_of_the_definition() -> None:
    report = Report(TRIED_TWICE, DEFINITION, (Artifact("out|put.csv", 2048),))
    page = as_markdown(report)
    assert page.startswith("# backup: timed out\n")
    assert (
        "| 1 | 2026-01-03 02:30:00.004+00:00 | 2026-01-03 02:30:02.000+00:00 | failed | 3 | disk \\| full |\n"
        "| 2 | 2026-01-03 02:40:00.000+00:00 | 2026-01-03 02:40:01.000+00:00 | timed out | 143 "
        "| timed out after 1s |\n"
    ) in page
    assert "| out\\|put.csv | 2.0 KiB |\n" in page
    assert '```json\n{\n  "handler": {\n' in page
    assert "s3cret" not in page


def test_for_programs_each_key_is_there() -> None:
    members = as_members(Report(TRIED_TWICE, DEFINITION))
    assert members["run"] == asdict(TRIED_TWICE)
    assert members["attempts"] == attempts_of(TRIED_TWICE)
    assert members["definition"] == {
        "handler": {"type": "command", "argv": ["restic", "`id`"], "env": {"TOKEN": "…"}}
    }
    assert members["artifacts"] == ()
    assert as_members(Report(a_run()))["definition"] is None


@pytest.mark.parametrize(
    ("run", "numbers"),
    [
        (a_run(attempts=0, started=None, outcome="skipped"), []),
        (a_run(), [1]),
        (TRIED_TWICE, [1, 2]),
        (a_run(attempts=40, earlier=(ATTEMPT,) * 20), [*range(20, 41)]),
    ],
)
def test_attempts_are_numbered_up_to_the_last(run: Run, numbers: list[int]) -> None:
    assert [attempt.number for attempt in attempts_of(run)] == numbers


def test_the_last_attempt_has_the_times_of_its_own() -> None:
    first, last = attempts_of(TRIED_TWICE)
    assert (first.started, first.finished) == (ATTEMPT.started, ATTEMPT.finished)
    assert (last.started, last.finished) == (at("2026-01-03 02:40"), at("2026-01-03 02:40:01"))
    assert attempts_of(a_run())[0].started == a_run().started


def test_what_never_ran_or_is_not_over_has_a_report_too() -> None:
    skipped = a_run(attempts=0, started=None, exit_code=None, outcome="skipped", reason="paused")
    assert "| reason | paused |\n" in as_markdown(Report(skipped))
    running = a_run(finished=None, outcome=None, exit_code=None)
    assert as_markdown(Report(running)).startswith("# backup: not over yet\n")
    retried = a_run(finished=None, outcome=None, exit_code=None, attempts=2, earlier=(ATTEMPT,))
    assert "| 2 |  |  | not over yet |  |  |\n" in as_markdown(Report(retried))


def test_the_address_that_it_pings_is_not_told() -> None:
    definition = {"ping": "https://hc-ping.com/s3cret", "handler": {"type": "command"}}
    assert discreet(definition) == {"ping": "…", "handler": {"type": "command"}}


@pytest.mark.parametrize("definition", [{}, {"handler": 3}, {"handler": {"env": None}}])
def test_a_definition_of_any_form_is_told(definition: dict[str, object]) -> None:
    assert discreet(definition) == definition
    assert "## Definition" in as_markdown(Report(a_run(), definition))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_gets_out_of_its_cell(text: str) -> None:
    run = a_run(error=text, reason=text, job_id=text, outcome="failed", attempts=2, earlier=(ATTEMPT,))
    page = as_markdown(Report(run, {"description": text}, (Artifact(text, 1),)))
    tables = [line for line in page.split("```")[0].splitlines() if line.startswith("|")]
    assert {len(cells(line)) for line in tables} == {2, 6}
    titles = [line for line in page.splitlines() if line.startswith("#")]
    assert len(titles) == 4
    told = page.partition("## Definition")[0]
    assert re.search(r"(?<!\\)[<>\[\]`]|(?<!\\)://|www\.|[\x1b\x07\u202e]", told) is None


@given(st.text(st.sampled_from("ab|\\`\n<* ")))
def test_a_row_of_any_text_has_its_cells(text: str) -> None:
    row = f"| {escape(text)} | end |"
    assert len(row.splitlines()) == 1
    assert len(re.findall(r"(?<!\\)\|", row.replace("\\\\", ""))) == 3


@pytest.mark.parametrize("ticks", [1, 3, 7])
def test_a_definition_never_ends_its_fence(ticks: int) -> None:
    page = as_markdown(Report(a_run(), {"description": "`" * ticks}))
    fence = page.rstrip().rpartition("\n")[2]
    assert fence.strip("`") == ""
    assert len(fence) > max(ticks, 2)
    assert page.count(f"\n{fence}") == 2
