"""A month in the life of twenty jobs of every kind, and what came of it: one JSON line."""

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import msgspec

from builders import BERLIN, a_job, at, cron, every, once
from daybell.engine.messages import Pause, Resume, RunNow
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.events import Numbered, RunQueued
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, Conditions, JobTrigger, Retry, StartupTrigger

START = at("2026-03-10 00:00 Europe/Berlin")
"""The clocks change on the 29th."""
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAILED = AttemptResult(outcome="failed", exit_code=1, error="disk full")
JOBS = [
    a_job(
        id="backup", triggers=(cron("30 2 * * *"),), group="disk", priority=5, timeout=Duration(minutes=50)
    ),
    a_job(id="mirror", triggers=(JobTrigger("backup", "any"),), group="disk", needs=("photos",)),
    a_job(id="mount", triggers=(StartupTrigger(), cron("0 */6 * * *")), retry=Retry(5, Duration(seconds=10))),
    a_job(id="mail", triggers=(every("30m"),), conditions=Conditions(network="online")),
    a_job(id="feeds", triggers=(cron("*/30 * * * *"),), jitter=Duration(minutes=4), jitter_mode="random"),
    a_job(id="photos", triggers=(cron("0 * * * *"),), group="disk", conditions=Conditions(power="ac")),
    a_job(id="index", triggers=(cron("15 */2 * * *"),), overlap="queue", jitter=Duration(minutes=15)),
    a_job(id="report", triggers=(cron("0 9 * * mon-fri"),), late_after=Duration(minutes=10)),
    a_job(id="invoice", triggers=(cron("0 8 1 * *"),), catch_up=CatchUp("all", Duration(days=7))),
    a_job(id="sample", triggers=(every("20m"),), overlap="concurrent", max_concurrent=3),
    a_job(
        id="render", triggers=(cron("*/30 * * * *"),), overlap="replace", too_long_after=Duration(minutes=20)
    ),
    a_job(id="flaky", triggers=(every("45m"),), retry=Retry(3, Duration(minutes=2))),
    a_job(id="alert", triggers=(JobTrigger("flaky", "failure"),), priority=9),
    a_job(id="each", triggers=(cron("0 3-6 * * *"),), catch_up=CatchUp("all")),
    a_job(id="none", triggers=(cron("0 4 * * *"),), catch_up=CatchUp("skip")),
    a_job(id="utc", triggers=(cron("0 1 * * *", "UTC"),)),
    a_job(id="once", triggers=(once(START + 3 * DAY + HOUR),)),
    a_job(id="dozen", triggers=(every("1d"),), max_runs=12),
    a_job(id="hourly", triggers=(cron("@hourly"),), group="net", on_interrupt="rerun"),
    a_job(id="games", triggers=(cron("0 20 * * fri"),), enabled=False),
]
TAKES = {
    "backup": HOUR,
    "index": 3 * HOUR,
    "sample": 50 * MINUTE,
    "render": 40 * MINUTE,
    "photos": 20 * MINUTE,
}


def month() -> Sequence[Numbered]:
    """Sixteen hours awake, eight asleep; on battery at times; a pause, a crash, a run by hand."""
    tries: Counter[str] = Counter()

    def behave(attempt: Attempt) -> Behaviour:
        tries[attempt.job.id] += 1
        is_bad_day = attempt.job.id == "flaky" and tries["flaky"] % 7 < 4
        return Behaviour(TAKES.get(attempt.job.id, 20 * SECOND), *[FAILED] if is_bad_day else ())

    simulation = Simulation(JOBS, start=START, zone=BERLIN, slots=4, behave=behave)
    for day in range(30):
        simulation.run_for(HOUR)
        simulation.suspend(8 * HOUR)
        simulation.surround(Facts(on_mains=day % 3 != 0, is_online=day % 5 != 0))
        simulation.run_for(10 * HOUR)
        simulation.ask(RunNow("games"))
        simulation.ask(Pause("mail", simulation.clock.now() + 3 * HOUR))
        simulation.surround(Facts(on_mains=True, is_online=True))
        simulation.run_for(5 * HOUR)
        if day % 10 == 9:
            simulation.ask(Pause(None))
            simulation.crash(leaves_processes=True)
            simulation.restart()
            simulation.ask(Resume(None))
    return simulation.ledger.events


class Told(msgspec.Struct):
    """What a month came to."""

    seconds: float
    """How long it took."""
    events: int
    digest: str
    """Of all of them, in their order."""
    deferrals: set[Literal["backoff", "settle", "needs", "conditions"]]


def told() -> Told:
    begin = time.perf_counter()
    events = month()
    seconds = time.perf_counter() - begin
    queued = [one.event for one in events if isinstance(one.event, RunQueued)]
    return Told(
        seconds=seconds,
        events=len(events),
        digest=hashlib.sha256(msgspec.json.encode(events)).hexdigest(),
        deferrals={event.deferral.kind for event in queued if event.deferral is not None},
    )


if __name__ == "__main__":
    print(msgspec.json.encode(told()).decode())  # noqa: T201 - what it is for
