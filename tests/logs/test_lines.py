"""daybell.log is JSON lines, private, and bounded."""

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import a_run, at
from daybell.logs import lines as logs
from daybell.model.events import AnyEvent, JobPaused, RunFinished, RunStarted, SchedulerStopped
from daybell.model.run import ProcessIdentity


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "daybell.log"
    handler = logs.write_log(path)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_event_is_a_line_with_its_job_run_trace_and_duration(path: Path) -> None:
    run = a_run(outcome="failed", error="disk full", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    logs.log_events([RunFinished(at=at("2026-03-02 12:00"), run=run)])
    (line,) = lines(path)
    assert line["level"] == "warning"
    assert (line["event"], line["job"], line["run"]) == ("run_finished", "backup", run.run_id)
    assert (line["trace_id"], line["duration_ms"], line["outcome"]) == ("a" * 32, 1996, "failed")
    assert line["reason"] == "disk full"
    assert str(line["time"]).endswith("Z")


def test_events_that_are_no_runs_are_lines_too(path: Path) -> None:
    now = at("2026-03-02 12:00")
    process = ProcessIdentity(7, 1.0, "boot")
    events: list[AnyEvent] = [
        JobPaused(at=now, job_id="backup"),
        RunStarted(at=now, run_id="r1", job_id="backup", process=process),
        SchedulerStopped(at=now),
    ]
    logs.log_events(events)
    assert [(line["event"], line.get("job"), line.get("run")) for line in lines(path)] == [
        ("job_paused", "backup", None),
        ("run_started", "backup", "r1"),
        ("scheduler_stopped", None, None),
    ]


def test_an_exception_stays_inside_its_line(path: Path) -> None:
    try:
        int("first\nsecond")
    except ValueError:
        logging.getLogger("daybell.test").exception("it failed")
    (line,) = lines(path)
    assert "ValueError" in str(line["error"])


def test_it_is_for_its_owner_only(path: Path) -> None:
    logging.getLogger("daybell.test").warning("hello")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_never_grows_beyond_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST", 20_000)
    handler = logs.write_log(tmp_path / "daybell.log")
    for number in range(2000):
        logging.getLogger("daybell.test").warning("line %d", number)
    logging.getLogger().removeHandler(handler)
    handler.close()
    longest = 20_000 + logs.LOOK_EVERY * 150
    assert len(list(tmp_path.iterdir())) == logs.OLDER + 1
    assert max(path.stat().st_size for path in tmp_path.iterdir()) <= longest
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
