"""Which pictures and words suit pystray's own back ends, on macOS and Windows?"""

from pathlib import Path
from typing import TYPE_CHECKING

from daybell.core.views import IconState
from daybell.desktop.utf16 import fit_utf16
from daybell.store.assets import asset

if TYPE_CHECKING:
    from PIL import Image

LABEL_UNITS = 160
"""More than what we write ever takes; a wider menu would leave a small screen."""


def menu_label(text: str) -> str:
    """One line of bounded length; in it a tab would mean "what follows is a shortcut"."""
    return fit_utf16(" ".join(text.split()), LABEL_UNITS)


def icon_file(state: IconState) -> Path:
    """For Windows: one file with all sizes."""
    return asset("windows", f"{state}.ico")


def template_files(state: IconState) -> tuple[Path, Path]:
    """For the menu bar of macOS: the same 22 points in one and in two pixels each."""
    return asset("macos", f"{state}Template.png"), asset("macos", f"{state}Template@2x.png")


def picture(state: IconState) -> "Image.Image":
    """What pystray itself knows to show, where the files above cannot be used."""
    from PIL import Image  # noqa: PLC0415 - it costs 4 MB that most days do not need

    with asset("icons", f"{state}-64.png").open("rb") as file:
        return Image.open(file).convert("RGBA")
