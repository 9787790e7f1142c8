"""What Windows and macOS have in common: pictures, words, and what happens where there is no icon."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.views import ICON_STATES, IconState
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.native import icon_file, menu_label, picture, template_files
from daybell.desktop.tray.taskbar import IconHandles, escaped_label, first_answer, fit_texts
from daybell.desktop.utf16 import utf16_length


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_desktop_that_cannot_show_icons_says_so(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    for name in ("windows", "macos"):
        monkeypatch.setitem(sys.modules, f"daybell.desktop.tray.{name}", None)
    assert open_tray(lambda _: None, {}, platform).why.startswith("there is no tray icon: ")


@pytest.mark.parametrize("state", ICON_STATES)
def test_each_state_has_its_pictures(state: IconState) -> None:
    image = picture(state)
    assert (image.size, image.mode) == ((64, 64), "RGBA")
    assert all(file.is_file() for file in (icon_file(state), *template_files(state)))


@pytest.mark.parametrize(
    ("text", "label", "escaped"),
    [
        ("Back up", "Back up", "Back up"),
        ("A & B", "A & B", "A && B"),
        ("Copy\tCtrl+C", "Copy Ctrl+C", "Copy Ctrl+C"),
        (" two\nlines ", "two lines", "two lines"),
        ("&" * 200, "&" * 159 + "…", "&&" * 159 + "…"),
        ("🔔" * 100, "🔔" * 79 + "…", "🔔" * 79 + "…"),
    ],
)
def test_a_label_is_one_short_line(text: str, label: str, escaped: str) -> None:
    assert (menu_label(text), escaped_label(text)) == (label, escaped)


@given(st.text(), st.text(), st.text())
def test_all_texts_fit_into_what_the_taskbar_is_sent(tip: str, body: str, title: str) -> None:
    texts = fit_texts({"szTip": tip, "szInfo": body * 20, "szInfoTitle": title, "hIcon": 7})
    assert utf16_length(str(texts["szTip"])) <= 127
    assert utf16_length(str(texts["szInfo"])) <= 255
    assert utf16_length(str(texts["szInfoTitle"])) <= 63
    assert texts["hIcon"] == 7


def test_the_first_way_that_works_is_taken() -> None:
    def unknown() -> int:
        raise AttributeError("this Windows has no such function")

    def missing() -> int:
        raise FileNotFoundError("this Windows has no such library")

    assert first_answer((unknown, missing, lambda: 0, lambda: 24, lambda: 16)) == 24
    assert first_answer((unknown, missing)) == 0


def test_no_handle_of_an_icon_is_lost() -> None:
    loaded: list[tuple[str, int]] = []
    destroyed: list[int] = []

    def load(state: IconState, side: int) -> int:
        loaded.append((state, side))
        return len(loaded)

    handles = IconHandles(load, destroyed.append)
    assert [handles.get(state, 16) for state in ("idle", "failed", "idle")] == [1, 2, 1]
    assert not destroyed
    assert handles.get("idle", 24) == 3
    assert sorted(destroyed) == [1, 2]
    handles.close()
    handles.close()
    assert sorted(destroyed) == [1, 2, 3]
    assert loaded == [("idle", 16), ("failed", 16), ("idle", 24)]
