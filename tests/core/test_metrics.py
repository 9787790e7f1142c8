from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from builders import a_run, at, no_statistics
from daybell.core.exposition import exposition
from daybell.core.figures import MOST_JOBS, MOST_REASONS, Figures
from daybell.core.metrics import Measured, Process, families
from daybell.model.events import AllPaused, IncidentChanged, JobRemoved, RunFinished, RunSkipped
from daybell.model.incident import Incident
from daybell.model.run import Run
from daybell.model.status import JobStatus, SchedulerStatus, Status

NOON = at("2026-11-20 12:00")
STARTED = at("2026-11-20 08:00")


def a_status(**changes: object) -> JobStatus:
    return JobStatus(**{"id": "backup", "name": "Back up", "state": "idle", "schedule": "daily", **changes})  # type: ignore[arg-type]  # a table of changes


def finished(**changes: object) -> RunFinished:
    return RunFinished(at=NOON, run=a_run(**changes))


def skipped(**changes: object) -> RunSkipped:
    return RunSkipped(at=NOON, run=a_run(started=None, **changes))


def incident(count: int) -> IncidentChanged:
    found = Incident(job_id="backup", opened=NOON, count=count, signature="s", problem="p", run_id="r")
    return IncidentChanged(at=NOON, job_id="backup", incident=found)


def text(
    figures: Figures,
    *jobs: JobStatus,
    open_runs: tuple[Run, ...] = (),
    last_success: Mapping[str, datetime] = {},
    started: datetime | None = STARTED,
    resident: int | None = 40_000_000,
) -> str:
    scheduler = SchedulerStatus(
        state="running", started=started, version="0.1.0", home="/", pid=1, stats=no_statistics()
    )
    status = Status(scheduler=scheduler, jobs=jobs, problems=())
    measured = Measured(status, open_runs, figures, last_success, Process(1.5, resident))
    return "".join(exposition(families(measured)))


