"""Overlap, limits and priorities on the real engine; tests are named after their statements."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import a_job, at, cron
from daybell.engine.messages import CancelRuns, RunNow
from daybell.engine.ports import Attempt
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import Conflict
from daybell.model.job import Job, JobTrigger, StartupTrigger

START = at("2026-03-02 12:00")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def simulate(*jobs: Job, takes: timedelta = 150 * SECOND, slots: int = 8) -> Simulation:
    return Simulation(jobs, start=START, slots=slots, behave=lambda _: Behaviour(takes=takes))


def every_minute(**changes: object) -> Job:
    return a_job(triggers=(cron("* * * * *"),), **changes)


def told(simulation: Simulation) -> list[tuple[str, str | None]]:
    """The minute of each row that has one, and its outcome."""
    rows = sorted((run for run in simulation.rows() if run.due), key=lambda run: run.due or START)
    return [(f"{run.due:%M}", run.outcome) for run in rows]


def test_O1_queue_holds_one_and_skips_the_others() -> None:
    simulation = simulate(every_minute(overlap="queue"))
    simulation.run_for(3 * MINUTE + SECOND)
    assert [run.reason for run in simulation.rows()] == [
        f"queue full: run {simulation.registry.open_runs()[1].run_id} waits already"
    ]
    simulation.run_for(10 * MINUTE)
    ran = [minute for minute, outcome in told(simulation) if outcome == "succeeded"]
    assert ran[:3] == ["01", "02", "04"]


def test_O1_concurrent_runs_up_to_its_limit() -> None:
    simulation = simulate(every_minute(overlap="concurrent", max_concurrent=2))
    simulation.run_for(3 * MINUTE + SECOND)
    assert len(simulation.workers.alive) == 2
    (skipped,) = simulation.rows()
    assert (skipped.reason or "").startswith("overlap: 2 runs have not ended, the oldest is ")


def test_O2_replace_starts_only_after_the_old_tree_is_gone_and_is_no_failure() -> None:
    starts: list[Attempt] = []

    def behave(attempt: Attempt) -> Behaviour:
        starts.append(attempt)
        assert len(simulation.workers.alive) == 0, "the old one is gone"
        return Behaviour(takes=150 * SECOND, ignores_sigterm=True)

    simulation = Simulation([every_minute(overlap="replace")], start=START)
    simulation.behave = behave
    simulation.run_for(2 * MINUTE + 9 * SECOND)
    assert [run.run_id for run in simulation.registry.open_runs() if run.started] == [starts[0].run.run_id]
    simulation.run_for(2 * SECOND)
    (replaced,) = simulation.rows()
    assert (replaced.outcome, replaced.reason) == ("replaced", f"replaced by run {starts[1].run.run_id}")
    assert simulation.teller.told == []
    assert simulation.status("backup").error_count == 0


def test_O2_of_several_that_would_replace_the_newest_does() -> None:
    simulation = simulate(every_minute(overlap="replace"))
    simulation.behave = lambda _: Behaviour(takes=60 * MINUTE, ignores_all=True)
    simulation.run_for(4 * MINUTE + SECOND)
    assert told(simulation) == [("02", "replaced"), ("03", "replaced")]
    assert [f"{run.due:%M}" for run in simulation.registry.open_runs()] == ["01", "04"]


def test_O3_a_manual_run_obeys_overlap_and_limits() -> None:
    simulation = simulate(a_job(overlap="queue"), slots=1)
    simulation.ask(RunNow("backup"))
    simulation.ask(RunNow("backup"))
    with pytest.raises(Conflict, match="running already"):
        simulation.ask(RunNow("backup"))
    assert (
        simulation.rows()[-1].reason
        == f"queue full: run {simulation.registry.open_runs()[1].run_id} waits already"
    )


def test_O4_what_waits_starts_by_priority_and_then_by_age() -> None:
    jobs = [a_job(id=name, priority=priority) for name, priority in [("a", 0), ("b", 5), ("c", 0), ("d", 5)]]
    order: list[str] = []

    def behave(attempt: Attempt) -> Behaviour:
        order.append(attempt.job.id)
        return Behaviour(takes=MINUTE)

    simulation = Simulation([*jobs, a_job(id="first")], start=START, slots=1, behave=behave)
    for job_id in ("first", "a", "b", "c", "d"):
        simulation.ask(RunNow(job_id))
    simulation.run_for(10 * MINUTE)
    assert order == ["first", "b", "d", "a", "c"]


def test_O4_a_group_that_is_full_holds_up_nobody_else() -> None:
    jobs = [a_job(id=name, group="disk") for name in "abc"] + [a_job(id="free")]
    simulation = simulate(*jobs, takes=MINUTE)
    simulation.config = replace(simulation.config, groups={"disk": 2})
    simulation.restart()
    for job_id in ("a", "b", "c", "free"):
        simulation.ask(RunNow(job_id))
    states = {status.id: status.state for status in simulation.registry.all()}
    assert states == {"a": "running", "b": "running", "c": "queued", "free": "running"}
    simulation.run_for(MINUTE + SECOND)
    assert simulation.status("c").state == "running"


def test_O4_what_follows_a_run_does_not_take_its_slot_from_who_has_waited_for_it() -> None:
    simulation = simulate(
        a_job(id="leader"), a_job(id="waits"), a_job(id="follows", triggers=(JobTrigger("leader"),)), slots=1
    )
    simulation.ask(RunNow("leader"))
    simulation.ask(RunNow("waits"))
    simulation.run_for(151 * SECOND)
    assert (simulation.status("waits").state, simulation.status("follows").state) == ("running", "queued")


def test_O4_nor_does_what_is_due_at_a_start() -> None:
    simulation = simulate(a_job(id="first", triggers=(StartupTrigger(),)), a_job(id="waits"), slots=1)
    simulation.ask(RunNow("waits"))
    simulation.crash()
    simulation.restart()
    assert (simulation.status("waits").state, simulation.status("first").state) == ("running", "queued")


def test_O4_who_has_waited_for_longest_is_still_known_after_a_restart() -> None:
    simulation = simulate(a_job(id="long"), a_job(id="by-hand"), every_minute(), slots=1)
    simulation.ask(RunNow("long"))
    simulation.ask(RunNow("by-hand"))
    simulation.run_for(MINUTE + SECOND)
    simulation.crash(leaves_processes=True)
    simulation.clock.advance_to(START + 119 * SECOND)
    simulation.restart()
    simulation.run_until(START + 151 * SECOND)
    assert (simulation.status("by-hand").state, simulation.status("backup").state) == ("running", "queued")


def test_a_waiting_run_that_is_cancelled_leaves_the_line() -> None:
    simulation = simulate(a_job(overlap="queue"), a_job(id="other"), slots=1)
    for job_id in ("backup", "backup", "other"):
        simulation.ask(RunNow(job_id))
    simulation.ask(CancelRuns(simulation.registry.open_runs()[1].run_id))
    simulation.run_for(MINUTE * 3)
    assert simulation.status("other").state == "running"


JOBS = st.builds(
    lambda number, overlap, group, priority: a_job(
        id=f"job-{number}",
        triggers=(cron(f"*/{number + 1} * * * *"),),
        overlap=overlap,
        max_concurrent=2 if overlap == "concurrent" else 1,
        group=group,
        priority=priority,
    ),
    st.integers(0, 5),
    st.sampled_from(["skip", "queue", "concurrent", "replace"]),
    st.sampled_from([None, "disk", "net"]),
    st.integers(-1, 1),
)


@given(st.lists(JOBS, min_size=1, max_size=6, unique_by=lambda job: job.id), st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_O4_no_limit_is_ever_exceeded_and_every_instant_has_one_outcome(jobs: list[Job], slots: int) -> None:
    peak: list[str] = []

    def behave(attempt: Attempt) -> Behaviour:
        alive = [*simulation.workers.jobs(), attempt.job]
        own = [job for job in alive if job.id == attempt.job.id]
        group = [job for job in alive if job.group == attempt.job.group and job.group]
        assert len(alive) <= slots
        assert len(own) <= (2 if attempt.job.overlap == "concurrent" else 1)
        assert len(group) <= 1
        peak.append(attempt.run.run_id)
        return Behaviour(takes=100 * SECOND)

    simulation = Simulation(jobs, start=START, slots=slots)
    simulation.behave = behave
    simulation.run_for(30 * MINUTE + SECOND)
    open_runs = [run for run in simulation.registry.open_runs() if run.due]
    keys = [(run.job_id, run.due) for run in [*simulation.rows(), *open_runs]]
    assert len(keys) == len(set(keys))
    assert len(keys) == sum(30 // (int(job.id[-1]) + 1) for job in jobs)
