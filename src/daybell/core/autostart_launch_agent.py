"""How is launchd told to start Daybell at login, and what has it been told? By an agent's property list."""

import plistlib
import re
from xml.parsers.expat import ExpatError

from daybell.core.autostart import Command, Entry, refuse_unspeakable

LABEL = "org.daybell.Daybell"
UNREADABLE = (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, KeyError, IndexError)


def render(command: Command) -> bytes:
    """The file. Nothing but the login starts it: launchd would start a second one again and again.

    Conflict where it cannot say that.
    """
    refuse_unspeakable(command)
    keys = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    return plistlib.dumps(keys, sort_keys=False)


def read(content: bytes, file: str, disabled: str) -> Entry:
    """`disabled` is what `launchctl print-disabled` says."""
    try:
        keys = plistlib.loads(content)
        words = tuple(map(str, keys.get("ProgramArguments", ())))
        is_off = keys.get("Disabled") is True
    except (*UNREADABLE, AttributeError):
        return Entry((), f"what is wrong in {file}")
    # What launchctl was told last counts, whatever the file says.
    if found := re.search(rf'"{re.escape(LABEL)}" => (\w+)', disabled):
        return Entry(words, "`launchctl disable`" if found[1] in {"disabled", "true"} else None)
    return Entry(words, f"Disabled in {file}" if is_off else None)
