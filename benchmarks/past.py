"""What has a Daybell done that has run for a year? Its history, as the app itself keeps it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from app import Home
from daybell.model.query import Row
from daybell.model.run import Outcome, Run
from daybell.store.rows import encode_rows

JOBS, MONTHS = 200, 12
"""Whose runs they are, and over how long they are spread."""
RECENT = 7
"""Rows of each in the file of all jobs, which holds between one and two thousand."""
END = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = timedelta(days=28)
"""Of the part of a month in which something ran."""
RARE: dict[int, Outcome] = {40_009: "timed_out", 101: "failed", 13: "skipped"}
"""Each so manieth run ended otherwise than most."""


def write_past(
    place: Home, count: int, months: int = MONTHS, heard: Callable[[Sequence[Row]], None] = lambda _: None
) -> None:
    """So many runs, numbered in the order in which they ended; `heard` is given the rows of each month."""
    history = place.path / "data" / "history"
    newest: list[Row] = []
    for month in range(months):
        first, last = (count * bound // months for bound in (month, month + 1))
        begin = datetime(END.year - 1, 13 - months + month, 1, tzinfo=UTC)
        step = LENGTH / max(1, last - first)
        all_rows = [
            Row(number + 1, _run(number, begin + (number - first) * step)) for number in range(first, last)
        ]
        for job in range(JOBS):
            of_job = all_rows[(job - first) % JOBS :: JOBS]
            directory = history / job_id(job)
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            (directory / f"{begin:%Y-%m}.jsonl").write_bytes(encode_rows(of_job))
        newest = all_rows[-RECENT * JOBS :]
        heard(all_rows)
    (history / "recent.jsonl").write_bytes(encode_rows(newest))


def _run(number: int, started: datetime) -> Run:
    run_id = f"{started:%Y%m%d-%H%M%S}-{number:08x}"
    outcome: Outcome = next((rare for each, rare in RARE.items() if number % each == each - 1), "succeeded")
    has_run = outcome != "skipped"
    return Run(
        run_id=run_id,
        job_id=job_id(number % JOBS),
        cause="manual" if number % 31 == 0 else "schedule",
        due=started,
        started=started if has_run else None,
        finished=started + timedelta(seconds=3),
        outcome=outcome,
        reason=None if has_run else "overlap",
        exit_code=0 if outcome == "succeeded" else None,
        attempts=int(has_run),
        log=f"{run_id}.log" if has_run else None,
        traceparent=f"00-{number:032x}-{number:016x}-01",
    )


def job_id(number: int) -> str:
    return f"far-{number:05}"
