"""Which jobs, and which commands, are worth a try together? Few of each kind, so that they meet."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from msgspec.structs import replace

from builders import BERLIN, a_job, cron, every
from daybell.engine.ports import AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.job import CatchUp, Conditions, Job, JobTrigger, Retry, StartupTrigger, Trigger

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FAILED = AttemptResult(outcome="failed", exit_code=1)
BRIEF = Behaviour(takes=20 * SECOND)
BEHAVIOURS = st.sampled_from(
    [
        BRIEF,
        Behaviour(takes=7 * MINUTE),
        Behaviour(takes=HOUR, ignores_sigterm=True),
        Behaviour(takes=20 * SECOND, result=FAILED),
        Behaviour(result=AttemptResult(outcome="failed", is_permanent=True)),
        Behaviour(can_start=False, result=FAILED),
    ]
)
LEADERS, FOLLOWERS = ["a", "b", "c"], ["d", "e"]
SCHEDULES: list[tuple[Trigger, ...]] = [
    (),
    (cron("*/10 * * * *"),),
    (cron("*/15 * * * *"),),
    (every("7m"),),
    (cron("30 2 * * *"), StartupTrigger()),
]
FOLLOWING = [*SCHEDULES, (JobTrigger("a", "any"),), (JobTrigger("b", "failure"), every("30m"))]
AC = Conditions(power="ac", max_wait=Duration(minutes=20))
POLICIES: dict[str, Sequence[object]] = {
    "enabled": [True, True, True, False],
    "overlap": ["skip", "queue", "replace", "concurrent"],
    "max_concurrent": [2],
    "group": [None, "disk", "net"],
    "priority": [0, 1, 5],
    "catch_up": [CatchUp(), CatchUp("all"), CatchUp("skip"), CatchUp("latest", Duration(hours=1))],
    "retry": [Retry(), Retry(max_attempts=3, jitter=False), Retry(2, Duration(minutes=20))],
    "conditions": [Conditions(), AC, replace(AC, on_expiry="run"), replace(AC, stop_when_lost=True)],
    "timeout": [None, Duration(minutes=5)],
    "jitter": [Duration(), Duration(minutes=2)],
    "jitter_mode": ["stable", "random"],
    "on_interrupt": ["leave", "end", "rerun"],
    "late_after": [None, Duration(minutes=5)],
}


def definitions(**particulars: Sequence[object]) -> st.SearchStrategy[Job]:
    drawn = {name: st.sampled_from(values) for name, values in {**particulars, **POLICIES}.items()}
    return st.fixed_dictionaries(drawn).map(lambda changes: a_job(**changes))


JOBS = definitions(id=LEADERS, triggers=SCHEDULES) | definitions(
    id=FOLLOWERS, triggers=FOLLOWING, needs=[(), ("a",)]
)
IDS = st.sampled_from(LEADERS + FOLLOWERS)
ONE_OR_ALL = st.sampled_from([*LEADERS, *FOLLOWERS, None])
ZONES = st.sampled_from([ZoneInfo("UTC"), BERLIN, ZoneInfo("Asia/Kolkata")])
