"""Starting at login: what is written down for each system, and what is understood of it again."""

import plistlib
from subprocess import list2cmdline

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core import autostart_desktop, autostart_launch_agent, autostart_run_key, autostart_systemd
from daybell.core.autostart import (
    UNSPEAKABLE,
    AtLogin,
    Command,
    Entry,
    How,
    at_login,
    login_command,
    refusal,
    sentence,
)
from daybell.model.errors import Conflict

FILE = "/home/ann/.config/autostart/daybell.desktop"
DAYBELL = ("/usr/bin/daybell", "start")
HARD = 'my apps/50%/%U/$HOME/`x`/"q"/it\'s/back\\slash\\/ünï/日本/;#&*?~<>|()'
SPEAKABLE = st.text().filter(lambda word: not UNSPEAKABLE.search(word))
PATHS = SPEAKABLE.map("/{}".format)
COMMANDS = st.builds(lambda program, words: (program, *words), PATHS, st.lists(SPEAKABLE))


def shown(how: str, command: Command) -> Command:
    """As it is understood once it has been written down."""
    match how:
        case "desktop":
            return autostart_desktop.read(autostart_desktop.render(command), FILE).command
        case "systemd":
            return autostart_systemd.read(autostart_systemd.render(command))
        case "launch_agent":
            content = autostart_launch_agent.render(command)
            return autostart_launch_agent.read(content, FILE, "").command
        case _:
            return autostart_run_key.read(autostart_run_key.render(command), None).command


@given(COMMANDS)
def test_a_desktop_starts_what_was_meant(command: Command) -> None:
    assert shown("desktop", command) == command


@given(COMMANDS)
def test_systemd_starts_what_was_meant(command: Command) -> None:
    assert shown("systemd", command) == command


@given(COMMANDS)
def test_launchd_starts_what_was_meant(command: Command) -> None:
    assert shown("launch_agent", command) == command


@given(COMMANDS.filter(lambda command: '"' not in command[0] and len(list2cmdline(command)) < 240))
def test_windows_starts_what_was_meant(command: Command) -> None:
    assert shown("run_key", command) == command


@given(st.lists(SPEAKABLE, min_size=1, max_size=5).filter(lambda some: len(str(some)) < 99))
def test_arguments_are_quoted_as_windows_own_programs_quote_them(words: list[str]) -> None:
    line = autostart_run_key.render((r"C:\d.exe", *words)).removeprefix(r'"C:\d.exe" ')
    assert autostart_run_key.read(f"x {list2cmdline(words)}", None).command == ("x", *words)
    assert line == list2cmdline(words)


@pytest.mark.parametrize("how", ["desktop", "systemd", "launch_agent", "run_key"])
@pytest.mark.parametrize("character", ["\n", "\0", "\x7f", "\udc80", "\uffff"])
def test_what_cannot_be_written_down_is_refused(how: str, character: str) -> None:
    with pytest.raises(Conflict, match="character in it"):
        shown(how, (f"/a{character}b", "start"))


def test_windows_refuses_what_its_key_does_not_take() -> None:
    with pytest.raises(Conflict, match="so long"):
        autostart_run_key.render(("C:\\" + "a" * 250, "start"))
    with pytest.raises(Conflict, match="quotes in it"):
        autostart_run_key.render(('C:\\"a"', "start"))


@pytest.mark.parametrize("program", ["/a=b", "/50%", "/it's", '/"q"'])
def test_a_program_that_no_desktop_takes_is_the_argument_of_another(program: str) -> None:
    content = autostart_desktop.render((program, "start"))
    assert "\nExec=nice -n 0 " in content
    assert autostart_desktop.read(content, FILE).command == (program, "start")
    assert "nice" not in autostart_desktop.render(("/a", "b=c%"))


