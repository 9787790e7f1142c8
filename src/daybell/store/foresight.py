"""What may surprise the person who writes this job, on this machine? Asked when it is edited or checked."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from daybell.core import surprises
from daybell.core.protected import protected
from daybell.core.versions import remarks
from daybell.model.job import Job
from daybell.model.status import Problem


def foreseen(
    job: Job, definition: bytes, file: str, zone: ZoneInfo, now: datetime, *, platform: str = sys.platform
) -> tuple[Problem, ...]:
    """None of it keeps a valid job from running. `definition` is the file's content."""
    kept = protected(job, file, str(Path.home())) if platform == "darwin" else ()
    return (*remarks(file, definition, Job), *surprises.warnings(job, file, zone, now), *kept)
