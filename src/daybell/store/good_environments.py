"""Which environment did each job last succeed with? Traces of it, and no values but harmless ones."""

import logging
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.core.drift import Traces, traces
from daybell.store.atomic import replace_file

log = logging.getLogger(__name__)

SCHEMA = 1
SALT = 16


class Kept(Struct, frozen=True):
    """The file. What is damaged or of a later Daybell is begun anew: nothing depends on it but a remark."""

    schema: int
    salt: bytes
    """Of the digests."""
    environments: tuple[dict[str, str], ...]
    """Each once, however many jobs have had it."""
    jobs: dict[str, int]
    """The place of each job's environment among them."""


class GoodEnvironments:
    """For any thread. It is read when first asked, and written by `save` alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._kept: Kept | None = None
        self._last: tuple[Mapping[str, str], Traces] | None = None
        """Of the environment that was asked for last, which mostly is the next one's, too."""
        self._is_saved = True

    def remember(self, job_id: str, environ: Mapping[str, str]) -> None:
        """The job has succeeded with it."""
        with self._lock:
            kept, now = self._read(), self._traces(environ)
            place = kept.jobs.get(job_id)
            if place is not None and kept.environments[place] == now:
                return
            known = kept.environments
            if now not in known:
                known = (*known, dict(now))
            self._kept = Kept(SCHEMA, kept.salt, known, kept.jobs | {job_id: known.index(dict(now))})
            self._is_saved = False

    def compared(self, job_id: str, environ: Mapping[str, str]) -> tuple[Traces, Traces] | None:
        """What it last succeeded with, and this; None where it never has."""
        with self._lock:
            kept = self._read()
            place = kept.jobs.get(job_id)
            return None if place is None else (kept.environments[place], self._traces(environ))

    def save(self) -> None:
        """Write what is new since; what cannot be written is tried again the next time."""
        with self._lock:
            if self._is_saved or self._kept is None:
                return
            kept = self._kept = _tidy(self._kept)
            self._is_saved = True
        try:
            replace_file(self._file, msgspec.json.encode(kept))
        except OSError as error:
            log.debug("%s cannot be written: %s", self._file, error)
            self._is_saved = False

    def _read(self) -> Kept:
        if self._kept is None:
            self._kept = _kept(self._file) or Kept(SCHEMA, secrets.token_bytes(SALT), (), {})
        return self._kept

    def _traces(self, environ: Mapping[str, str]) -> Traces:
        if self._last is None or self._last[0] is not environ:
            self._last = environ, traces(environ, self._read().salt)
        return self._last[1]


def _kept(file: Path) -> Kept | None:
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    is_whole = all(0 <= place < len(kept.environments) for place in kept.jobs.values())
    return kept if kept.schema == SCHEMA and is_whole and 0 < len(kept.salt) <= 64 else None


def _tidy(kept: Kept) -> Kept:
    """Without the environments that no job has had last."""
    places = sorted(set(kept.jobs.values()))
    if len(places) == len(kept.environments):
        return kept
    moved = {place: number for number, place in enumerate(places)}
    return Kept(
        SCHEMA,
        kept.salt,
        tuple(kept.environments[place] for place in places),
        {job_id: moved[place] for job_id, place in kept.jobs.items()},
    )
