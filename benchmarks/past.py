"""What has a Daybell done that has run for a year? Its history, as the app itself keeps it."""

from datetime import UTC, datetime, timedelta

from app import Home
from daybell.model.run import Run
from daybell.store.rows import Row, encode_rows

JOBS, MONTHS = 200, 12
"""Whose runs they are, and over how long they are spread."""
RECENT = 7
"""Rows of each in the file of all jobs, which holds between one and two thousand."""
END = datetime(2026, 1, 1, tzinfo=UTC)


def write_past(place: Home, count: int) -> None:
    """So many runs, numbered in the order in which they ended."""
    history = place.path / "data" / "history"
    newest: list[Row] = []
    for month in range(1, MONTHS + 1):
        first, last = (count * bound // MONTHS for bound in (month - 1, month))
        rows: list[list[Row]] = [[] for _ in range(JOBS)]
        for number in range(first, last):
            rows[number % JOBS].append(Row(number + 1, _run(number, month)))
        for job, of_job in enumerate(rows):
            directory = history / _job_id(job)
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            (directory / f"{END.year - 1}-{month:02}.jsonl").write_bytes(encode_rows(of_job))
        newest = [row for of_job in rows for row in of_job[-RECENT:]]
    newest.sort(key=lambda row: row.number)
    (history / "recent.jsonl").write_bytes(encode_rows(newest))


def _run(number: int, month: int) -> Run:
    started = datetime(END.year - 1, month, 1, tzinfo=UTC) + timedelta(seconds=number % 2_400_000)
    run_id = f"{started:%Y%m%d-%H%M%S}-{number:08x}"
    return Run(
        run_id=run_id,
        job_id=_job_id(number % JOBS),
        cause="schedule",
        due=started,
        started=started,
        finished=started + timedelta(seconds=3),
        outcome="succeeded",
        exit_code=0,
        attempts=1,
        log=f"{run_id}.log",
        traceparent=f"00-{number:032x}-{number:016x}-01",
    )


def _job_id(number: int) -> str:
    return f"far-{number:05}"
