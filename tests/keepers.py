"""What keeps the output and the artifacts of real commands, below one directory."""

from pathlib import Path

from daybell.handlers.keeping import Keeping
from daybell.model.job import Keep
from daybell.store.artifacts import ArtifactFiles
from daybell.store.caps import Caps
from daybell.store.logs import RunLogs


def keeping(directory: Path, caps: Caps | None = None, keep: Keep | None = None) -> Keeping:
    """Logs lie in `logs`, artifacts in `artifacts`; `keep` is what any job asks for that is adopted."""
    logs, artifacts = RunLogs(directory / "logs"), ArtifactFiles(directory / "artifacts")
    return Keeping(caps or Caps(), logs, artifacts, lambda _: keep or Keep())
