"""What the events of a ledger come to."""

from collections.abc import Iterable

from daybell.engine.records import Records
from daybell.model.events import Numbered


def folded(events: Iterable[Numbered]) -> Records:
    """Of a home that was new before the first of them."""
    records = Records()
    for one in events:
        records.apply(one.event)
    return records
