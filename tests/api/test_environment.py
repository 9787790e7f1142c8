"""What is told of the environment of jobs."""

from pathlib import Path

import pytest

from api.test_about import served
from daybell.api.about import Around
from daybell.model.errors import Conflict, DaybellError, NoFindings
from known_environments import KnownEnvironment


def test_a_refresh_asks_the_shell_and_what_it_said_holds_from_then_on(tmp_path: Path) -> None:
    with served(tmp_path, Around(environment=KnownEnvironment())) as ask:
        status, before = ask("GET", "/api/v1/environment")
        assert (status, before["source"]) == (200, "app")
        status, after = ask("POST", "/api/v1/environment/refresh")
        assert (status, after["source"], after["word"]) == (200, "login_shell", "")
        assert ask("GET", "/api/v1/environment") == (200, after)
    assert after["variables"][1] == {
        "name": "PATH",
        "job": "/own:/bin",
        "login_shell": "/own:/bin",
        "app": "/bin",
        "origin": "login_shell",
        "differs": True,
    }


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [(NoFindings("it hangs"), (503, "no_findings")), (Conflict("asked already"), (409, "conflict"))],
)
def test_a_refresh_that_fails_says_why(
    refusal: DaybellError, expected: tuple[int, str], tmp_path: Path
) -> None:
    with served(tmp_path, Around(environment=KnownEnvironment(refusal=refusal))) as ask:
        status, said = ask("POST", "/api/v1/environment/refresh")
    assert (status, said["error"]["code"]) == expected


def test_where_nobody_knows_that_is_said(tmp_path: Path) -> None:
    with served(tmp_path, Around()) as ask:
        assert [
            ask(*one)[0]
            for one in (
                ("GET", "/api/v1/environment"),
                ("POST", "/api/v1/environment/refresh"),
                ("GET", "/api/v1/jobs/bakcup/environment"),
            )
        ] == [503, 503, 404]
