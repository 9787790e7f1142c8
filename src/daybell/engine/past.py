"""What runs, and what has run? Pages of the history, with the open runs before the first one."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from daybell.engine.ports import Clock, History, LogFiles
from daybell.engine.registry import JobRegistry
from daybell.model.chronicle import Entry
from daybell.model.edit import Edit
from daybell.model.errors import RunNotFound
from daybell.model.query import Place, Row, RunPage, RunQuery
from daybell.model.run import Run

AT_ONCE = 500
"""Rows whose output is looked through before more are read."""
PATIENCE = 2.0
"""Seconds to look through output; then a page ends with what was found."""


class Past:
    """For readers on any thread. LedgerError where the history cannot be read."""

    def __init__(self, registry: JobRegistry, history: History, logs: LogFiles, clock: Clock) -> None:
        self._registry = registry
        self._history = history
        self._logs = logs
        self._clock = clock

    def page(self, query: RunQuery) -> RunPage:
        """All open runs that match stand before the first page's. JobNotFound where nobody ever had that id.

        With a text it may hold fewer than the limit though there are more: the next page goes on from there.
        """
        open_runs = [] if query.after else [*self._open(query)]
        ended, behind = self._with_text(query) if query.text else self._ended(query)
        if query.job_id is not None and not open_runs and not ended:
            self._refuse_unknown(query.job_id)
        over = {row.run.run_id for row in ended}  # one that ended between the two looks counts once
        still_open = [run for run in open_runs if run.run_id not in over]
        return RunPage([*still_open, *(row.run for row in ended)], behind)

    def run(self, run_id: str) -> Run:
        """RunNotFound."""
        for run in self._registry.open_runs():
            if run.run_id == run_id:
                return run
        found = self._history.find(run_id)
        if found is None:
            raise RunNotFound(f"there is no run {run_id!r}")
        return found

    def ended(self, query: RunQuery) -> Sequence[Run]:
        """Only those, newest first; a text is not looked for, and an id that nobody ever had has none."""
        return [row.run for row in self._history.select(query)]

    def chronicle(self) -> Sequence[Entry]:
        """What happened beside the runs, oldest first."""
        return self._history.chronicle()

    def definitions(self, job_id: str, limit: int) -> Sequence[Edit]:
        """With which the job ran, the latest first."""
        return self._history.definitions(job_id, limit)

    def _open(self, query: RunQuery) -> Iterator[Run]:
        for run in reversed(self._registry.open_runs()):
            if query.matches(run) and (not query.text or self._has_text(run, query)):
                yield run

    def _ended(self, query: RunQuery) -> tuple[Sequence[Row], Place | None]:
        """One page, and where it ended if there are more."""
        rows = self._history.select(replace(query, limit=query.limit + 1))
        page = rows[: query.limit]
        return page, page[-1].place if len(rows) > len(page) else None

    def _with_text(self, query: RunQuery) -> tuple[Sequence[Row], Place | None]:
        found: list[Row] = []
        end = self._clock.monotonic() + PATIENCE
        part = replace(query, text="", limit=AT_ONCE)
        while rows := self._history.select(part):
            for row in rows:
                if self._has_text(row.run, query):
                    found.append(row)
                if len(found) == query.limit or self._clock.monotonic() > end:
                    return found, row.place
            part = replace(part, after=rows[-1].place)
        return found, None

    def _has_text(self, run: Run, query: RunQuery) -> bool:
        return run.log is not None and self._logs.has_text(run.job_id, run.run_id, query.text)

    def _refuse_unknown(self, job_id: str) -> None:
        if not self._history.select(RunQuery(job_id=job_id, limit=1)):
            self._registry.one(job_id)
