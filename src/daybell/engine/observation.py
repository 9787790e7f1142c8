"""What may those ask who only watch? How all of it is, its figures, its past and its future."""

from daybell.engine.bus import Bus
from daybell.engine.edits import Edits
from daybell.engine.health import scheduler_checks
from daybell.engine.mailbox import Mailbox
from daybell.engine.meter import Meter
from daybell.engine.open_incidents import OpenIncidents
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.ports import Ledger
from daybell.engine.recent import RecentRuns
from daybell.engine.registry import JobRegistry
from daybell.engine.timeline import Timelines


class Observation:
    """For readers on any thread."""

    def __init__(
        self,
        registry: JobRegistry,
        past: Past,
        outlook: Outlook,
        timelines: Timelines,
        *,
        mailbox: Mailbox,
        bus: Bus,
        ledger: Ledger,
    ) -> None:
        self.timelines = timelines
        self.recent = RecentRuns(registry, past)
        self.incidents = OpenIncidents(registry)
        self.edits = Edits(registry, past, outlook)
        self.health = scheduler_checks(mailbox, bus, registry, ledger)
        """Whoever builds a part that is not the scheduler's adds its own check."""
        self.meter = Meter()
        bus.subscribe(self.meter.hear)
