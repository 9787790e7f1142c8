"""Where is the output of a run, and what does it say? One file a run, by job."""

from codecs import getincrementaldecoder
from glob import escape
from pathlib import Path

from daybell.model.errors import DaybellError
from daybell.store.printed import Printed
from daybell.store.remedies import complaint

PART = 65536
"""Bytes that are read at once."""


class RunLogs:
    """The files below `log/runs`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, job_id: str, run_id: str) -> Path:
        return self._directory / job_id / f"{run_id}.log"

    def find(self, run_id: str) -> Path | None:
        """The file of a run of which nothing else is known."""
        return next(self._directory.glob(f"*/{escape(run_id)}.log"), None)

    def has_text(self, job_id: str, run_id: str, text: str) -> bool:
        """Whatever the bytes are; without a file there is none."""
        path = self.path(job_id, run_id)
        try:
            return has_text(path, text)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise DaybellError(complaint(path, error, "cannot be read")) from error


def has_text(path: Path, text: str) -> bool:
    """In small letters or capitals, part by part, however long it is and whatever is left out. OSError."""
    wanted, seen = text.casefold(), ""
    decoder = getincrementaldecoder("utf-8")("replace")
    with path.open("rb", buffering=0) as file:
        printed = Printed(file)
        for part in printed.parts(printed.end(), PART):
            overlap = seen[max(0, len(seen) - len(wanted) + 1) :]
            seen = overlap + decoder.decode(part).casefold()
            if wanted in seen:
                return True
    return False
