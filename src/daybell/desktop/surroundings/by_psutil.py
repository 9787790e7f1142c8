"""How full is the battery, as psutil tells it on every system?"""

import psutil


def battery() -> tuple[float | None, bool | None]:
    """In percent, and whether the machine is on mains; None where there is no battery or nobody can tell."""
    try:
        found = psutil.sensors_battery()
    except (OSError, RuntimeError, ValueError):
        return None, None
    return (None, None) if found is None else (found.percent, found.power_plugged)
