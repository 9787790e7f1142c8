"""How does a browser learn an address that no list of processes may show? From a page that leads there."""

import os
from html import escape
from pathlib import Path

PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>Daybell</title>
<p><a href="{url}">Open Daybell</a></p>
"""


def write_opening_page(path: Path, url: str) -> None:
    """Readable by this person alone, in place of an older one. OSError."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # a crash may have left it
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as content:
        content.write(PAGE.format(url=escape(url)))
    beside.replace(path)
