"""What do the settings say, which of that holds already, and how are they edited?"""

import threading
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import asdict, replace

from daybell.core.documents import SETTINGS_SCHEMA
from daybell.core.edits import patched, replaced
from daybell.engine.editing import document
from daybell.engine.files import Change, Etags, SettingsFile
from daybell.model.errors import Conflict, InvalidDefinition, InvalidSettings
from daybell.model.settings import Settings
from daybell.model.status import Problem

Members = Mapping[str, object]

FILE = "settings.json"
NEW = f'{{\n  "$schema": "{SETTINGS_SCHEMA}",\n  "schema": 1\n}}\n'.encode()
"""The file that says nothing yet."""


class SettingsNow(Struct, frozen=True):
    """The settings as they are."""

    etag: str
    """Of the file's bytes; also where there is none."""
    definition: dict[str, object] | None
    """The object in the file; None where there is none."""
    settings: Settings | None
    """What the file means, with every default; None where it is not valid."""
    problems: tuple[Problem, ...]
    """What is wrong with the file."""
    restart_needed: bool
    """Something in it holds only from the next start on."""
    waiting: tuple[str, ...]
    """What that is, as in "retention.days"."""


class NoSettings:
    """The file of a Daybell that has none."""

    def content(self) -> bytes:
        return b""

    def read(self) -> Settings:
        return Settings()

    def edit(self, change: Change, expected: Etags = None) -> bytes:  # noqa: ARG002 - the port's shape
        raise Conflict("this Daybell has no settings file")


class Configuration:
    """Any thread. Some keys hold at once; the others wait for the next start, and are named."""

    def __init__(
        self, file: SettingsFile, held: Settings, hold: Callable[[Settings], None] = lambda _: None
    ) -> None:
        """`held` is what holds now; `hold` takes in what can change while Daybell runs."""
        self._file = file
        self._held = held
        self._hold = hold
        self._lock = threading.Lock()

    @property
    def held(self) -> Settings:
        """What holds now, whatever the file says meanwhile."""
        return self._held

    def now(self) -> SettingsNow:
        """DiskRefused."""
        file = document(self._file.content())
        try:
            settings = self._file.read()
        except InvalidSettings as refusal:
            return SettingsNow(file.etag, file.definition, None, refusal.problems, False, ())
        waiting = tuple(differing(self._held, settings))
        return SettingsNow(file.etag, file.definition, settings, (), bool(waiting), waiting)

    def patch(self, patch: Members, expected: Etags) -> SettingsNow:
        """As JSON Merge Patch has it; what can hold at once does when it returns.

        Changed, InvalidSettings, DiskRefused; NotRunning.
        """
        return self._edit(lambda before: patched(FILE, before or NEW, patch), expected)

    def replace(self, wanted: Members, expected: Etags) -> SettingsNow:
        """The file says this from now on: the only way to a null that means something. As `patch`."""
        return self._edit(lambda before: replaced(FILE, before or NEW, wanted, Settings), expected)

    def _edit(self, change: Change, expected: Etags) -> SettingsNow:
        with self._lock:
            try:
                self._file.edit(change, expected)
            except InvalidDefinition as refusal:
                raise InvalidSettings(refusal.problems) from None
            live = at_once(self._held, self._file.read())
            self._hold(live)
            self._held = live
        return self.now()


def at_once(held: Settings, wanted: Settings) -> Settings:
    """What holds without a restart: notices, leases, groups, patience at the end, the page's looks."""
    scheduler = wanted.scheduler
    groups, timeout = scheduler.groups, scheduler.shutdown_timeout
    kept = replace(held.scheduler, groups=groups, shutdown_timeout=timeout)
    return replace(
        held, scheduler=kept, notices=wanted.notices, awake=wanted.awake, dashboard=wanted.dashboard
    )


def differing(held: Settings, wanted: Settings) -> list[str]:
    """The keys whose values are not the same, as in "scheduler.enabled"."""
    return [
        f"{section}.{key}"
        for section in Settings.__struct_fields__
        if section != "schema"
        for key, value in asdict(getattr(wanted, section)).items()
        if value != getattr(getattr(held, section), key)
    ]
