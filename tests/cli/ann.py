"""The home of Ann: what has failed, what was missed, what runs, and what a day was like."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from api.fake_service import NOON, FakeService, add
from cards import a_card, a_line
from daybell.core.summaries import Summary
from daybell.core.timeline import Coming, Gap, PastRun, Timeline
from daybell.engine.summaries import Summaries
from daybell.model.absence import Card
from daybell.model.facts import Facts
from daybell.model.run import Outcome, Run
from daybell.model.status import JobStatus, Problem
from daybell.model.why import Explanation, Why


def failed_backup(**changes: Any) -> JobStatus:
    """A job that has failed this morning."""
    backup = JobStatus(
        id="backup-photos",
        name="Back up photos",
        state="idle",
        schedule="daily at 02:30",
        next_run=NOON + timedelta(hours=14.5),
        last_run=NOON - timedelta(hours=9.5),
        last_outcome="failed",
        last_error="restic: the repository is locked by another process",
        last_duration_ms=3000,
        run_count=12,
        error_count=1,
    )
    return replace(backup, **changes)


def missed(run_id: str, **changes: Any) -> Run:
    """47 instants for which nothing ran."""
    run = Run(
        run_id=run_id,
        job_id="mail",
        cause="schedule",
        outcome="missed",
        reason="too late",
        due=NOON - timedelta(days=2),
        due_to=NOON - timedelta(hours=1),
        count=47,
    )
    return replace(run, **changes)


def a_night() -> Card:
    """The computer slept, and what was due has come to various ends."""
    dues = {"due": NOON - timedelta(hours=9), "due_to": NOON - timedelta(hours=1)}
    archive = "synchronise-the-archive-of-all-photographs"
    lines = (
        a_line("1", job_id="rotate", fate="interrupted", due=None),
        a_line("2", job_id=archive, fate="late", state="waiting", due=dues["due"]),
        a_line("3", job_id="backup-photos", fate="late", state="failed", due=NOON - timedelta(minutes=50)),
        a_line("4", job_id="mail", again="5", state="running", count=47, reason="too late", **dues),
        a_line("6", job_id="weekly", count=None, reason="not caught up", **dues),
        a_line("7", job_id="tick", fate="skipped", due=NOON, reason="overlap: run run-1 has not ended"),
    )
    return replace(a_card(*lines, left_out=3), until=NOON)


def settle(service: FakeService) -> None:
    """Four jobs: one failed, one runs, one is paused, one is new; and what ran before."""
    add(service, "backup-photos", "mail", "rotate", "weekly")
    service.pause_job("rotate")
    service.changed["backup-photos"] = failed_backup(
        schedule="daily at 02:30, in Europe/Berlin",
        last_error="restic: the repository is locked by another process on another machine, for 3 days",
    )
    service.problems = (Problem("bad.json", "triggers[0].expression", "expected five fields"),)
    service.runs["a"] = missed("a")
    ended: list[tuple[int, str, Outcome]] = [(90, "backup-photos", "failed"), (5, "mail", "succeeded")]
    for minutes, job_id, outcome in ended:
        begin = NOON - timedelta(minutes=minutes)
        service.runs[job_id] = Run(
            run_id=job_id,
            job_id=job_id,
            cause="schedule",
            due=begin,
            started=begin,
            finished=begin + timedelta(seconds=minutes),
            outcome=outcome,
            exit_code=int(outcome == "failed"),
            error="the repository is locked by another process" if outcome == "failed" else None,
            attempts=1,
        )
    service.run_now("mail")
    service.away.kept = a_night()
    vars(service)["summaries"] = month
    vars(service)["explaining"] = SimpleNamespace(why=why)
    vars(service)["observation"] = SimpleNamespace(timelines=SimpleNamespace(between=day))


def month(_days: int, job_id: str | None = None) -> Summaries:
    """How runs went; a job that is gone counts too."""
    jobs = {
        "backup-photos": Summary(31, {"succeeded": 27, "failed": 2, "timed_out": 1}, 0.9, 185_000, 760_000),
        "mail": Summary(14_402, {"succeeded": 14_301, "skipped": 54, "missed": 47}, 1.0, 41, 980),
        "synchronise-the-archive-of-all-photographs": Summary(1, {"missed": 1}, None, None, None),
    }
    whole = Summary(14_434, {"succeeded": 14_328, "failed": 2, "timed_out": 1}, 0.9998, 41, 185_000)
    return Summaries(NOON - timedelta(days=30), job_id is not None, whole, jobs, [0] * 24, [])


def why(job_id: str, at: datetime | None = None) -> Why:
    """A night asleep, a week on a journey, and what comes."""
    begin = NOON - timedelta(hours=9.5)
    last = Explanation(
        verdict="ran_late",
        sentence="Ran at 08:43, 6 h 13 min after it was due: the computer slept from Thu 23:04 to 08:42, "
        "and then it waited 30 s for the machine to settle. It took 3 min.",
        due=begin,
        background=("The computer was on mains power since Thu 18:20.",),
        run_id="late",
    )
    away = Explanation(
        verdict="skipped",
        sentence="Skipped 3 times: paused by the menu since Mon 20:00 until Thu 08:00 (travelling).",
        due=begin - timedelta(days=3),
        due_to=begin - timedelta(days=1),
        count=3,
    )
    started = Explanation(verdict="cut_short", sentence="Ran at 14 Nov 10:00, when Daybell started.")
    coming = Explanation(
        verdict="comes",
        sentence="Due at Sat 03:30; as things are now, it will wait for mains power, for 12 h at most.",
        due=begin + timedelta(days=1),
    )
    told = (last,) if at else (coming, last, away, started)
    return Why(job_id=job_id, schedule="daily at 02:30", now=NOON, at=at, explanations=told, facts=Facts())


def day(since: datetime, until: datetime, job_id: str | None, _zone: ZoneInfo) -> Timeline:
    """A day until noon, and what will be of it."""

    def ran(job_id: str, hour: float, hours: float, outcome: Outcome | None = "succeeded") -> PastRun:
        began = since + timedelta(hours=hour)
        finished = began + timedelta(hours=hours) if outcome else None
        return PastRun(
            run_id=f"{job_id}-{hour:g}",
            job_id=job_id,
            cause="schedule",
            due=began,
            outcome=outcome,
            started=began,
            finished=finished,
        )

    long_name = "synchronise-the-archive-of-all-photographs"
    return Timeline(
        since=since,
        until=until,
        now=NOON,
        runs=[
            *(ran("mail", hour, 0.01) for hour in (0, 1, 2, 3, 9, 10, 11)),
            ran("backup-photos", 2.5, 1.5, "failed"),
            ran("weekly", 4, 2, "timed_out"),
            ran("rotate", 9, 1, "cancelled"),
            ran("mail", 11.9, 0, None),
        ],
        gaps=[
            Gap(
                job_id="mail",
                run_id="gap",
                since=since + timedelta(hours=4),
                until=since + timedelta(hours=8),
                outcome="missed",
                reason="too late",
            )
        ],
        upcoming=[
            *(Coming("mail", since + timedelta(hours=hour)) for hour in range(13, 24)),
            Coming(long_name, since + timedelta(hours=22)),
        ],
        truncated=False,
        left_out={},
        cut={},
        complete_until=until,
    )
