"""What do pystray's own back ends, on macOS and Windows, need to know?"""

from PIL import Image

from daybell.core.views import IconState
from daybell.desktop.assets import asset
from daybell.desktop.utf16 import fit_utf16

TOOLTIP_UNITS = 127
"""What Windows takes; it refuses the whole icon otherwise."""
PICTURE_SIZE = 64
"""Enough for the densest screens; the system scales it down."""


def picture(state: IconState) -> Image.Image:
    """The icon of this state."""
    with asset("icons", f"{state}-{PICTURE_SIZE}.png").open("rb") as file:
        image = Image.open(file)
        image.load()
        return image.convert("RGBA")


def fit_tooltip(text: str) -> str:
    return fit_utf16(text, TOOLTIP_UNITS)
