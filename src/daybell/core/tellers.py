"""Who tells of the machine's surroundings, and what does it cost jobs where nobody does?"""

from collections.abc import Iterator, Mapping

from daybell.core.findings import Finding

NOBODY = "nobody: "
"""How a source begins that is none; then comes why."""
SUBJECTS = {"power": "mains and battery", "network": "the network", "idle": "who is at the keyboard"}
COSTS = {
    "power": "The condition `power` counts as met; upower tells of it.",
    "network": "The condition `network` counts as met, and one on `wifi` as not; NetworkManager tells of it.",
    "idle": "The condition `idle` counts as met; a session of logind tells of it.",
}


def tellers(sources: Mapping[str, str]) -> Iterator[Finding]:
    """`sources` are who tells of "power", "network" and "idle", in words."""
    told = {name: source for name, source in sources.items() if name in SUBJECTS}
    known = [f"{SUBJECTS[name]} ({source})" for name, source in told.items() if not is_nobody(source)]
    if known:
        yield Finding("machine", "ok", f"known are {', '.join(known)}")
    for name, source in told.items():
        if is_nobody(source):
            message = f"nobody tells of {SUBJECTS[name]}: {source.removeprefix(NOBODY)}"
            yield Finding("machine", "note", message, COSTS[name])


def is_nobody(source: str) -> bool:
    return source.startswith(NOBODY)
