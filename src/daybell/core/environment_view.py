"""What is there to show of a job's environment, beside the login shell's and Daybell's own?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.core.drift import UNTOLD, is_harmless, legible
from daybell.core.references import REFERENCE

Origin = Literal["login_shell", "app", "job", "secret", "nobody"]
"""Whom the job has it from."""


class Known(Struct, frozen=True):
    """Where environments come from, at one moment."""

    own: Mapping[str, str]
    """Daybell's."""
    login: Mapping[str, str] | None
    """The login shell's; None where it has not answered."""
    base: Mapping[str, str]
    """What all jobs get."""
    shell: str = ""
    word: str = ""
    """Why the login shell's is not there, or not as it should be; empty where all is well."""
    asked: datetime | None = None
    """When the login shell's was had."""


class Variable(Struct, frozen=True):
    """One name. Values that may be secret are "…"; None: it is not there."""

    name: str
    job: str | None
    login_shell: str | None
    app: str | None
    origin: Origin
    differs: bool
    """Not all of these are the same."""


class EnvironmentView(Struct, frozen=True):
    """Of one job, or what all have in common."""

    source: Literal["login_shell", "app"]
    shell: str
    word: str
    asked: datetime | None
    job_id: str | None
    variables: tuple[Variable, ...]


def view(known: Known, job_id: str | None = None, added: Mapping[str, str] | None = None) -> EnvironmentView:
    """`added` is what the job's own definition says."""
    added = added or {}
    job = {**known.base, **added}
    names = sorted({*known.own, *(known.login or {}), *job})
    return EnvironmentView(
        source="app" if known.login is None else "login_shell",
        shell=known.shell,
        word=known.word,
        asked=known.asked,
        job_id=job_id,
        variables=tuple(_variable(name, known, job, added) for name in names),
    )


def _variable(name: str, known: Known, job: Mapping[str, str], added: Mapping[str, str]) -> Variable:
    login = known.login
    values = [job.get(name), known.own.get(name), *([] if login is None else [login.get(name)])]
    return Variable(
        name=legible(name),
        job=_shown(name, job),
        login_shell=_shown(name, login or {}),
        app=_shown(name, known.own),
        origin=_origin(name, known, job, added),
        differs=len(set(values)) > 1,
    )


def _origin(name: str, known: Known, job: Mapping[str, str], added: Mapping[str, str]) -> Origin:
    if name in added:
        return "secret" if added[name].startswith(REFERENCE) else "job"
    if name not in job:
        return "nobody"
    return "app" if known.login is None or name not in known.login else "login_shell"


def _shown(name: str, environ: Mapping[str, str]) -> str | None:
    if name not in environ:
        return None
    return legible(environ[name]) if is_harmless(name) else UNTOLD