def told(written: str) -> dict[tuple[str, ...], float]:
    """Name and label values of each figure, as a Prometheus reads them."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parse(written)
        for sample in family.samples
    }


def folded(*events: object) -> Figures:
    figures = Figures()
    for event in events:
        figures.fold(event)  # type: ignore[arg-type]  # as the bus gives them
    return figures


def test_the_whole_is_told_before_anything_has_run() -> None:
    waiting = a_run(started=None, outcome=None)
    running = a_run(finished=None, outcome=None)
    assert told(
        text(Figures(), a_status(), a_status(id="b", name="B", state="paused"), open_runs=(waiting, running))
    ) == {
        ("daybell_info", "0.1.0"): 1,
        ("daybell_jobs", "idle"): 1,
        ("daybell_jobs", "paused"): 1,
        ("daybell_jobs_left_out",): 0,
        ("daybell_runs_in_progress",): 1,
        ("daybell_runs_waiting",): 1,
        ("daybell_job_info", "backup", "Back up"): 1,
        ("daybell_job_info", "b", "B"): 1,
        ("daybell_job_consecutive_failures", "backup"): 0,
        ("daybell_job_consecutive_failures", "b"): 0,
        ("process_resident_memory_bytes",): 40_000_000,
        ("process_cpu_seconds_total",): 1.5,
        ("process_start_time_seconds",): STARTED.timestamp(),
    }


def test_what_nobody_knows_is_left_out() -> None:
    names = {name for name, *_ in told(text(Figures(), started=None, resident=None))}
    assert names.isdisjoint({"process_resident_memory_bytes", "process_start_time_seconds"})


def test_runs_are_counted_by_how_they_ended_and_why_they_began() -> None:
    figures = folded(finished(), finished(), finished(outcome="failed", cause="manual"))
    values = told(text(figures, a_status()))
    assert values["daybell_job_runs_total", "backup", "succeeded", "schedule"] == 2
    assert values["daybell_job_runs_total", "backup", "failed", "manual"] == 1


def test_durations_and_delays_are_spread_over_buckets() -> None:
    by_hand = finished(cause="manual", due=None)
    never_began = finished(outcome="cancelled", started=None)
    values = told(text(folded(finished(), by_hand, never_began), a_status()))
    took, late = "daybell_job_run_duration_seconds", "daybell_job_start_delay_seconds"
    assert (values[took + "_bucket", "backup", "1"], values[took + "_bucket", "backup", "5"]) == (0, 2)
    assert values[took + "_sum", "backup"] == pytest.approx(2 * 1.996)
    assert (values[late + "_bucket", "backup", "0.005"], values[late + "_count", "backup"]) == (1, 1)


def test_a_clock_that_was_set_back_makes_nothing_negative() -> None:
    values = told(text(folded(finished(finished=at("2026-01-02 00:00"), due=NOON)), a_status()))
    assert values["daybell_job_run_duration_seconds_sum", "backup"] == 0
    assert values["daybell_job_start_delay_seconds_sum", "backup"] == 0


def test_what_got_no_run_is_counted() -> None:
    figures = folded(
        skipped(outcome="skipped", reason="needs: disk"),
        skipped(outcome="skipped", reason="needs: mail"),
        skipped(outcome="missed", reason="asleep", due_to=NOON),
    )
    values = told(text(figures, a_status()))
    assert values["daybell_job_skipped_total", "needs"] == 2
    assert values["daybell_job_misfires_total", "backup"] == 1


def test_reasons_do_not_become_ever_more() -> None:
    figures = folded(*(skipped(outcome="skipped", reason=f"reason {number}") for number in range(60)))
    assert len(figures.skipped) == MOST_REASONS + 1
    assert figures.skipped["other"] == 60 - MOST_REASONS


@pytest.mark.parametrize(
    ("events", "status", "count"),
    [
        ((), a_status(last_outcome="succeeded"), 0),
        ((), a_status(last_outcome="failed"), 1),
        ((incident(4),), a_status(last_outcome="failed"), 4),
        ((incident(4), IncidentChanged(at=NOON, job_id="backup")), a_status(last_outcome="failed"), 0),
        ((finished(),), a_status(last_outcome="failed"), 1),
    ],
)
def test_failures_in_a_row_are_told(events: tuple[object, ...], status: JobStatus, count: int) -> None:
    assert told(text(folded(*events), status))["daybell_job_consecutive_failures", "backup"] == count


def test_the_last_success_is_the_one_that_is_known_best() -> None:
    name = "daybell_job_last_success_timestamp_seconds", "backup"
    before, run = at("2026-01-01 00:00"), a_run()
    failed = a_status(last_outcome="failed", last_run=NOON)
    good = a_status(last_outcome="succeeded", last_run=NOON, last_duration_ms=2000)
    assert name not in told(text(Figures(), failed))
    assert told(text(Figures(), failed, last_success={"backup": before}))[name] == before.timestamp()
    assert told(text(Figures(), good))[name] == (NOON + timedelta(seconds=2)).timestamp()
    assert run.finished is not None
    assert told(text(folded(finished()), failed))[name] == run.finished.timestamp()
    assert name not in told(text(Figures(), a_status(last_outcome="succeeded")))


def test_past_and_coming_instants_are_told() -> None:
    values = told(text(Figures(), a_status(last_run=NOON, next_run=NOON + timedelta(hours=1))))
    assert values["daybell_job_last_run_timestamp_seconds", "backup"] == NOON.timestamp()
    assert values["daybell_job_next_run_timestamp_seconds", "backup"] == NOON.timestamp() + 3600


def test_a_job_that_is_gone_leaves_no_figures() -> None:
    figures = folded(finished(), JobRemoved(at=NOON, job_id="backup"), AllPaused(at=NOON))
    assert figures.jobs == {}


def test_jobs_without_room_are_counted_and_said_to_be() -> None:
    jobs = [a_status(id=f"job-{number:04}") for number in range(MOST_JOBS + 3)]
    values = told(text(Figures(), *jobs))
    assert values["daybell_jobs_left_out",] == 3
    assert sum(name == "daybell_job_info" for name, *_ in values) == MOST_JOBS


def test_figures_of_jobs_without_room_are_not_kept() -> None:
    figures = Figures(most_jobs=1)
    for event in (finished(), finished(job_id="other"), skipped(job_id="other", outcome="missed")):
        figures.fold(event)
    figures.fold(IncidentChanged(at=NOON, job_id="other"))
    assert set(figures.jobs) == {"backup"}


def test_a_copy_stays_as_it_is() -> None:
    figures = folded(finished(), incident(1))
    twin = figures.copy()
    for event in (finished(), skipped(outcome="skipped", reason="overlap"), incident(2)):
        figures.fold(event)
    assert text(twin, a_status()) == text(folded(finished(), incident(1)), a_status())
