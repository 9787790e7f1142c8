"""Where are the pictures and schemas that travel with Daybell?"""

from pathlib import Path

import daybell


def asset(*path: str) -> Path:
    """A file of assets/: inside the installed package, or beside src/ in a checkout."""
    package = Path(daybell.__file__).parent
    packaged = package / "assets"
    return (packaged if packaged.is_dir() else package.parents[1] / "assets").joinpath(*path)
