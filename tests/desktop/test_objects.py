"""How our objects on the bus answer calls, right ones and wrong ones."""

from xml.etree import ElementTree as ET

import pytest
from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, new_method_call

from daybell.desktop.tray.objects import Answer, BusObject, Interface, Method
from desktop.running import RunningTray
from tray_host import TrayHost

pytestmark = pytest.mark.desktop

MENU = "com.canonical.dbusmenu"
ITEM = "org.kde.StatusNotifierItem"
PROPERTIES = "org.freedesktop.DBus.Properties"

Call = tuple[str, str, str, tuple[object, ...]]
"""Path, member, signature and body."""


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (("/MenuBar", f"{MENU}.Explode", "", ()), "UnknownMethod"),
        (("/MenuBar", "org.example.Other.Ping", "", ()), "UnknownInterface"),
        (("/Elsewhere", f"{MENU}.GetLayout", "iias", (0, -1, [])), "UnknownObject"),
        (("/MenuBar", f"{MENU}.GetLayout", "s", ("0",)), "InvalidArgs"),
        (("/MenuBar", f"{MENU}.GetLayout", "iias", (4711, -1, [])), "InvalidArgs"),
        (("/MenuBar", f"{MENU}.GetProperty", "is", (0, "colour")), "InvalidArgs"),
        (("/StatusNotifierItem", f"{PROPERTIES}.Get", "ss", (ITEM, "Colour")), "UnknownProperty"),
        (("/StatusNotifierItem", f"{PROPERTIES}.GetAll", "s", ("org.example.Other",)), "UnknownInterface"),
        (("/StatusNotifierItem", f"{PROPERTIES}.Set", "ssv", (ITEM, "Id", ("s", "x"))), "PropertyReadOnly"),
    ],
)
def test_wrong_calls_are_answered_with_errors(
    host: TrayHost, running: RunningTray, call: Call, error: str
) -> None:
    host.wait_item()
    with pytest.raises(DBusErrorResponse) as raised:
        host.call(*call)
    assert raised.value.name == f"org.freedesktop.DBus.Error.{error}"


def test_a_call_that_fails_is_answered_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Answer:
        raise RuntimeError("a mistake")

    served = BusObject(Interface(ITEM, {"Fail": Method((), (), fail)}, {}, dict))
    reply = served.answer(new_method_call(DBusAddress("/x", ":1.1", ITEM), "Fail"))
    assert reply.header.fields[HeaderFields.error_name] == "org.freedesktop.DBus.Error.Failed"
    assert "a mistake" in caplog.text


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (("/MenuBar", f"{MENU}.AboutToShow", "i", (0,)), (False,)),
        (("/MenuBar", f"{MENU}.AboutToShowGroup", "ai", ([0, 4711],)), ([], [4711])),
        (("/MenuBar", f"{MENU}.GetProperty", "is", (0, "children-display")), (("s", "submenu"),)),
        (("/MenuBar", f"{MENU}.GetGroupProperties", "aias", ([0, 4711], ["label"])), ([(0, {})],)),
        (("/MenuBar", f"{PROPERTIES}.Get", "ss", (MENU, "Version")), (("u", 3),)),
        (("/StatusNotifierItem", f"{PROPERTIES}.Get", "ss", ("", "Id")), (("s", "daybell"),)),
        (("/StatusNotifierItem", f"{ITEM}.Activate", "ii", (1, 2)), ()),
        (("/StatusNotifierItem", f"{ITEM}.SecondaryActivate", "ii", (1, 2)), ()),
        (("/StatusNotifierItem", f"{ITEM}.Scroll", "is", (1, "vertical")), ()),
        (("/StatusNotifierItem", "Ping", "", ()), ()),
    ],
)
def test_panels_get_their_answers(host: TrayHost, running: RunningTray, call: Call, answer: object) -> None:
    host.wait_item()
    assert host.call(*call) == answer


def test_the_objects_describe_themselves(host: TrayHost, running: RunningTray) -> None:
    host.wait_item()
    (text,) = host.call("/MenuBar", "org.freedesktop.DBus.Introspectable.Introspect")
    interface = ET.fromstring(str(text)).find(f"interface[@name='{MENU}']")
    assert interface is not None
    assert [arg.attrib for arg in interface.iterfind("method[@name='AboutToShow']/arg")] == [
        {"type": "i", "direction": "in"},
        {"type": "b", "direction": "out"},
    ]
    assert interface.find("property[@name='Version'][@type='u'][@access='read']") is not None
    assert interface.find("signal[@name='LayoutUpdated']") is not None
