"""Starting at login: each way as it is switched, with a system that answers as the test wants."""

import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from daybell.core.autostart import AtLogin, Command, Entry, How
from daybell.core.autostart_run_key import APPROVED, RUN, VALUE
from daybell.desktop.autostart.asking import asker
from daybell.desktop.autostart.choose import is_this_program, this_program
from daybell.desktop.autostart.interface import NOT_THERE, Said
from daybell.desktop.autostart.launch_agent import LaunchAgent
from daybell.desktop.autostart.run_key import RunKey
from daybell.desktop.autostart.switch import FRESH, LoginSwitch
from daybell.desktop.autostart.systemd import UserUnit
from daybell.desktop.autostart.xdg import DesktopFile
from daybell.model.errors import Conflict, DaybellError

DAYBELL = ("/my apps/50%/daybell", "start")


class FakeSystem:
    """Notes what it is asked, and answers by the verb."""

    def __init__(self, **answers: Said) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, command: Sequence[str]) -> Said:
        self.asked.append(" ".join(command))
        return next(
            (said for verb, said in self.answers.items() if verb.replace("_", "-") in command), Said(0, "")
        )


class FakeRegistry:
    """Values, or a refusal."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}
        self.refuses = False

    def read(self, key: str, name: str) -> object:
        self._refuse()
        return self.values.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self._refuse()
        self.values[key, name] = text

    def remove(self, key: str, name: str) -> None:
        self._refuse()
        self.values.pop((key, name), None)

    def _refuse(self) -> None:
        if self.refuses:
            raise PermissionError(13, "Access is denied")


class FakeWay:
    """Says no where the test has somebody say no."""

    def __init__(self, how: How, told: Entry | None = None) -> None:
        self.how = how
        self.told = told
        self.looks = 0
        self.trouble = ""

    def entry(self) -> Entry | None:
        self.looks += 1
        if self.trouble:
            raise DaybellError(self.trouble)
        return self.told

    def write(self, command: Command) -> None:
        self.told = Entry(command)

    def remove(self) -> None:
        self.told = None


@pytest.fixture
def desktop() -> FakeWay:
    return FakeWay("desktop")


@pytest.fixture
def systemd() -> FakeWay:
    return FakeWay("systemd")


@pytest.fixture
def switch(desktop: FakeWay, systemd: FakeWay) -> LoginSwitch:
    return LoginSwitch((desktop, systemd), DAYBELL)


def test_the_usual_way_is_switched_on_and_off(switch: LoginSwitch, desktop: FakeWay) -> None:
    assert switch.now() == AtLogin(False)
    assert switch.switch(on=True) == AtLogin(True, "desktop")
    assert desktop.told == Entry(DAYBELL)
    assert switch.switch(on=False) == AtLogin(False)
    assert desktop.told is None


def test_two_are_never_on_at_once(switch: LoginSwitch, desktop: FakeWay, systemd: FakeWay) -> None:
    switch.switch(on=True)
    assert switch.switch(on=True, how="systemd") == AtLogin(True, "systemd")
    assert (desktop.told, systemd.told) == (None, Entry(DAYBELL))
    assert switch.switch(on=True, how="desktop") == AtLogin(True, "desktop")
    assert (desktop.told, systemd.told) == (Entry(DAYBELL), None)


def test_what_is_on_stays_the_way_it_is_on(switch: LoginSwitch, systemd: FakeWay) -> None:
    systemd.told = Entry(("/old/daybell", "start"))
    assert switch.switch(on=True) == AtLogin(True, "systemd")
    assert systemd.told == Entry(DAYBELL), "and starts what runs now"


@pytest.mark.parametrize("how", [None, "desktop", "systemd"])
def test_whoever_switched_it_off_is_not_overruled(
    switch: LoginSwitch, desktop: FakeWay, systemd: FakeWay, how: How | None
) -> None:
    desktop.told = Entry(DAYBELL, "Hidden=true in /f")
    with pytest.raises(Conflict, match="Hidden=true in /f has switched off that Daybell starts"):
        switch.switch(on=True, how=how)
    assert (desktop.told, systemd.told) == (Entry(DAYBELL, "Hidden=true in /f"), None)
    switch.switch(on=False)
    assert switch.switch(on=True).enabled, "it has been forgotten by the person's own word"


def test_what_is_blocked_stays_so_beside_one_that_is_on(
    switch: LoginSwitch, desktop: FakeWay, systemd: FakeWay
) -> None:
    desktop.told, systemd.told = Entry(DAYBELL, "Hidden=true in /f"), Entry(("/old", "start"))
    assert switch.switch(on=True) == AtLogin(True, "systemd")
    assert desktop.told == Entry(DAYBELL, "Hidden=true in /f")
    with pytest.raises(Conflict, match="Hidden"):
        switch.switch(on=True, how="desktop")


def test_a_way_that_this_system_has_not_is_refused(switch: LoginSwitch) -> None:
    with pytest.raises(Conflict, match="run_key"):
        switch.switch(on=True, how="run_key")


def test_the_menu_looks_once_a_minute_and_after_a_switch(desktop: FakeWay) -> None:
    seconds = [0.0]
    changes: list[bool] = []
    switch = LoginSwitch((desktop,), DAYBELL, clock=lambda: seconds[0])
    switch.changed = lambda: changes.append(switch.is_on())
    assert [switch.is_on(), switch.is_on(), desktop.looks] == [False, False, 1]
    switch.switch(on=True)
    switch.switch(on=False)
    assert changes == [True, False]
    desktop.told = Entry(DAYBELL)
    seconds[0] += FRESH
    assert not switch.is_on()
    seconds[0] += 1
    assert switch.is_on()
    desktop.trouble = "cannot read it"
    seconds[0] += FRESH + 1
    assert not switch.is_on(), "nobody can tell"
    with pytest.raises(DaybellError, match="cannot read it"):
        switch.now()


def test_an_installation_is_known_by_its_python_and_by_its_script(tmp_path: Path) -> None:
    python, script, link = tmp_path / "v" / "python3", tmp_path / "v" / "daybell", tmp_path / "daybell"
    link.symlink_to(script)
    module = ("-P", "-m", "daybell", "start")
    ours: list[Command] = [(str(script), "start"), (str(link), "start"), (str(python), *module)]
    assert all(is_this_program(command, python) for command in ours)
    assert is_this_program((str(python.with_name("python")), *module), python)
    others: list[Command] = [("/w/python3", *module), ("/w/daybell", "start"), (str(script),), ()]
    assert not any(is_this_program(command, python) for command in others)


def test_this_program_is_this_program() -> None:
    assert is_this_program(this_program({}))


def test_a_desktop_file_comes_and_goes(tmp_path: Path) -> None:
    way = DesktopFile({"XDG_CONFIG_HOME": str(tmp_path), "XDG_CURRENT_DESKTOP": "KDE"})
    assert way.entry() is None
    way.write(DAYBELL)
    assert way.path == tmp_path / "autostart" / "daybell.desktop"
    assert way.entry() == Entry(DAYBELL)
    way.path.write_text(way.path.read_text() + "NotShowIn=KDE;\n")
    assert way.entry() == Entry(DAYBELL, f"NotShowIn=KDE; in {way.path}")
    way.remove()
    way.remove()
    assert way.entry() is None


@pytest.mark.parametrize("said", ["", "relative"])
def test_without_a_directory_of_settings_it_is_the_usual_one(tmp_path: Path, said: str) -> None:
    way = DesktopFile({"HOME": str(tmp_path), "XDG_CONFIG_HOME": said})
    assert way.path == tmp_path / ".config" / "autostart" / "daybell.desktop"


def test_what_the_disk_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file where a directory should be")
    way = DesktopFile({"XDG_CONFIG_HOME": str(tmp_path)})
    assert way.entry() is None
    with pytest.raises(DaybellError, match=f"cannot write {way.path}"):
        way.write(DAYBELL)
    (tmp_path / "autostart").unlink()
    way.path.mkdir(parents=True)
    with pytest.raises(DaybellError, match=f"cannot read {way.path}"):
        way.entry()


def test_a_unit_is_enabled_and_disabled(tmp_path: Path) -> None:
    system = FakeSystem(is_enabled=Said(0, "enabled"))
    way = UserUnit({"XDG_CONFIG_HOME": str(tmp_path)}, system)
    assert way.entry() is None
    way.remove()
    assert system.asked == [], "where there is no unit nobody is asked"
    way.write(DAYBELL)
    assert way.entry() == Entry(DAYBELL)
    system.answers["is_enabled"] = Said(1, "disabled")
    assert way.entry() == Entry(DAYBELL, "`systemctl --user disable`")
    way.remove()
    assert not way.path.exists()
    verbs = [line.removesuffix(" daybell.service") for line in system.asked]
    assert verbs == [f"systemctl --user {verb}" for verb in ("enable", "is-enabled", "is-enabled", "disable")]


def test_a_unit_that_systemd_does_not_take_is_not_left_behind(tmp_path: Path) -> None:
    way = UserUnit({"XDG_CONFIG_HOME": str(tmp_path)}, FakeSystem(enable=Said(NOT_THERE, "no systemctl")))
    with pytest.raises(DaybellError, match="systemd does not take it: no systemctl"):
        way.write(DAYBELL)
    assert not way.path.exists()


def test_an_agent_is_a_file_and_launchd_has_the_last_word(tmp_path: Path) -> None:
    system = FakeSystem()
    way = LaunchAgent({"HOME": str(tmp_path)}, system, 501)
    assert way.entry() is None
    way.remove()
    assert system.asked == []
    way.write(DAYBELL)
    assert way.path == tmp_path / "Library" / "LaunchAgents" / "org.daybell.Daybell.plist"
    assert plistlib.loads(way.path.read_bytes())["ProgramArguments"] == list(DAYBELL)
    assert way.entry() == Entry(DAYBELL)
    system.answers["print_disabled"] = Said(0, '"org.daybell.Daybell" => disabled')
    assert way.entry() == Entry(DAYBELL, "`launchctl disable`")
    way.remove()
    assert system.asked[-1] == "launchctl enable gui/501/org.daybell.Daybell"
    assert way.entry() is None


def test_an_agent_that_launchd_does_not_let_go_is_told(tmp_path: Path) -> None:
    system = FakeSystem(
        print_disabled=Said(0, '"org.daybell.Daybell" => disabled'), enable=Said(1, "not permitted")
    )
    way = LaunchAgent({"HOME": str(tmp_path)}, system, 501)
    way.write(DAYBELL)
    with pytest.raises(DaybellError, match="not permitted"):
        way.remove()


def test_a_value_below_the_run_key_comes_and_goes() -> None:
    registry = FakeRegistry()
    way = RunKey(registry)
    assert way.entry() is None
    way.write(("C:\\my apps\\daybell.exe", "start"))
    assert registry.values == {(RUN, VALUE): '"C:\\my apps\\daybell.exe" start'}
    registry.values[APPROVED, VALUE] = b"\x03" + bytes(11)
    found = way.entry()
    assert found is not None
    assert found.blocked_by == "the list of startup apps (in Settings or Task Manager)"
    way.remove()
    assert registry.values == {}


def test_what_the_registry_refuses_is_told() -> None:
    registry = FakeRegistry()
    registry.refuses = True
    way = RunKey(registry)
    for verb in (way.entry, lambda: way.write(DAYBELL), way.remove):
        with pytest.raises(DaybellError, match="the registry: Access is denied"):
            verb()


def test_a_program_of_the_system_is_asked_for_a_moment(tmp_path: Path) -> None:
    ask = asker({"WORD": "hello"}, patience=20)
    assert ask([sys.executable, "-c", "import os; print(os.environ['WORD'])"]) == Said(0, "hello")
    assert ask([sys.executable, "-c", "import sys; sys.exit('no')"]) == Said(1, "no")
    gone = str(tmp_path / "gone")
    assert ask([gone]) == Said(NOT_THERE, f"{gone} cannot be run: No such file or directory")
    hangs = asker({}, patience=0.2)
    assert hangs([sys.executable, "-c", "import threading; threading.Event().wait()"]) == Said(
        NOT_THERE, f"{sys.executable} did not answer within 0.2 s"
    )
