"""How does a notice look in the words of the Desktop Notifications Specification?"""

from daybell.desktop.notices.interface import DEFAULT, Button, Notice
from daybell.desktop.notices.picture import picture_path
from daybell.desktop.notices.text import body_text, escape_markup, label_text, title_text

NOTIFY_SIGNATURE = "susssasa{sv}i"
URGENCIES = {"low": 0, "normal": 1, "critical": 2}
SERVICE_DECIDES = -1
"""How long it stays on the screen."""
# With a label, some desktops draw a button for it.
CLICK = Button(DEFAULT, "")

NotifyBody = tuple[str, int, str, str, str, list[str], dict[str, tuple[str, object]], int]


def notify_body(notice: Notice, capabilities: frozenset[str], replaces: int = 0) -> NotifyBody:
    """What Notify takes, from a service that can do this; `replaces` is the number of the older notice."""
    body = body_text(notice.body)
    hints: dict[str, tuple[str, object]] = {
        "urgency": ("y", URGENCIES[notice.urgency]),
        "desktop-entry": ("s", "daybell"),
    }
    return (
        "Daybell",
        replaces,
        picture_path(notice.icon).as_uri(),
        title_text(notice.title),
        escape_markup(body) if "body-markup" in capabilities else body,
        actions(notice.buttons) if "actions" in capabilities else [],
        hints,
        SERVICE_DECIDES,
    )


def actions(buttons: tuple[Button, ...]) -> list[str]:
    """Key, label, key, label …; none without buttons, since a click would only promise something."""
    if not buttons:
        return []
    has_default = any(button.key == DEFAULT for button in buttons)
    named = buttons if has_default else (CLICK, *buttons)
    return [text for button in named for text in (button.key, label_text(button.label))]
