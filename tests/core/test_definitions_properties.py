import json
from collections.abc import Iterator
from datetime import timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from builders import BERLIN, at, cron, every, once
from daybell.core import definitions, shapes
from daybell.core.definitions import dump_job, parse_job
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition
from daybell.model.job import CommandHandler, Job, Notify, StartupTrigger
from daybell.model.status import Problem

COMMAND = {"type": "command", "argv": ["true"]}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
durations = st.integers(1000, 10**9).map(lambda count: Duration(milliseconds=count))
offsets = st.none() | st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.builds(
    lambda seconds, offset: (at("1980-01-01 00:00") + seconds * timedelta(seconds=1)).replace(tzinfo=offset),
    st.integers(0, 3 * 10**9),
    offsets,
)
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
    timeout=st.none() | durations,
    notify=st.sampled_from([Notify(()), Notify(("failure",)), Notify()]),
    late_after=st.none() | durations,
    too_long_after=st.none() | durations,
)


@given(jobs)
def test_what_is_written_is_read_again(job: Job) -> None:
    assert parse_job(job.id, f"{job.id}.json", dump_job(job), BERLIN) == job


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


def is_read_or_refused(content: bytes) -> bool:
    try:
        job = parse_job("backup", "backup.json", content, BERLIN)
    except InvalidDefinition as refusal:
        return bool(refusal.problems) and all(isinstance(problem, Problem) for problem in refusal.problems)
    return parse_job("backup", "backup.json", dump_job(job), BERLIN) == job


@given(st.dictionaries(st.sampled_from(WORDS), documents) | documents)
@example({"handler": COMMAND, "timeout": "1" * 400 + "d"})
@example({"handler": COMMAND, "triggers": [{"type": "cron", "expression": "9" * 900 + " * * * *"}]})
@example({"handler": COMMAND, "triggers": [{"type": "cron", "expression": "", "timezone": "\0"}]})
@example({"handler": COMMAND, "x" * 500_000: 1})
def test_any_document_is_read_or_refused(document: object) -> None:
    assert is_read_or_refused(json.dumps(document).encode())


@given(st.binary(max_size=50) | st.text(alphabet='{}[]",:\\u d8019eE.-tfn', max_size=30).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert is_read_or_refused(content)


RULES = definitions._rules(BERLIN)


def walked(document: dict[str, object]) -> Job | None:
    """What is read where every value is looked at by itself."""
    walk = shapes._Walk("backup.json", RULES)
    value = walk.members(document, shapes._outline(Job), "", {"id": "backup"})
    return value if isinstance(value, Job) else None


def at_once(document: dict[str, object]) -> Job | None:
    return shapes._at_once(document, Job, RULES, {"id": "backup"})


def dumped(job: Job) -> dict[str, object]:
    document: dict[str, object] = json.loads(dump_job(job))
    return document


Path = tuple[str | int, ...]


def paths(value: object, here: Path = ()) -> Iterator[Path]:
    """Of all that this value holds, and in each object of a key that it may not have."""
    if isinstance(value, dict):
        yield from ((*here, word) for word in WORDS if word not in value)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from paths(item, (*here, key))


def changed(value: object, path: Path, other: object) -> object:
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


@given(almost_jobs() | st.dictionaries(st.sampled_from(WORDS), documents))
@example({"handler": COMMAND, "schema": 1.0})
@example({"handler": COMMAND, "schema": True})
@example({"handler": COMMAND, "enabled": 1})
@example({"handler": COMMAND, "timeout": None})
@example({"handler": COMMAND, "timeout": "36501d"})
@example({"handler": COMMAND, "notify": None})
@example({"handler": COMMAND, "notify": {"on": ["recovery"]}})
@example({"handler": {**COMMAND, "success_exit_codes": [1.0]}})
@example({"handler": {**COMMAND, "success_exit_codes": [2**70]}})
@example({"handler": COMMAND, "triggers": [{"type": "once", "at": "2026-12-24t18:00:00z"}]})
@example({"handler": COMMAND, "triggers": [{"type": "once", "at": 0}]})
@example({"handler": COMMAND, "triggers": [{"type": "cron", "expression": "61 * * * *"}]})
def test_what_is_read_at_once_is_what_the_walk_reads(document: dict[str, object]) -> None:
    assert at_once(document) in (None, walked(document))


@given(jobs)
def test_a_valid_document_without_dates_is_read_at_once(job: Job) -> None:
    has_dates = any(hasattr(one, "at") or getattr(one, "anchor", None) for one in job.triggers)
    assert at_once(dumped(job)) == (None if has_dates else walked(dumped(job)))
    assert walked(dumped(job)) is not None
