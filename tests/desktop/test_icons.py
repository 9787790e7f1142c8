"""The pictures for other systems: all there, in every size, told apart by shape, and light."""

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from daybell.core.views import ICON_STATES, IconState

ASSETS = Path(__file__).parents[2] / "assets"
WINDOWS = {16, 20, 24, 28, 32, 36, 40, 48, 56, 64}


def ico_sides(path: Path) -> set[int]:
    with Image.open(path) as icon:
        return {side for side, _ in icon.info["sizes"]}


def template(state: IconState, density: str = "") -> Image.Image:
    with Image.open(ASSETS / "macos" / f"{state}Template{density}.png") as picture:
        return picture.convert("RGBA")


def test_the_program_has_an_icon_in_every_size() -> None:
    assert ico_sides(ASSETS / "daybell.ico") == WINDOWS | {256}


@pytest.mark.parametrize("state", ICON_STATES)
def test_windows_scales_no_icon(state: IconState) -> None:
    assert ico_sides(ASSETS / "windows" / f"{state}.ico") == WINDOWS


@pytest.mark.parametrize("state", ICON_STATES)
@pytest.mark.parametrize(("density", "side"), [("", 22), ("@2x", 44)])
def test_a_menu_bar_icon_is_black_and_gets_its_colour_there(
    state: IconState, density: str, side: int
) -> None:
    picture = template(state, density)
    assert picture.size == (side, side)
    assert [picture.getchannel(channel).getextrema()[1] for channel in "RGB"] == [0, 0, 0]
    assert picture.getchannel("A").getextrema() == (0, 255)


def test_menu_bar_icons_differ_in_shape() -> None:
    shapes = {state: template(state).getchannel("A").tobytes() for state in ICON_STATES}
    for one, other in combinations(ICON_STATES, 2):
        pairs = zip(shapes[one], shapes[other], strict=True)
        assert sum(abs(a - b) > 127 for a, b in pairs) > 10, (one, other)


def test_the_drawing_is_well_formed() -> None:
    root = ET.parse(ASSETS / "daybell.svg").getroot()
    assert root.get("viewBox") == "0 0 22 22"


def test_all_pictures_together_are_light() -> None:
    kinds = {".png", ".ico", ".svg", ".argb"}
    pictures = [path for path in ASSETS.rglob("*") if path.suffix in kinds or path.parent.name == "pixmaps"]
    assert len(pictures) > 50
    assert sum(path.stat().st_size for path in pictures) < 400_000
