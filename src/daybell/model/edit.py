"""An edit: what a job was defined as from some time on."""

from datetime import datetime

from msgspec import Struct


class Edit(Struct, frozen=True):
    """A definition with which a job ran, or would run now."""

    digest: str
    """Tells it from any other; a run names it as `definition`."""
    since: datetime | None
    """When the first run with it began; None where none has, or where nobody has written that down."""
    definition: dict[str, object]
    """As a job file has it."""
