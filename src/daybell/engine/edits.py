"""What was a job defined as, one edit after the other? What it ran with, and what it is now."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core.plain import as_file
from daybell.core.schedule import definition_digest
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.registry import JobRegistry
from daybell.model.edit import Edit

MOST = 50


class Edits:
    """For readers on any thread."""

    def __init__(self, registry: JobRegistry, past: Past, outlook: Outlook) -> None:
        self._registry = registry
        self._past = past
        self._outlook = outlook

    def of(self, job_id: str) -> Sequence[Edit]:
        """The latest first, so many at most. JobNotFound where nobody ever had that id; LedgerError."""
        zone = self._outlook.zone()
        edits = [_local(edit, zone) for edit in self._past.definitions(job_id, MOST)]
        job = self._outlook.find(job_id)
        if job is None and not edits:
            self._registry.one(job_id)
        if job is not None and (digest := definition_digest(job)) not in [edit.digest for edit in edits[:1]]:
            edits = [Edit(digest, None, as_file(job)), *edits[: MOST - 1]]
        return edits


def _local(edit: Edit, zone: ZoneInfo) -> Edit:
    return replace(edit, since=edit.since and edit.since.astimezone(zone))
