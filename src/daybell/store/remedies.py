"""What can a person do when the disk refuses?"""

import errno
from pathlib import Path

REMEDIES = {
    errno.EROFS: "mount its file system for writing, or set DAYBELL_HOME to another directory",
    errno.EACCES: "give it back to yourself with chown and chmod, or set DAYBELL_HOME to another directory",
    errno.EPERM: "take its write protection off, or set DAYBELL_HOME to another directory",
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room: your quota on that disk is used up",
    errno.EIO: "look after that disk: it seems to fail",
}


def complaint(path: Path, error: OSError, what: str = "") -> str:
    """Where, what, why, and what helps, in one sentence."""
    place = error.filename if isinstance(error.filename, str) else str(path)
    sentence = ": ".join(part for part in (place, what, error.strerror or str(error)) if part)
    remedy = REMEDIES.get(error.errno or 0)
    return f"{sentence}; {remedy}" if remedy else sentence
