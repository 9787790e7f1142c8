"""What does a StatusNotifierItem offer to the panel?"""

from collections.abc import Callable, Sequence
from typing import Literal

from daybell.desktop.tray.objects import Answer, Interface, Method, Properties, Variant
from daybell.desktop.tray.pixmaps import Pixmap

ITEM = "org.kde.StatusNotifierItem"
ITEM_PATH = "/StatusNotifierItem"
MENU_PATH = "/MenuBar"

SIGNALS: dict[str, tuple[str, ...]] = {
    "NewIcon": (),
    "NewAttentionIcon": (),
    "NewTitle": (),
    "NewToolTip": (),
    "NewStatus": ("s",),
}

Status = Literal["Passive", "Active", "NeedsAttention"]
"""Passive: not shown. NeedsAttention: never hidden among the icons that a panel folds away."""


def item_interface(properties: Callable[[], Properties], activate: Callable[[], None]) -> Interface:
    """The menu is the way in (ItemIsMenu); `activate` is for panels that ask for more at a click.

    The middle button and the wheel do nothing: nobody aims with them.
    """

    def on_activate(_x: int, _y: int) -> Answer:
        activate()
        return ()

    methods = {
        "Activate": Method(("i", "i"), (), on_activate),
        "SecondaryActivate": Method(("i", "i"), (), ignore),
        "ContextMenu": Method(("i", "i"), (), ignore),
        "Scroll": Method(("i", "s"), (), ignore),
        "ProvideXdgActivationToken": Method(("s",), (), ignore),
    }
    return Interface(ITEM, methods, SIGNALS, properties)


def item_properties(name: str, tooltip: str, pixmaps: Sequence[Pixmap], status: Status) -> Properties:
    """All properties of the item, with their signatures."""
    no_pixmaps: Variant = ("a(iiay)", [])
    head, _, rest = tooltip.partition("\n")
    return {
        "Category": ("s", "ApplicationStatus"),
        "Id": ("s", name),
        "Title": ("s", name.capitalize()),
        "Status": ("s", status),
        "WindowId": ("i", 0),
        "IconName": ("s", ""),
        "IconThemePath": ("s", ""),
        "IconPixmap": ("a(iiay)", list(pixmaps)),
        "OverlayIconName": ("s", ""),
        "OverlayIconPixmap": no_pixmaps,
        "AttentionIconName": ("s", ""),
        # The same: it shows already what is wrong, and a job that runs meanwhile.
        "AttentionIconPixmap": ("a(iiay)", list(pixmaps)),
        "AttentionMovieName": ("s", ""),
        # For screen readers; GNOME writes an error into the journal where they are missing.
        "IconAccessibleDesc": ("s", head),
        "AttentionAccessibleDesc": ("s", head),
        # Panels read both texts as markup.
        "ToolTip": ("(sa(iiay)ss)", ("", [], escape_markup(head), escape_markup(rest))),
        "ItemIsMenu": ("b", True),
        "Menu": ("o", MENU_PATH),
    }


def escape_markup(text: str) -> str:
    """By hand: the standard library's would bring in its web client, 6 MB."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def ignore(*_: object) -> Answer:
    return ()
