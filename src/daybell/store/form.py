"""Does this Daybell know the files of this home? They say in which form they are, and who gave it to them."""

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.errors import DaybellError
from daybell.store.atomic import replace_file

log = logging.getLogger(__name__)

FORM = 1
"""Of all files of a home together; greater once an older Daybell would misread or lose what stands in one."""


class HomeForm(Struct, frozen=True):
    """What stands in the file."""

    form: int
    version: str
    """Of the last Daybell that ran here."""


def take_form(path: Path, version: str, form: int = FORM) -> None:
    """DaybellError where a newer Daybell has written what this one does not know; nothing is touched then.

    For the one that holds the home's lock.
    """
    ours, theirs = HomeForm(form, version), _read(path)
    if theirs is not None and theirs.form > form:
        raise DaybellError(
            f"Daybell {theirs.version} has written the files of this home in a form ({theirs.form}) that "
            f"this one, {version}, does not know ({form} at most): install {theirs.version} or newer again; "
            "or restore an archive from before with `daybell restore`"
        )
    if theirs == ours:
        return
    try:
        replace_file(path, msgspec.json.encode(ours) + b"\n")
    except OSError as error:  # it only warns those that come later
        log.warning("%s cannot be written: %s", path.name, error.strerror)


def _read(path: Path) -> HomeForm | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=HomeForm)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s tells nothing: %s", path.name, error)
        return None
