"""The names that the API's page tells to those who watch are those that Daybell uses."""

import re
from pathlib import Path
from typing import get_args

from builders import a_run, no_statistics
from daybell.api.events import CHANGED
from daybell.core.figures import Figures
from daybell.core.metrics import Measured, Process, families
from daybell.model.events import AnyEvent
from daybell.model.status import SchedulerStatus, Status

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
WATCHING = PAGE[PAGE.index("## Watching") :]


def test_each_figure_is_described_and_no_other() -> None:
    scheduler = SchedulerStatus(
        state="running", started=None, version="1", home="/", pid=1, stats=no_statistics()
    )
    status = Status(scheduler=scheduler, jobs=(), problems=())
    measured = Measured(status, (a_run(),), Figures(), {}, Process(1.0, None))
    told = {family.name for family in families(measured)}
    assert set(re.findall(r"`((?:daybell|process)_\w+)`", WATCHING)) == told


def test_each_event_it_names_exists() -> None:
    events = WATCHING[WATCHING.index("### Events") : WATCHING.index("### The line of time")]
    tags = {str(event.__struct_config__.tag) for event in get_args(AnyEvent)}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", events))
    assert named - tags == {"id", "event", "data", "run", CHANGED, "hello", "reset", "last_event_id"}
