"""Which pixels does a StatusNotifierItem show for a state?

They are drawn beforehand (packaging/draw_icons.py), so that no image library is loaded at run time.
"""

import zlib
from functools import cache

from daybell.core.views import IconState
from daybell.store.assets import asset

SIZES = (16, 22, 24, 32, 48, 64)
"""Side lengths; a panel takes the one that suits it."""

Pixmap = tuple[int, int, bytes]
"""Width, height and ARGB32 in network byte order, as D-Bus wants them."""


@cache
def pixmaps(state: IconState) -> tuple[Pixmap, ...]:
    """The icon of this state in every size."""
    return tuple((size, size, pixels(state, size)) for size in SIZES)


def pixels(state: IconState, size: int) -> bytes:
    return zlib.decompress(asset("pixmaps", f"{state}-{size}.argb.z").read_bytes())
