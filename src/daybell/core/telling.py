"""What of an event do programs hear? Each key of a run, and nothing that is only Daybell's business."""

from msgspec.structs import asdict, replace

from daybell.model.events import AnyEvent
from daybell.model.run import Run

UNTOLD = frozenset({"definition", "process"})
"""A definition may hold what is secret, and how a process is recognised concerns nobody."""


def tag_of(event: AnyEvent) -> str:
    """What happened, in a word: "run_finished"."""
    return str(event.__struct_config__.tag)


def told(event: AnyEvent) -> dict[str, object]:
    """Its members; those of its run are all there, whatever they are."""
    members = {name: value for name, value in asdict(event).items() if name not in UNTOLD}
    run = members.get("run")
    return {**members, "run": told_run(run)} if isinstance(run, Run) else members


def told_run(run: Run) -> dict[str, object]:
    """How many instants a gap stands for is counted when somebody asks for its run, and not before."""
    return asdict(run if run.due_to is None else replace(run, count=None))
