"""May Daybell believe a file or directory? Not where others than this person could have written it."""

import os
import stat
import sys
from pathlib import Path


def distrust(path: Path, about: os.stat_result) -> str:
    """Why not, with a remedy; empty where it may. `about` is of what was opened: a name may change hands."""
    if sys.platform == "win32":
        return ""  # a person's profile is private there by inheritance
    own = os.getuid()
    if about.st_uid not in {own, 0}:
        return f"belongs to another user (uid {about.st_uid}), who could make Daybell run anything: chown it"
    if is_writable_by_others(about, own):
        return (
            f"others may write it, and so make Daybell run anything: look through it, then chmod go-w {path}"
        )
    return ""


def is_writable_by_others(about: os.stat_result, own: int) -> bool:
    """A group of the person alone is nobody else: many systems give each person one, and let it write."""
    mode = stat.S_IMODE(about.st_mode)
    has_own_group = about.st_gid == about.st_uid == own != 0
    return bool(mode & (stat.S_IWOTH if has_own_group else stat.S_IWOTH | stat.S_IWGRP))