@pytest.mark.parametrize("program", ["/a\\b", "/it's", '/"q"'])
def test_a_program_that_systemd_does_not_take_is_the_argument_of_another(program: str) -> None:
    content = autostart_systemd.render((program, "start"))
    assert '\nExecStart="nice" "-n" "0" "/' in content
    assert autostart_systemd.read(content) == (program, "start")


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("/opt/daybell", "/opt/daybell"),
        ("/my apps/d", '"/my apps/d"'),
        ("/50%/d", "nice -n 0 /50%%/d"),
        ('/"q"/d', r'nice -n 0 "/\\"q\\"/d"'),
        ("/$a`b/d", r'"/\\$a\\`b/d"'),
        ("/a\\b", r'"/a\\\\b"'),
        ("/it's/ü", 'nice -n 0 "/it\'s/ü"'),
    ],
)
def test_a_desktop_file_is_quoted_twice(word: str, line: str) -> None:
    assert f"\nExec={line} start\n" in autostart_desktop.render((word, "start"))


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("/opt/daybell", '"/opt/daybell" "start"'),
        ("/my apps/50%", '"/my apps/50%%" "start"'),
        ('/"q"\\', r'"nice" "-n" "0" "/\"q\"\\" "start"'),
        ("/$HOME", ':"/$HOME" "start"'),
    ],
)
def test_a_unit_is_quoted_and_no_variable_is_put_in(word: str, line: str) -> None:
    assert f"\nExecStart={line}\n" in autostart_systemd.render((word, "start"))


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("daybell start", ("daybell", "start")),
        ("daybell %U start %%x", ("daybell", "start", "%x")),
        ("'/my apps/d' --x=%f", ("/my apps/d", "--x=")),
        (r"/a\\ b c\\", ("/a b", "c")),
        (r"/a\sb\xc", ("/a", "bxc")),
    ],
)
def test_what_others_wrote_for_the_desktop_is_understood(line: str, command: Command) -> None:
    content = (
        f"# Exec=no\n[Other]\nExec=no\n[Desktop Entry]\n#Exec=no\nnonsense\nExec = {line}\n[More]\nExec=no\n"
    )
    assert autostart_desktop.read(content, FILE) == Entry(command)


@pytest.mark.parametrize("content", ["", "[Desktop Entry]\nType=Application\n", "[Desktop Entry]\nExec=\n"])
def test_a_file_that_names_no_program_is_a_no(content: str) -> None:
    assert autostart_desktop.read(content, FILE) == Entry((), f"the lack of an Exec in {FILE}")


@pytest.mark.parametrize(
    ("line", "session", "blocked_by"),
    [
        ("Hidden=true", "", "Hidden=true"),
        ("Hidden=false", "", None),
        ("X-GNOME-Autostart-enabled=false", "KDE", "X-GNOME-Autostart-enabled=false"),
        ("X-MATE-Autostart-enabled=false", "", "X-MATE-Autostart-enabled=false"),
        ("OnlyShowIn=GNOME;XFCE;", "ubuntu:GNOME", None),
        ("OnlyShowIn=GNOME;XFCE;", "KDE", "OnlyShowIn=GNOME;XFCE;"),
        ("OnlyShowIn=GNOME;", "", None),
        ("NotShowIn=KDE;", "KDE", "NotShowIn=KDE;"),
        ("NotShowIn=KDE;", "GNOME", None),
    ],
)
def test_the_desktops_own_settings_count(line: str, session: str, blocked_by: str | None) -> None:
    ours = [each for each in autostart_desktop.render(DAYBELL).splitlines() if each[:8] != line[:8]]
    entry = autostart_desktop.read("\n".join([*ours, line]), FILE, session)
    assert entry == Entry(DAYBELL, blocked_by and f"{blocked_by} in {FILE}")


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ("ExecStart=-/bin/daybell start\n", ("/bin/daybell", "start")),
        ("[Unit]\n", ()),
        ("", ()),
    ],
)
def test_what_others_wrote_for_systemd_is_understood(content: str, command: Command) -> None:
    assert autostart_systemd.read(content) == command


@pytest.mark.parametrize(
    ("said", "blocked_by"),
    [
        ("enabled\n", None),
        ("enabled-runtime", None),
        ("disabled", "`systemctl --user disable`"),
        ("masked", "`systemctl --user mask`"),
        ("systemctl cannot be run: No such file", "systemctl, which knows nothing of it,"),
    ],
)
def test_systemds_own_switch_counts(said: str, blocked_by: str | None) -> None:
    assert autostart_systemd.blocked_by(said) == blocked_by


@pytest.mark.parametrize(
    ("keys", "disabled", "blocked_by"),
    [
        ({}, "", None),
        ({"Disabled": True}, "", f"Disabled in {FILE}"),
        ({}, '\t"org.daybell.Daybell" => disabled\n', "`launchctl disable`"),
        ({}, '\t"org.daybell.Daybell" => true\n', "`launchctl disable`"),
        ({"Disabled": True}, '\t"org.daybell.Daybell" => enabled\n', None),
        ({}, '\t"org.daybell.DaybellX" => disabled\n', None),
    ],
)
def test_launchds_own_switch_counts(keys: dict[str, object], disabled: str, blocked_by: str | None) -> None:
    content = plistlib.dumps(plistlib.loads(autostart_launch_agent.render(DAYBELL)) | keys)
    assert autostart_launch_agent.read(content, FILE, disabled) == Entry(DAYBELL, blocked_by)


