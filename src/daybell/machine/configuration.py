"""What do the settings mean on this machine, for this person?"""

import os
import platform
from importlib.metadata import version
from zoneinfo import ZoneInfo

from daybell.core.zones import LOCAL, zone
from daybell.engine.state import EngineConfig
from daybell.machine.identity import machine_and_user
from daybell.model.settings import SchedulerConfig, Settings


def engine_config(settings: Settings, machine: ZoneInfo) -> EngineConfig:
    """`machine` is its own zone. InvalidTimezone."""
    scheduler = settings.scheduler
    return EngineConfig(
        zone=zone(scheduler.default_timezone, machine),
        slots=_slots(scheduler),
        shutdown_timeout=scheduler.shutdown_timeout,
        version=version("daybell"),
        notices=settings.notices,
        is_enabled=scheduler.enabled,
        groups=scheduler.groups,
        follows_machine=scheduler.default_timezone == LOCAL,
        seed=machine_and_user(),
        host=platform.node(),
    )


def _slots(scheduler: SchedulerConfig) -> int:
    return scheduler.max_concurrent_runs or max(4, 2 * (os.cpu_count() or 1))
