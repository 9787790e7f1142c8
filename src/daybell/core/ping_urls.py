"""Where may a ping go, and how does it say there what happened?"""

import re
from collections.abc import Iterator
from typing import Literal

from daybell.core.shapes import Remark

Signal = Literal["", "start", "fail"]
"""What a ping says, as Healthchecks has it; the bare address means success, or being alive."""
LONGEST = 2000
"""Characters; servers take some more."""
EXAMPLE = '"https://hc-ping.com/<uuid>"'
ADDRESS = re.compile(r"https?://(?P<authority>[^/?#]*)", re.IGNORECASE)
AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
PRINTABLE = re.compile(r"[!-~]*")
"""What an address consists of."""


def check_url(url: str) -> Iterator[Remark]:
    """What is wrong with it and what to write instead, without a piece of it: whoever has it can ping."""
    if message := _objection(url):
        yield "", message


def host_of(url: str) -> str:
    """Host and port of an address that `check_url` found nothing wrong with: all of it that is told."""
    found = ADDRESS.match(url)
    return found["authority"].lower() if found else ""


def signalled(url: str, signal: Signal, rid: str) -> str:
    """The address that says this of the run with this id, a UUID; what it has behind "?" stays there."""
    path, _, query = url.partition("?")
    path = f"{path.rstrip('/')}/{signal}" if signal else path
    return f"{path}?{query}&rid={rid}" if query else f"{path}?rid={rid}"


def _objection(url: str) -> str:
    if len(url) > LONGEST:
        return f"expected at most {LONGEST} characters, found {len(url)}"
    found = ADDRESS.match(url)
    if found is None:
        return f"expected an address that begins with https:// or http://, such as {EXAMPLE}"
    if not PRINTABLE.fullmatch(url):
        return "expected ASCII without blanks: copy it from a browser, which writes the others as %…"
    if "#" in url:
        return "expected no #: leave it out with what follows, no server is sent that"
    if "@" in found["authority"]:
        return "expected no name and password before the host: they would not be sent"
    return _objection_to(found["authority"])


def _objection_to(authority: str) -> str:
    found = AUTHORITY.fullmatch(authority)
    if found is None:
        return f"expected a host behind //, such as {EXAMPLE}"
    if found["port"] and not 0 < int(found["port"]) < 1 << 16:
        return f"expected a port from 1 to 65535, found {found['port']}"
    return ""
