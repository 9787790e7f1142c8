"""How do things stand by the files, while Daybell does not run? Nothing is written, no lock is taken."""

import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec import Struct

from daybell.core.definitions import parse_job
from daybell.core.describe import describe
from daybell.core.schedule import Calendar, digest, is_completed, next_due
from daybell.core.standing import Standing, invalid_status, job_status
from daybell.engine.records import Records
from daybell.engine.registry import JobRegistry, Snapshot, Whole
from daybell.engine.state import EngineConfig
from daybell.model.errors import InvalidDefinition
from daybell.model.events import Numbered
from daybell.model.job import Job
from daybell.model.record import Checkpoint, JobRecord
from daybell.model.run import AUTOMATIC
from daybell.model.status import Problem, Statistics
from daybell.store.checkpoint import decode
from daybell.store.directories import Directories
from daybell.store.lines import unseal_batches
from daybell.store.snapshot import ledger_of


class Still(Struct, frozen=True):
    """A home at rest."""

    registry: JobRegistry
    jobs: Mapping[str, Job]
    """By id, those that are valid."""


def still(home: Directories, config: EngineConfig, now: datetime) -> Still:
    """As its files say. DaybellError where they do not fit each other; OSError."""
    records, jobs, snapshots = records_of(home), dict[str, Job](), list[Snapshot]()
    problems: list[Problem] = []
    for path in sorted(home.jobs.glob("[!.]*.json")):
        try:
            job = parse_job(path.stem, path.name, path.read_bytes(), config.zone)
        except InvalidDefinition as refusal:
            problems += refusal.problems
            snapshots.append(Snapshot(invalid_status(path.stem), None))
        except OSError as error:
            problems.append(Problem(path.name, "", f"cannot be read: {error.strerror}"))
            snapshots.append(Snapshot(invalid_status(path.stem), None))
        else:
            jobs[job.id] = job
            snapshots.append(_snapshot(job, records, config, now))
    registry = JobRegistry()
    whole = Whole("stopped", config.zone, Statistics(since=now), absence=records.absence)
    open_runs = tuple(one.run for one in records.open_runs.values())
    registry.publish(snapshots, (), open_runs, tuple(problems), whole)
    return Still(registry, jobs)


def records_of(home: Directories) -> Records:
    """The fold of all events. DaybellError, OSError."""
    ledger = ledger_of(home)
    base = decode(ledger.checkpoint) if ledger.checkpoint else Checkpoint()
    records = Records()
    records.restore(base)
    bodies = (body for _, body in unseal_batches(io.BytesIO(ledger.journal)))
    for numbered in _events(body for body in bodies if body is not None):
        if numbered.number > base.number:
            records.apply(numbered.event)
    return records


def _events(bodies: Iterable[bytes]) -> Iterable[Numbered]:
    decoder = msgspec.json.Decoder(Numbered)
    for body in bodies:
        with suppress(msgspec.ValidationError):  # of a newer Daybell
            yield decoder.decode(body)


def _snapshot(job: Job, records: Records, config: EngineConfig, now: datetime) -> Snapshot:
    """What is due before now was missed, and the next start decides about it."""
    new = JobRecord(job_id=job.id, digest=digest(job), since=now, cursor=now)
    record = records.jobs.get(job.id, new)
    if record.digest != new.digest:
        record = msgspec.structs.replace(record, since=now, cursor=now)
    left = None
    if job.max_runs is not None:
        under_way = sum(one.run.cause in AUTOMATIC for one in records.open_of(job.id))
        left = max(0, job.max_runs - record.automatic_count - under_way)
    calendar = Calendar(config.zone, record.since, left)
    is_paused = records.all_paused or record.is_paused
    coming = next_due(job, max(now, record.cursor), calendar)
    due = None if is_paused or not config.is_enabled else coming
    incident = records.incidents.get(job.id)
    standing = Standing(
        job=job,
        record=record,
        open_runs=records.open_of(job.id),
        is_paused=is_paused,
        next_due=due,
        is_completed=coming is None and is_completed(job, record.cursor, calendar),
        snoozed_until=incident.snoozed_until if incident else None,
        schedule=describe(job),
    )
    return Snapshot(job_status(standing, config.zone), calendar, due)
