"""What does the life after a crash find? All that was acknowledged, once, and nothing to complain of."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from daybell.model.events import RunFinished
from daybell.model.query import RunQuery
from daybell.model.run import Run
from daybell.store.rows import newest_first
from store.life import KEPT, Life, event, fold, job_of, living


def new_home(path: Path) -> Path:
    """With the directories that are there before any ledger is."""
    for name in ("state", "history"):
        (path / name).mkdir(parents=True)
    return path


def last_said(said: Sequence[str], word: str) -> int:
    """The newest number that was acknowledged in this way."""
    return max((int(line.split()[1]) for line in said if line.startswith(word)), default=0)


def wrongs(home: Path, said: Sequence[str], *, may_complain: bool = False) -> list[str]:
    """What is not as it was promised, in sentences; lives in that home for a moment to find out."""
    try:
        with living(home) as life:
            found = [*_of_numbers(life, said), *_of_history(life)]
            if not may_complain:
                found += [f"it complains: {problem.message}" for problem in life.ledger.problems]
            found += _of_going_on(life)
    except Exception as error:  # noqa: BLE001 - whatever it raises is what was looked for
        return [f"it raised {error!r}"]
    return found + [f"{path.name} was left" for path in home.rglob(".*.tmp")]


def _of_numbers(life: Life, said: Sequence[str]) -> Iterator[str]:
    base = life.base.number
    if life.last < last_said(said, "appended"):
        yield f"{life.last} is the last event, but {last_said(said, 'appended')} was acknowledged"
    if base < last_said(said, "saved"):
        yield f"the checkpoint is of {base}, but {last_said(said, 'saved')} was durable"
    if base and life.base != fold(base):
        yield "the checkpoint is not what was saved"
    numbers = [one.number for one in life.replayed]
    if numbers != list(range(base + 1, life.last + 1)):
        yield f"after {base} come {numbers}"
    if [one.event for one in life.replayed] != [event(number) for number in numbers]:
        yield "an event is not what was appended"


def _of_history(life: Life) -> Iterator[str]:
    ended = [number for number in range(life.last, 0, -1) if number % 2 == 0]
    for job_id in ("backup", "mail"):
        expected = [_row(number) for number in ended if job_of(number) == job_id]
        rows = [row.run for row in life.history.select(RunQuery(job_id=job_id, limit=999))]
        if rows != expected:
            yield f"the rows of {job_id} are {ids(rows)}, not {ids(expected)}"
    rows = [row.run for row in life.history.select(RunQuery(limit=999))]
    if rows != [_row(number) for number in ended]:
        yield f"the rows of all jobs are {ids(rows)}"
    recent = [row.run for row in newest_first(life.home / "history" / "recent.jsonl")]
    if recent != [_row(number) for number in ended[: len(recent)]] or len(recent) < min(KEPT, len(ended)):
        yield f"the newest rows are {ids(recent)}"


def _of_going_on(life: Life) -> Iterator[str]:
    before = life.last
    if [one.number for one in life.append(2)] != [before + 1, before + 2]:
        yield f"after {before} comes {life.last}"


def _row(number: int) -> Run:
    finished = event(number)
    assert isinstance(finished, RunFinished)
    return finished.run


def ids(rows: Sequence[Run]) -> list[str]:
    return [row.run_id for row in rows]
