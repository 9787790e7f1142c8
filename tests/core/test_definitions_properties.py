import json
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from builders import BERLIN
from core.job_documents import COMMAND, WORDS, almost_jobs, documents, dumped, jobs
from daybell.core import definitions, shapes
from daybell.core.definitions import dump_job, parse_job
from daybell.model.errors import InvalidDefinition
from daybell.model.job import Job
from daybell.model.status import Problem


@given(jobs)
def test_what_is_written_is_read_again(job: Job) -> None:
    assert parse_job(job.id, f"{job.id}.json", dump_job(job), BERLIN) == job


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
    with suppress(InvalidDefinition):  # fifty problems are enough
        value = walk.members(document, shapes._outline(Job), "", {"id": "backup"})
        return value if isinstance(value, Job) else None
    return None


def at_once(document: dict[str, object]) -> Job | None:
    return shapes._at_once(document, Job, RULES, {"id": "backup"})


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
    has_dates = job.start or any(hasattr(one, "at") or getattr(one, "anchor", None) for one in job.triggers)
    assert at_once(dumped(job)) == (None if has_dates else walked(dumped(job)))
    assert walked(dumped(job)) is not None
