"""How an editor is told to open a file at a line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from daybell.desktop.opening.editors import (
    EDITORS,
    SINCE,
    command_at,
    entry_paths,
    exec_words,
    known_editor,
    version_command,
)

LOG = Path("/var/log/a b.log")
FLATPAK = "/usr/bin/flatpak run --branch=stable --arch=x86_64 --command={} --file-forwarding {} {}"


def an_entry(command: str, *more: str) -> str:
    return "\n".join(["[Desktop Entry]", "Type=Application", "Name=Editor", f"Exec={command}", *more]) + "\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("gedit %U", ["gedit", "+12", str(LOG)]),
        ("/usr/bin/pluma %U", ["/usr/bin/pluma", "+12", str(LOG)]),
        ("xed %U", ["xed", "+12", str(LOG)]),
        ("featherpad %U", ["featherpad", "+12", str(LOG)]),
        ("geany %F", ["geany", "+12", str(LOG)]),
        ("gvim -f %F", ["gvim", "-f", "+12", str(LOG)]),
        ("nvim-qt -- %F", ["nvim-qt", "--", "+12", str(LOG)]),
        ("/usr/bin/emacs %F", ["/usr/bin/emacs", "+12", str(LOG)]),
        ("kate -b %U", ["kate", "-b", "--line", "12", str(LOG)]),
        ("kwrite %U", ["kwrite", "--line", "12", str(LOG)]),
        ("mousepad %U", ["mousepad", "--line", "12", str(LOG)]),
        ("gnome-text-editor %U", ["gnome-text-editor", str(LOG), "+12"]),
        (
            "/usr/share/code/code --unity-launch %F",
            ["/usr/share/code/code", "--unity-launch", "--goto", f"{LOG}:12"],
        ),
        ("/opt/sublime_text/sublime_text %F", ["/opt/sublime_text/sublime_text", f"{LOG}:12"]),
        ("zeditor %U", ["zeditor", f"{LOG}:12"]),
        ("gedit -i %i %c 50%% %f", ["gedit", "-i", "50%", "+12", str(LOG)]),
        (
            "env BAMF_DESKTOP_FILE_HINT=/var/lib/snapd/gedit_gedit.desktop /snap/bin/gedit %U",
            [
                "env",
                "BAMF_DESKTOP_FILE_HINT=/var/lib/snapd/gedit_gedit.desktop",
                "/snap/bin/gedit",
                "+12",
                str(LOG),
            ],
        ),
        (
            FLATPAK.format("gedit", "org.gnome.gedit", "@@u %U @@"),
            [*FLATPAK.format("gedit", "org.gnome.gedit", "+12 @@u").split(), str(LOG), "@@"],
        ),
        (
            FLATPAK.format("gnome-text-editor", "org.gnome.TextEditor", "@@u %U @@ --last"),
            [
                *FLATPAK.format("gnome-text-editor", "org.gnome.TextEditor", "@@u").split(),
                str(LOG),
                "@@",
                "+12",
                "--last",
            ],
        ),
        (
            r'sh -c "if [ -n \\"\\$*\\" ]; then exec emacsclient \\"\\$@\\"; fi" sh %F',
            ["sh", "-c", 'if [ -n "$*" ]; then exec emacsclient "$@"; fi', "sh", "+12", str(LOG)],
        ),
    ],
)
def test_a_known_editor_opens_the_file_at_the_line(command: str, expected: list[str]) -> None:
    words = exec_words(an_entry(command))
    assert words is not None
    assert command_at(words, LOG, 12) == tuple(expected)


@pytest.mark.parametrize(
    "command",
    [
        "abiword %U",
        "firefox %u",
        "/home/kate/bin/reader %f",
        "gedit",
        "gedit --file=%f",
        "gedit %f %f",
        FLATPAK.format("code", "com.visualstudio.code", "@@ %F @@"),
    ],
)
def test_where_it_is_not_known_how_there_is_no_command(command: str) -> None:
    words = exec_words(an_entry(command))
    assert words is not None
    assert command_at(words, LOG, 12) is None


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (r"C:\Program Files\Notepad++\notepad++.exe", ["-n12", str(LOG)]),
        (r"C:\Users\me\AppData\Local\Programs\Microsoft VS Code\Code.exe", ["--goto", f"{LOG}:12"]),
        (r"C:\Program Files\Sublime Text\sublime_text.exe", [f"{LOG}:12"]),
    ],
)
def test_programs_of_windows_are_known_by_their_names(program: str, expected: list[str]) -> None:
    assert command_at([program, "%F"], LOG, 12) == (program, *expected)


def test_notepad_knows_no_lines() -> None:
    assert command_at([r"C:\Windows\System32\notepad.exe", "%F"], LOG, 12) is None


def test_braces_in_a_path_stay() -> None:
    assert command_at(["zed", "%U"], Path("/var/{line}.log"), 12) == ("zed", "/var/{line}.log:12")


@pytest.mark.parametrize("arguments", EDITORS.values(), ids=EDITORS)
def test_each_editor_is_told_the_file_and_the_line_once(arguments: tuple[str, ...]) -> None:
    told = " ".join(arguments)
    assert (told.count("{path}"), told.count("{line}")) == (1, 1)


def test_the_editors_with_a_first_version_are_known() -> None:
    assert SINCE.keys() <= EDITORS.keys()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (an_entry("gedit %U"), ["gedit", "%U"]),
        (an_entry("gedit %U", "", "[Desktop Action new]", "Exec=gedit --new-window"), ["gedit", "%U"]),
        ("# made by hand\n\n[Desktop Entry]\n#Exec=no\n Exec = gedit  %U \n", ["gedit", "%U"]),
        (
            an_entry(r'"/opt/my\\\\editor \\$1/gedit" --title="a b" %f'),
            [r"/opt/my\editor $1/gedit", "--title=a b", "%f"],
        ),
        (an_entry("gedit %U", "Terminal=false"), ["gedit", "%U"]),
        (an_entry("vim %F", "Terminal=true"), None),
        (an_entry('gedit "%U'), None),
        (an_entry(""), None),
        ("[Desktop Action new]\nExec=gedit\n", None),
        ("", None),
    ],
)
def test_the_command_is_read_from_the_desktop_file(entry: str, words: list[str] | None) -> None:
    assert exec_words(entry) == words


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("gnome-text-editor %U", "gnome-text-editor --version"),
        (FLATPAK.format("x", "org.X", "@@u %U @@"), FLATPAK.format("x", "org.X", "--version")),
        ("gedit", "gedit --version"),
    ],
)
def test_the_version_is_asked_of_the_program_itself(command: str, asked: str) -> None:
    assert version_command(command.split()) == asked.split()


def test_an_editor_is_known_by_the_name_of_its_program_only() -> None:
    assert known_editor(["/opt/gedit/start", "%U"]) is None
    assert known_editor(["/opt/start/gedit", "%U"]) == "gedit"


@pytest.mark.parametrize(
    ("environ", "first"),
    [
        (
            {"HOME": "/home/me"},
            [
                "/home/me/.local/share/applications/gedit.desktop",
                "/usr/local/share/applications/gedit.desktop",
                "/usr/share/applications/gedit.desktop",
                "/home/me/.local/share/flatpak/exports/share/applications/gedit.desktop",
                "/var/lib/flatpak/exports/share/applications/gedit.desktop",
                "/var/lib/snapd/desktop/applications/gedit.desktop",
            ],
        ),
        (
            {"HOME": "/home/me", "XDG_DATA_HOME": "/mine", "XDG_DATA_DIRS": "/a::/b"},
            [
                "/mine/applications/gedit.desktop",
                "/a/applications/gedit.desktop",
                "/b/applications/gedit.desktop",
            ],
        ),
    ],
)
def test_a_person_s_desktop_files_come_before_those_of_the_system(
    environ: Mapping[str, str], first: list[str]
) -> None:
    paths = list(entry_paths("gedit.desktop", environ))
    assert paths[: len(first)] == [Path(path) for path in first]


def test_a_dash_may_stand_for_a_directory() -> None:
    paths = list(entry_paths("kde-org-kate.desktop", {"XDG_DATA_HOME": "/mine"}))
    assert paths[:3] == [
        Path("/mine/applications", name)
        for name in ("kde-org-kate.desktop", "kde/org-kate.desktop", "kde/org/kate.desktop")
    ]
