import pytest

from daybell.machine.processes.conventions import posix_end, posix_shell, windows_end, windows_shell


@pytest.mark.parametrize(
    ("returncode", "expected"),
    [
        (0, (0, None)),
        (3, (3, None)),
        (139, (139, None)),
        (-11, (139, "SIGSEGV")),
        (-9, (137, "SIGKILL")),
        (-60, (188, "signal 60")),
    ],
)
def test_a_posix_end_reads_as_a_shell_gives_it(returncode: int, expected: tuple[int, str | None]) -> None:
    assert posix_end(returncode) == expected


@pytest.mark.parametrize(
    ("returncode", "expected"),
    [
        (0, (0, None)),
        (1, (1, None)),
        (0xC0000005, (0xC0000005, "an access violation")),
        (-1073741819, (-1073741819, "an access violation")),
        (0xC000013A, (0xC000013A, "Ctrl+C")),
    ],
)
def test_a_windows_end_names_what_windows_did(returncode: int, expected: tuple[int, str | None]) -> None:
    assert windows_end(returncode) == expected


def test_a_posix_shell_gets_one_line() -> None:
    assert posix_shell(("echo a | wc -c",)) == ["/bin/sh", "-c", "echo a | wc -c"]


def test_cmd_gets_its_line_between_outer_quotes() -> None:
    expected = r'"C:\Windows\cmd.exe" /d /s /c "echo "a b" > c.txt"'
    assert windows_shell(('echo "a b" > c.txt',), r"C:\Windows\cmd.exe") == expected
