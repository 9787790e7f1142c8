from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.login_shells import LARGEST, Heard, of_registry, profiles, question, sane, variables

ASKED = "/bin/sh -c 'printf %s%s MA RK; /usr/bin/env -0; printf %s%s MA RK'"


@pytest.mark.parametrize(
    ("name", "is_interactive", "argv"),
    [
        ("bash", True, ("bash", "-lic", ASKED)),
        ("zsh", False, ("zsh", "-lc", ASKED)),
        ("fish", True, ("fish", "-lic", ASKED)),
        ("nu", True, ("nu", "-l", "-i", "-c", f"^{ASKED}")),
        ("nu", False, ("nu", "-l", "-c", f"^{ASKED}")),
        ("pwsh", True, ("pwsh", "-Login", "-Command", ASKED)),
        ("tcsh", True, ("-tcsh", "-c", ASKED)),
        ("csh", False, ("-csh", "-c", ASKED)),
    ],
)
def test_each_shell_is_asked_in_its_own_way(
    name: str, *, is_interactive: bool, argv: tuple[str, ...]
) -> None:
    asked = question(name, "MARK", is_interactive=is_interactive)
    assert asked is not None
    assert (asked.argv0, *asked.flags) == argv


@pytest.mark.parametrize("name", ["nologin", "false", "elvish", ""])
def test_what_is_not_known_is_not_asked(name: str) -> None:
    assert question(name, "MARK", is_interactive=True) is None


PRINTED = b"Welcome to MM's machine? no: PATH=/no\nM<mark>A=1\0B=two\nlines\0C=\0odd\0=x\0<mark>bye"


@given(st.lists(st.integers(0, len(PRINTED)), max_size=6))
def test_an_answer_is_heard_however_it_comes_and_whatever_is_around_it(cuts: list[int]) -> None:
    heard, found = Heard("<mark>"), []
    places = [0, *sorted(cuts), len(PRINTED)]
    for begin, end in pairwise(places):
        found.append(heard.feed(PRINTED[begin:end]))
        if found[-1] is not None:
            break
    assert found[-1] == {"A": "1", "B": "two\nlines", "C": ""}


def test_noise_is_not_kept_and_an_endless_answer_is_none() -> None:
    heard = Heard("<mark>")
    for _ in range(3):
        assert heard.feed(b"y\n" * (LARGEST // 2)) is None
    assert heard.feed(b"<mark>A=1") is None
    with pytest.raises(ValueError, match="too long"):
        heard.feed(b"y" * LARGEST)


def test_what_a_shell_sets_for_itself_is_left_out() -> None:
    said = b"_=/usr/bin/env\0SHLVL=1\0PWD=/\0OLDPWD=/\0TERM=dumb\0HOME=/h\0RAW=\xff\0"
    assert variables(said) == {"HOME": "/h", "RAW": "\udcff"}
    assert variables(b"TERM=xterm\0") == {"TERM": "xterm"}


@pytest.mark.parametrize(
    ("platform", "environ", "is_login", "expected"),
    [
        ("linux", {}, False, {"HOME": "/h", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}),
        (
            "linux",
            {"PATH": "/a::/bin", "HOME": "/own", "LC_ALL": "C"},
            False,
            {"PATH": "/a:/bin:/usr/local/bin:/usr/bin", "HOME": "/own", "LC_ALL": "C"},
        ),
        ("linux", {"PATH": "/a", "LANG": "C"}, True, {"PATH": "/a", "LANG": "C", "HOME": "/h"}),
        (
            "darwin",
            {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
            False,
            {
                "HOME": "/h",
                "LANG": "en_US.UTF-8",
                "PATH": "/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin:/usr/local/bin",
            },
        ),
        ("win32", {"Path": "C:\\a"}, False, {"Path": "C:\\a"}),
    ],
)
def test_a_start_at_login_leaves_no_job_without_path_home_and_locale(
    platform: str, environ: dict[str, str], *, is_login: bool, expected: dict[str, str]
) -> None:
    assert sane(environ, platform, "/h", is_login=is_login) == expected


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bash", "/h/.bash_profile"),
        ("bash", "/etc/profile"),
        ("zsh", "/z/.zshrc"),
        ("fish", "/c/fish/config.fish"),
        ("nu", "/c/nushell/env.nu"),
        ("pwsh", "/c/powershell/profile.ps1"),
        ("tcsh", "/h/.login"),
    ],
)
def test_the_files_of_a_shell_are_known(name: str, file: str) -> None:
    assert file in profiles(name, "/h", "/c", "/z")


def test_zsh_reads_from_home_unless_told_otherwise() -> None:
    assert "/h/.zshrc" in profiles("zsh", "/h", "/c")


def test_the_registry_gives_what_a_new_login_has() -> None:
    machine = {"Path": "C:\\Windows;", "TEMP": "C:\\T", "JAVA_HOME": "C:\\J"}
    person = {"PATH": "C:\\me\\bin", "temp": "C:\\me\\T"}
    own = {"SystemRoot": "C:\\Windows", "PATH": "C:\\venv", "java_home": "C:\\old"}
    assert of_registry(machine, person, own) == {
        "SYSTEMROOT": "C:\\Windows",
        "PATH": "C:\\Windows;C:\\me\\bin",
        "JAVA_HOME": "C:\\J",
        "TEMP": "C:\\me\\T",
    }


def test_without_a_path_of_the_machine_the_persons_counts() -> None:
    assert of_registry({}, {"Path": "C:\\me"}, {"PATH": "C:\\venv"}) == {"PATH": "C:\\me"}
