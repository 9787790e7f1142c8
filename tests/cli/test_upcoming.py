import json

import pytest

from api.fake_service import FakeService, a_command, add
from cli.program import Program


def test_next_of_a_job_asks_the_app(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    assert daybell("next", "backup", "-n", "2") == (
        0,
        "Fri 2026-11-20 13:00:00 +00:00\nFri 2026-11-20 14:00:00 +00:00\n",
        "",
    )


def test_next_of_a_job_without_a_trigger(daybell: Program, service: FakeService) -> None:
    service.add_job("manual", json.dumps({"handler": a_command()}).encode())
    assert daybell("next", "manual") == (0, "", "manual is not due at any time\n")


def test_next_of_an_expression_needs_no_app(lonely: Program) -> None:
    said = lonely(
        *("next", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from", "2026-03-28", "-n", "3")
    )
    assert said == (
        0,
        "Sat 2026-03-28 02:30:00 +01:00\nSun 2026-03-29 03:00:00 +02:00\nMon 2026-03-30 02:30:00 +02:00\n",
        "",
    )


def test_next_of_an_expression_begins_now(lonely: Program) -> None:
    said = lonely("next", "--cron", "0 * * * *", "--timezone", "UTC", "-n", "1", "--json")
    assert json.loads(said.out) == {
        "cron": "0 * * * *",
        "timezone": "UTC",
        "runs": ["2026-11-20T16:00:00+00:00"],
    }


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        ((), 2, "say which job, or give an expression with --cron"),
        (("x", "--cron", "* * * * *"), 2, "say which job, or give an expression with --cron"),
        (("x", "--timezone", "UTC"), 2, "--timezone and --from belong to --cron"),
        (("--cron", "* * * * *", "--from", "noon"), 2, "--from: expected a time such as"),
        (("--cron", "61 * * * *"), 5, "minute: "),
        (("--cron", "* * * * *", "--timezone", "Berlin"), 5, "expected a time zone such as"),
    ],
)
def test_a_mistake_is_told(lonely: Program, argv: tuple[str, ...], code: int, sentence: str) -> None:
    said = lonely("next", *argv)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("daybell: " + sentence)
