"""Is it quiet now, and until when?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from daybell.core import zones
from daybell.model.settings import QuietHours

DAY = timedelta(days=1)


def quiet_until(hours: QuietHours | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant, later than now, at which these quiet hours end; None when it is not quiet now."""
    local = now.astimezone(zone)
    if hours is None or not _is_inside(hours, local):
        return None
    date = local.date() if local.time() < hours.end else local.date() + DAY
    end = datetime.combine(date, hours.end)
    first = zones.instant(end, zone)
    # In the night in which an hour comes twice, the first end may be over.
    return first if first > now else end.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _is_inside(hours: QuietHours, local: datetime) -> bool:
    wall = local.time()
    if hours.start < hours.end:
        return hours.start <= wall < hours.end
    return wall >= hours.start or wall < hours.end
