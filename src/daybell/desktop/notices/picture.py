"""Which picture stands beside a notice?"""

from pathlib import Path

from daybell.core.views import IconState
from daybell.store.assets import asset

SIZE = 64


def picture_path(state: IconState) -> Path:
    """A PNG file."""
    return asset("icons", f"{state}-{SIZE}.png")
