import pytest

from builders import a_job
from daybell.core.protected import protected
from daybell.model.job import CommandHandler

HOME = "/Users/ann"


def kept(*argv: str, cwd: str | None = None, shell: bool = False) -> dict[str, str]:
    job = a_job(handler=CommandHandler(argv=argv, cwd=cwd, shell=shell))
    found = protected(job, "backup.json", HOME)
    assert {one.file for one in found} <= {"backup.json"}
    return {one.field: one.message for one in found}


@pytest.mark.parametrize(
    ("cwd", "named"),
    [
        ("~/Documents", "your Documents"),
        ("~/documents/work", "your Documents"),
        ("/Users/ann/Desktop/", "your Desktop"),
        ("Downloads", "your Downloads"),
        ("./Downloads", "your Downloads"),
        ("~/Library/Mobile Documents/com~apple~CloudDocs", "iCloud Drive"),
    ],
)
def test_a_directory_that_macos_keeps_is_named(cwd: str, named: str) -> None:
    assert list(kept("make", cwd=cwd)) == ["handler.cwd"]
    assert f"macOS keeps {named} from programs" in kept("make", cwd=cwd)["handler.cwd"]


@pytest.mark.parametrize(
    "argv",
    [
        ("~/Documents/backup.sh",),
        ("rsync", "/Users/ann/Documents/", "/Volumes/b"),
        ("tar", "czf", "b.tgz", "Documents"),
        ("sh", "-c", 'cp "$HOME"/Downloads/a b'),
        ("tool", "--from=${HOME}/Desktop"),
    ],
)
def test_so_is_what_a_command_names(argv: tuple[str, ...]) -> None:
    assert list(kept(*argv)) == ["handler.argv"]


def test_a_command_line_is_looked_through() -> None:
    assert list(kept("cd ~/Documents && make", shell=True)) == ["handler.argv"]
    assert kept("echo Documents", shell=True) == {}


@pytest.mark.parametrize(
    ("argv", "cwd"),
    [
        (("make",), None),
        (("make",), "~"),
        (("make",), "~/DocumentsOld"),
        (("make",), "/srv/Documents"),
        (("make",), "~/work/Documents"),
        (("rsync", "/Users/ben/Documents"), None),
        (("tool", "Documents"), "/srv"),
    ],
)
def test_what_only_looks_like_it_is_not(argv: tuple[str, ...], cwd: str | None) -> None:
    assert kept(*argv, cwd=cwd) == {}
