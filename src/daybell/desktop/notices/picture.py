"""Which picture stands beside a notice?"""

from pathlib import Path

import daybell
from daybell.core.views import IconState

SIZE = 64


def picture_path(state: IconState) -> Path:
    """A PNG file: inside the installed package, or beside src/ in a checkout."""
    package = Path(daybell.__file__).parent
    packaged = package / "assets"
    return (
        (packaged if packaged.is_dir() else package.parents[1] / "assets") / "icons" / f"{state}-{SIZE}.png"
    )
