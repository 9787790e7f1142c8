"""The pictures that travel with Daybell."""

import pytest

from daybell.core.views import ICON_STATES, IconState
from daybell.desktop.tray.pixmaps import SIZES, pixels
from daybell.store.assets import asset


@pytest.mark.parametrize("state", ICON_STATES)
@pytest.mark.parametrize("size", SIZES)
def test_each_state_is_drawn_in_each_size(state: IconState, size: int) -> None:
    argb = pixels(state, size)
    alpha = argb[::4]
    assert len(argb) == size * size * 4
    assert max(alpha) == 255
    assert 0.2 < sum(value > 127 for value in alpha) / len(alpha) < 0.9


def test_states_differ_in_shape_and_not_only_in_colour() -> None:
    shapes = {tuple(value > 127 for value in pixels(state, 22)[::4]) for state in ICON_STATES}
    assert len(shapes) >= 3


def test_the_assets_are_light() -> None:
    icons = [*asset("icons").iterdir(), *asset("pixmaps").iterdir(), asset("daybell.png")]
    assert sum(len(icon.read_bytes()) for icon in icons) < 300_000
