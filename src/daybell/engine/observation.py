"""What may those ask who only watch? How all of it is, its figures, and its past and future as one line."""

from daybell.engine.bus import Bus
from daybell.engine.health import scheduler_checks
from daybell.engine.mailbox import Mailbox
from daybell.engine.meter import Meter
from daybell.engine.ports import Ledger
from daybell.engine.timeline import Timelines


class Observation:
    """For readers on any thread."""

    def __init__(self, mailbox: Mailbox, bus: Bus, ledger: Ledger, timelines: Timelines) -> None:
        self.timelines = timelines
        self.health = scheduler_checks(mailbox, bus, timelines.registry, ledger)
        """Whoever builds a part that is not the scheduler's adds its own check."""
        self.meter = Meter()
        bus.subscribe(self.meter.hear)