@pytest.mark.parametrize("content", [b"", b"<plist>", b"<plist><array/></plist>", b"bplist00x"])
def test_a_broken_property_list_starts_nothing(content: bytes) -> None:
    assert autostart_launch_agent.read(content, FILE, "") == Entry((), f"what is wrong in {FILE}")


@pytest.mark.parametrize(
    ("approved", "is_off"),
    [(None, False), (b"", False), (b"\x02" + bytes(11), False), (b"\x03" + bytes(11), True), (b"\x07", True)],
)
def test_windows_own_switch_counts(approved: bytes | None, *, is_off: bool) -> None:
    entry = autostart_run_key.read('"C:\\my apps\\daybell.exe" start', approved)
    assert entry.command == ("C:\\my apps\\daybell.exe", "start")
    assert (entry.blocked_by is not None) is is_off


def test_an_empty_value_starts_nothing() -> None:
    assert autostart_run_key.read("", None) == Entry(())


@pytest.mark.parametrize(
    ("entries", "now"),
    [
        ({}, AtLogin(False)),
        ({"desktop": Entry(DAYBELL)}, AtLogin(True, "desktop")),
        ({"desktop": Entry(DAYBELL, "x")}, AtLogin(False, "desktop", "x")),
        ({"desktop": Entry(DAYBELL, "x"), "systemd": Entry(DAYBELL)}, AtLogin(True, "systemd")),
    ],
)
def test_one_way_is_enough(entries: dict[How, Entry], now: AtLogin) -> None:
    assert at_login(entries) == now


def test_it_is_told_in_a_sentence() -> None:
    assert sentence(AtLogin(True, "systemd")) == "Daybell starts at login: systemd starts it"
    assert sentence(AtLogin(False)) == "Daybell does not start at login"
    assert sentence(AtLogin(False, "desktop", "Hidden=true in /f")) == (
        "Daybell does not start at login: Hidden=true in /f has switched that off"
    )
    assert "daybell autostart off" in refusal("Hidden=true in /f")


@pytest.mark.parametrize(
    ("platform", "called", "executable", "frozen", "command"),
    [
        ("linux", "/v/bin/daybell", "/v/bin/python", None, ("/v/bin/daybell", "start")),
        ("darwin", "/v/bin/daybell", "/v/bin/python", None, ("/v/bin/daybell", "start")),
        ("linux", "/gone/daybell", "/v/bin/python", None, ("/v/bin/python", "-P", "-m", "daybell", "start")),
        ("linux", "/v/daybell/__main__.py", "/v/p", None, ("/v/p", "-P", "-m", "daybell", "start")),
        ("linux", "/v/bin/daybell", "/v/bin/python", "/opt/d.AppImage", ("/opt/d.AppImage", "start")),
        (
            *("win32", "C:\\v\\Scripts\\daybell.exe", "C:\\v\\Python.exe", None),
            ("C:\\v\\pythonw.exe", "-P", "-m", "daybell", "start"),
        ),
        ("win32", "x", "C:\\w\\python.exe", None, ("C:\\w\\python.exe", "-P", "-m", "daybell", "start")),
        ("win32", "x", "C:\\v\\python.exe", "C:\\e\\daybell.exe", ("C:\\e\\daybell.exe", "start")),
        ("win32", "x", "C:\\v\\python.exe", "C:\\d\\daybell.exe", ("C:\\d\\daybellw.exe", "start")),
    ],
)
def test_what_starts_is_the_program_that_runs(
    platform: str, called: str, executable: str, frozen: str | None, command: Command
) -> None:
    there = {"/v/bin/daybell", "C:\\v\\pythonw.exe", "C:\\d\\daybellw.exe"}
    assert login_command(platform, called, executable, there.__contains__, frozen=frozen) == command


@pytest.mark.parametrize("how", ["desktop", "systemd", "launch_agent"])
def test_the_hardest_path_of_all_comes_back(how: str) -> None:
    assert shown(how, (f"/{HARD}", "start")) == (f"/{HARD}", "start")
