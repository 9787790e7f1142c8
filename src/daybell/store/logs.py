"""Where is the output of a run? One file a run, by job."""

from pathlib import Path


class RunLogs:
    """The files below `log/runs`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, job_id: str, run_id: str) -> Path:
        return self._directory / job_id / f"{run_id}.log"
