"""What does `settings.json` say?"""

from pathlib import Path
from zoneinfo import ZoneInfo

from daybell.core.settings import parse_settings
from daybell.model.errors import InvalidSettings
from daybell.model.settings import Settings
from daybell.model.status import Problem


def read_settings(path: Path, machine: ZoneInfo) -> Settings:
    """The defaults where there is no file. InvalidSettings, with every problem, where it is not valid."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise InvalidSettings([Problem(path.name, "", f"cannot be read: {error.strerror}")]) from error
    return parse_settings(path.name, content, machine)
