import pytest

from daybell.core.search_path import clean_environment, compare, directories, named, path_said


def test_what_daybell_lacks_is_named() -> None:
    found = compare(["/usr/bin", "/home/a/bin"], ["/usr/bin"], is_app=True)
    assert (found.check, found.level) == ("path", "warning")
    assert found.message == "Daybell's PATH lacks /home/a/bin, which your login shell has"
    assert found.remedy


def test_without_the_app_it_is_this_terminals() -> None:
    assert "this terminal's PATH" in compare(["/a"], [], is_app=False).message


@pytest.mark.parametrize(("login", "own"), [(["/a"], ["/b", "/a"]), ([], []), ([], ["/a"])])
def test_more_than_the_login_shell_has_is_fine(login: list[str], own: list[str]) -> None:
    assert compare(login, own, is_app=True).level == "ok"


@pytest.mark.parametrize(
    ("login", "own", "said"),
    [
        (None, ["/a"], "the login shell's PATH cannot be told"),
        (["/a"], None, "Daybell's PATH cannot be told"),
        (None, None, "the login shell's PATH cannot be told"),
    ],
)
def test_what_nobody_can_tell_is_a_note(login: list[str] | None, own: list[str] | None, said: str) -> None:
    found = compare(login, own, is_app=True)
    assert (found.level, found.message) == ("note", said)


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


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (b"MM/a:/bMM", "/a:/b"),
        (b"Welcome!\nMM/aMM bye", "/a"),
        (b"MMMM", ""),
        (b"Welcome!", None),
        (b"MM/a", None),
        (b"", None),
    ],
)
def test_a_shells_own_chatter_is_passed_over(printed: bytes, said: str | None) -> None:
    assert path_said(printed, "MM") == said


def test_a_login_begins_with_little() -> None:
    environ = {"HOME": "/home/a", "PATH": "/venv/bin", "VIRTUAL_ENV": "/venv", "LANG": "C"}
    said = {"HOME": "/home/a", "LANG": "C", "PATH": "/bin", "TERM": "dumb"}
    assert clean_environment(environ, "/bin") == said
