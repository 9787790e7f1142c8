"""Where is the last checkpoint, and can it be trusted? Two copies, each with a checksum."""

from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.record import Checkpoint
from daybell.store.atomic import keep, replace_file
from daybell.store.envelope import Damaged, TooNew, seal, unseal

SCHEMA = 1


class Reading(Struct, frozen=True):
    """What the two copies gave."""

    checkpoint: Checkpoint | None
    """None where none was ever made, or none can be trusted."""
    note: str = ""
    """What was damaged, and what was done about it."""
    refusal: str = ""
    """Why nothing may be written over them; only a person can decide then."""
    is_lost: bool = False
    """Both are damaged. Whoever can do without puts them aside, and goes on."""


class CheckpointFile:
    """`state.json` and its backup, which is the checkpoint before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._backup = path.with_name(f"{path.name}.bak")

    def read(self, aside: str) -> Reading:
        """A damaged copy is not an absent one: it gets this ending, and the other one its place. OSError."""
        try:
            return self._read(aside)
        except TooNew as error:
            return Reading(
                None,
                refusal=f"{error}: install that version again, or put {self._path.name} and its backup aside",
            )

    def write(self, checkpoint: Checkpoint) -> None:
        """Durable when it returns. OSError."""
        replace_file(self._path, seal(SCHEMA, msgspec.json.encode(checkpoint)), self._backup)

    def put_aside(self, aside: str) -> None:
        """OSError."""
        for path in (self._path, self._backup):
            if path.exists():
                path.replace(path.with_name(f"{path.name}.{aside}"))

    def _read(self, aside: str) -> Reading:
        unreadable: OSError | None = None
        is_absent = False
        try:
            return Reading(decode(self._path.read_bytes()))
        except FileNotFoundError:
            problem, is_absent = "it was missing", True
        except Damaged as error:
            problem = f"it was damaged ({error})"
        except OSError as error:
            problem, unreadable = f"it could not be read ({error.strerror})", error
        try:
            checkpoint = decode(self._backup.read_bytes())
        except (FileNotFoundError, Damaged) as error:
            if unreadable is not None:
                raise unreadable from error
            is_new = is_absent and isinstance(error, FileNotFoundError)
            return Reading(None) if is_new else self._lost(problem)
        if not is_absent:
            self._path.replace(self._path.with_name(f"{self._path.name}.{aside}"))
            problem += f" and is kept as {self._path.name}.{aside}"
        keep(self._backup, self._path)
        return Reading(checkpoint, note=f"{problem}; its backup took its place")

    def _lost(self, problem: str) -> Reading:
        return Reading(None, note=f"{problem}, and so was its backup", is_lost=True)


def decode(content: bytes) -> Checkpoint:
    try:
        return msgspec.json.decode(unseal(content, SCHEMA), type=Checkpoint)
    except msgspec.ValidationError as error:
        raise Damaged(str(error)) from error
