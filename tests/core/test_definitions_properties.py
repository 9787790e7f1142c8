import json
from datetime import timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from builders import BERLIN, at, cron, every, once
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
