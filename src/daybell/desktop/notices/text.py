"""Which text may stand in a notice?"""

from daybell.core.views import one_line

TITLE_LENGTH = 100
BODY_LENGTH = 1000
LABEL_LENGTH = 40
"""Characters. Desktops show less; what is far beyond only costs them time."""

MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def title_text(text: str) -> str:
    """One line without control and direction characters, and never empty."""
    return one_line(text, TITLE_LENGTH) or "Daybell"


def body_text(text: str) -> str:
    """Lines as they are, but without control and direction characters."""
    lines = "\n".join(one_line(line, BODY_LENGTH) for line in text.splitlines()).strip("\n")
    return lines if len(lines) <= BODY_LENGTH else lines[: BODY_LENGTH - 1].rstrip() + "…"


def label_text(text: str) -> str:
    return one_line(text, LABEL_LENGTH)


def escape_markup(text: str) -> str:
    """For a service that reads <b> and &amp; in a body: it then shows the text as it is."""
    return text.translate(MARKUP)
