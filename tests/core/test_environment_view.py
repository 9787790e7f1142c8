from datetime import UTC, datetime

from daybell.core.environment_view import EnvironmentView, Known, view

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
OWN = {"PATH": "/bin", "TERM": "xterm", "HOME": "/h"}
LOGIN = {"PATH": "/own:/bin", "HOME": "/h", "API_TOKEN": "hunter22"}


def known(login: dict[str, str] | None = LOGIN) -> Known:
    return Known(OWN, login, {**(OWN if login is None else login), "LANG": "C.UTF-8"}, "/bin/sh", "", NOW)


def rows(found: EnvironmentView) -> dict[str, tuple[object, ...]]:
    return {one.name: (one.job, one.login_shell, one.app, one.origin, one.differs) for one in found.variables}


def test_each_variable_stands_beside_what_others_have() -> None:
    found = view(known())
    assert (found.source, found.shell, found.job_id, found.asked) == ("login_shell", "/bin/sh", None, NOW)
    assert rows(found) == {
        "API_TOKEN": ("…", "…", None, "login_shell", True),
        "HOME": ("/h", "/h", "/h", "login_shell", False),
        "LANG": ("C.UTF-8", None, None, "app", True),
        "PATH": ("/own:/bin", "/own:/bin", "/bin", "login_shell", True),
        "TERM": (None, None, "…", "nobody", True),
    }


def test_what_the_job_says_itself_comes_last_and_secrets_are_only_named() -> None:
    found = rows(view(known(), "backup", {"PATH": "/mine", "PASSWORD": "keyring:restic"}))
    assert found["PATH"] == ("/mine", "/own:/bin", "/bin", "job", True)
    assert found["PASSWORD"] == ("…", None, None, "secret", True)


def test_bytes_that_are_no_text_can_be_shown() -> None:
    found = rows(view(known({"PATH": "/x\udcff", "N\udcff": "1"})))
    assert found["PATH"] == ("/x\\udcff", "/x\\udcff", "/bin", "login_shell", True)
    assert "N\\udcff" in found


def test_without_an_answer_of_the_login_shell_it_is_daybells_own() -> None:
    found = view(known(None))
    assert found.source == "app"
    assert rows(found)["HOME"] == ("/h", None, "/h", "app", False)
