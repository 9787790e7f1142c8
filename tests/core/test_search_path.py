import pytest

from daybell.core.search_path import LOGIN_PATH, clean_environment, directories, named, overlaid


@pytest.mark.parametrize(("count", "said"), [(1, "0"), (5, "0, 1, 2, 3, 4"), (7, "0, 1, 2, 3, 4 and 2 more")])
def test_a_long_list_is_counted(count: int, said: str) -> None:
    assert named([str(number) for number in range(count)]) == said


@pytest.mark.parametrize(
    ("path", "separator", "found"),
    [
        ("/a:/b/:/a::/", ":", ("/a", "/b", "/")),
        ("C:\\a;D:\\b", ";", ("C:\\a", "D:\\b")),
        ("", ":", ()),
    ],
)
def test_a_search_path_is_each_directory_once(path: str, separator: str, found: tuple[str, ...]) -> None:
    assert directories(path, separator) == found


def test_what_a_job_adds_takes_the_place_of_what_all_have() -> None:
    base = {"PATH": "/a", "HOME": "/h"}
    assert overlaid(base, {"PATH": "/b", "New": "1"}, "linux") == {"PATH": "/b", "HOME": "/h", "New": "1"}
    assert overlaid(base, {"Path": "/b", "New": "1"}, "win32") == {"PATH": "/b", "HOME": "/h", "NEW": "1"}


def test_a_login_begins_with_what_the_session_has() -> None:
    environ = {"HOME": "/home/a", "PATH": "/venv/bin", "VIRTUAL_ENV": "/venv", "LANG": "C", "SHLVL": "3"}
    said = {"HOME": "/home/a", "LANG": "C", "PATH": LOGIN_PATH, "TERM": "dumb"}
    assert clean_environment(environ) == said
