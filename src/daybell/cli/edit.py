"""`edit`: the job's definition in the person's editor. What was written is never lost without a word."""

import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from daybell.api.client import ApiError, Client, Json
from daybell.api.shapes import ProblemShape
from daybell.cli.asking import app, job_path
from daybell.cli.failure import Exit, Failure
from daybell.cli.prospect import prospect, runs_line, warning_lines
from daybell.cli.terminal import Terminal

EDITORS = ("sensible-editor", "nano", "vi")
"""Where nobody has said which."""
AGAIN = "[e]dit again, [k]eep your text in a file or [d]rop it?"
BESIDE = "[e]dit again, [o]verwrite the other one, [k]eep both in files or [d]rop yours?"


class FileAnswer(TypedDict):
    """A job's file, and its state."""

    definition: dict[str, Json] | None
    etag: str


class Dropped(Exception):
    """The person does not want the text any more."""


class Draft(NamedTuple):
    """A copy of the definition that is being edited."""

    job_id: str
    path: Path
    client: Client
    terminal: Terminal

    @property
    def theirs(self) -> Path:
        """Where the other version is put, if somebody else has written one."""
        return self.path.with_name(f"{self.job_id}.theirs.json")


def edit(args: Namespace, terminal: Terminal) -> int:
    if terminal.answers is None:
        raise Failure(
            "`daybell edit` needs a terminal; edit the file that `daybell show` names, or use the API",
            Exit.USAGE,
        )
    with app(terminal, about=args.job) as client:
        file = _file(client, args.job)
        if file["definition"] is None:
            path = terminal.directories.jobs / f"{args.job}.json"
            raise Failure(f"{path} holds no JSON object: mend the file itself", Exit.INVALID)
        text = _text(file["definition"])
        with suppress(Dropped), _draft(args.job, text, client, terminal) as draft:
            _edit(draft, file["etag"])
        if args.json:
            terminal.print_json(cast("Json", _file(client, args.job)))
    return Exit.OK


def _edit(draft: Draft, etag: str) -> None:
    """Until it is written, or left alone."""
    before = draft.path.read_bytes()
    current: str | None = etag
    while current is not None:
        open_editor(draft.path, draft.terminal)
        if draft.path.read_bytes() == before:
            draft.terminal.say("nothing was changed")
            raise Dropped
        wanted = _judged(draft)
        if wanted is None:
            _ask(draft, AGAIN, Exit.INVALID)
        else:
            current = _written(draft, wanted, current)


def _written(draft: Draft, wanted: dict[str, Json], etag: str) -> str | None:
    """None once it is; else what stands there now, and the person wants to look again."""
    try:
        draft.client.put(job_path(draft.job_id), wanted, etag)
    except ApiError as error:
        if error.problems:
            _show(draft, [cast("ProblemShape", one) for one in error.problems])
            _ask(draft, AGAIN, Exit.INVALID)
            return etag
        if error.status != 412:
            raise
        other = _file(draft.client, draft.job_id)
        draft.theirs.write_text(_text(other["definition"] or {}), "utf-8")
        draft.terminal.say(f"{draft.job_id}.json was changed meanwhile by somebody else: see {draft.theirs}")
        is_again = _ask(draft, BESIDE, Exit.CONFLICT) == "e"
        return other["etag"] if is_again else _written(draft, wanted, other["etag"])
    found = prospect(draft.client, draft.job_id, wanted)
    when = f" ({found['description']}); {runs_line(found, draft.job_id, draft.terminal)}"
    draft.terminal.say("\n".join([f"changed {draft.job_id}{when}", *warning_lines(found)]))
    return None


def _ask(draft: Draft, question: str, left: Exit) -> str:
    """One of the letters that the question names; to keep and to drop end the command."""
    while True:
        answer = draft.terminal.ask(question)[:1] or "k"
        if answer == "d":
            draft.terminal.say("dropped; the job is as it was")
            raise Dropped
        if answer == "k":
            raise Failure(f"{draft.job_id} is as it was", left)
        if f"[{answer}]" in question:
            return answer


def _judged(draft: Draft) -> dict[str, Json] | None:
    """What the text says; None after it was told what is wrong with it."""
    from daybell.core.documents import load  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.model.errors import InvalidDefinition  # noqa: PLC0415 - as above

    try:
        wanted = cast("dict[str, Json]", load("", draft.path.read_bytes()))
    except InvalidDefinition as refusal:
        _show(draft, [{"file": "", "field": one.field, "message": one.message} for one in refusal.problems])
        return None
    found = prospect(draft.client, draft.job_id, {**wanted, "id": draft.job_id})
    _show(draft, found["problems"])
    return None if found["problems"] else wanted


def _show(draft: Draft, problems: list[ProblemShape]) -> None:
    """Each at its line."""
    draft.terminal.say("\n".join(pointed(draft.path.read_text("utf-8", "replace"), problems)))


def pointed(text: str, problems: list[ProblemShape]) -> list[str]:
    """What is wrong, and the line of the text that it is about; broken JSON says its line itself."""
    from daybell.core.places import line_of  # noqa: PLC0415 - only after a mistake

    lines: list[str] = []
    for one in problems:
        if not one["field"]:
            lines.append(one["message"])
            continue
        number = line_of(text, one["field"])
        lines += [
            f"line {number}: {one['field']}: {one['message']}",
            f"{number:>5} | {text.splitlines()[number - 1]}",
        ]
    return lines


def open_editor(path: Path, terminal: Terminal) -> None:
    """Returns when the person has closed it. Failure where there is none, or where it fails."""
    import subprocess  # noqa: PLC0415 - no other command needs it

    command = editor(terminal.environ, sys.platform)
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own choice
    except OSError as error:
        raise Failure(f"cannot start {command[0]}: {error.strerror}; set $EDITOR to your editor") from error
    if done.returncode:
        raise Failure(f"{command[0]} ended with exit code {done.returncode}: nothing was changed")


def editor(environ: Mapping[str, str], platform: str) -> list[str]:
    """$VISUAL or $EDITOR, which may have arguments; else what the system has."""
    import shlex  # noqa: PLC0415 - no other command needs it

    chosen = environ.get("VISUAL") or environ.get("EDITOR")
    if chosen:
        return shlex.split(chosen, posix=platform != "win32")
    if platform == "win32":
        return ["notepad"]
    found = next(filter(shutil.which, EDITORS), None)
    if found is None:
        raise Failure("there is no editor: set $EDITOR to yours")
    return [found]


@contextmanager
def _draft(job_id: str, text: str, client: Client, terminal: Terminal) -> Iterator[Draft]:
    """In a directory that only this person can read; it stays, and is named, if the edit did not succeed."""
    import tempfile  # noqa: PLC0415 - no other command needs it

    directory = Path(tempfile.mkdtemp(prefix="daybell-edit-"))
    draft = Draft(job_id, directory / f"{job_id}.json", client, terminal)
    draft.path.write_text(text, "utf-8")
    try:
        yield draft
    except BaseException as end:
        if isinstance(end, Dropped) or draft.path.read_text("utf-8", "replace") == text:
            shutil.rmtree(directory)
        else:
            terminal.say(f"your text is kept in {draft.path}")
        raise
    shutil.rmtree(directory)


def _file(client: Client, job_id: str) -> FileAnswer:
    return cast("FileAnswer", client.get(job_path(job_id)))


def _text(definition: Mapping[str, Json]) -> str:
    """As the file itself is written."""
    from daybell.core.documents import dump  # noqa: PLC0415 - commands that ask the app start faster

    return dump(definition).decode()
