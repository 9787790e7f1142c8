"""Files of jobs for properties: valid ones, almost valid ones, and others."""

import json
from collections.abc import Iterator
from datetime import timedelta, timezone

from hypothesis import strategies as st

from builders import at, cron, every, once
from daybell.core.definitions import dump_job
from daybell.model.durations import Duration
from daybell.model.job import (
    CatchUp,
    CommandHandler,
    Conditions,
    Job,
    JobTrigger,
    Keep,
    Limits,
    Notify,
    Retry,
    StartupTrigger,
)
from daybell.model.sizes import Size

COMMAND = {"type": "command", "argv": ["true"]}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
durations = st.integers(1000, 10**9).map(lambda count: Duration(milliseconds=count))
offsets = st.none() | st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.builds(
    lambda seconds, offset: (at("1980-01-01 00:00") + seconds * timedelta(seconds=1)).replace(tzinfo=offset),
    st.integers(0, 3 * 10**9),
    offsets,
)
ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
jobs = st.builds(
    Job,
    id=st.from_regex(r"j[a-z0-9_-]{0,20}", fullmatch=True),
    name=texts.filter(str.isprintable),
    description=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    enabled=st.booleans(),
    triggers=st.lists(
        st.one_of(
            st.sampled_from(["@daily", "*/5 * * * *", "0 0 LW * *"]).map(cron),
            st.just(cron("30 2 * * *", "Europe/Berlin")),
            st.builds(every, durations.map(str), st.none() | moments),
            st.builds(once, moments),
            st.just(StartupTrigger()),
            st.builds(JobTrigger, job=ids, on=st.sampled_from(["success", "failure", "any"])),
        ),
        max_size=3,
    ).map(tuple),
    handler=st.builds(
        CommandHandler,
        argv=texts.filter(str.strip).map(lambda text: (text,)),
        cwd=st.none() | texts.filter(bool),
        env=st.dictionaries(
            st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), texts.map("= {}".format), max_size=3
        ),
        shell=st.booleans(),
        success_exit_codes=st.lists(st.integers(0, 255), min_size=1, max_size=3).map(tuple),
    ),
    start=st.none() | moments,
    max_runs=st.none() | st.integers(1, 100),
    timeout=st.none() | durations,
    retry=st.builds(
        Retry,
        max_attempts=st.integers(1, 9),
        delay=durations,
        multiplier=st.floats(1, 100) | st.integers(1, 100).map(float),
        jitter=st.booleans(),
    ),
    overlap=st.sampled_from(["skip", "queue", "replace"]),
    group=st.none() | texts.filter(str.strip),
    priority=st.integers(-1000, 1000),
    catch_up=st.builds(CatchUp, st.sampled_from(["latest", "all", "skip"]), durations),
    jitter=st.integers(0, 86_400_000).map(lambda count: Duration(milliseconds=count)),
    jitter_mode=st.sampled_from(["stable", "random"]),
    needs=st.lists(ids, max_size=2).map(tuple),
    conditions=st.builds(
        Conditions,
        power=st.sampled_from([None, "ac"]),
        network=st.sampled_from([None, "online"]),
        idle=st.none() | durations,
        on_expiry=st.sampled_from(["skip", "run"]),
    ),
    limits=st.builds(
        Limits,
        nice=st.none() | st.integers(-20, 19),
        ionice=st.sampled_from([None, "idle", "low", "normal"]),
        memory=st.none() | st.integers(1 << 20, 1 << 44).map(Size),
        cpu_time=st.none() | durations,
    ),
    on_interrupt=st.sampled_from(["leave", "end", "rerun"]),
    notify=st.sampled_from([Notify(()), Notify(("failure",)), Notify()]),
    ping=st.none() | st.from_regex(r"https?://[a-z]{1,9}(:80)?(/[!-\"$-~]{0,20})?", fullmatch=True),
    keep=st.builds(
        Keep,
        runs=st.none() | st.integers(1, 10**6),
        days=st.none() | st.integers(1, 36500),
        output=st.integers(1 << 16, 1 << 40).map(Size),
    ),
    late_after=st.none() | durations,
    too_long_after=st.none() | durations,
)


WORDS = [*Job.__struct_fields__, *CommandHandler.__struct_fields__]
WORDS += ["type", "expression", "timezone", "every", "anchor", "at", "$schema"]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["command", "cron", "interval", "once", "startup", "1h", "2026-12-24T18:00", "0 0 * * *"]
    ),
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=12,
)


def dumped(job: Job) -> dict[str, object]:
    """As `shapes.read` is given it."""
    document: dict[str, object] = json.loads(dump_job(job))
    del document["$schema"]
    return document


Place = tuple[str | int, ...]


def paths(value: object, here: Place = ()) -> Iterator[Place]:
    """Of all that this value holds, and in each object of a key that it may not have."""
    if isinstance(value, dict):
        yield from ((*here, word) for word in WORDS if word not in value)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from paths(item, (*here, key))


def changed(value: object, path: Place, other: object) -> object:
    if not path:
        return other
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: changed(value.get(key), tuple(rest), other)}
    assert isinstance(value, list)
    return [changed(item, tuple(rest), other) if place == key else item for place, item in enumerate(value)]


@st.composite
def almost_jobs(draw: st.DrawFn) -> dict[str, object]:
    """The file of a job in which one value is another."""
    document = dumped(draw(jobs))
    other = draw(documents | st.sampled_from(["", "0s", "36501d", [], [""], ["\0"], 256, {"": "x"}]))
    almost = changed(document, draw(st.sampled_from(list(paths(document)))), other)
    assert isinstance(almost, dict)
    return almost
