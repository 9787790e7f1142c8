"""How do our objects on the bus answer calls, right ones and wrong ones?"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from jeepney import HeaderFields, Message, new_error, new_method_return
from msgspec import Struct

log = logging.getLogger(__name__)

Variant: TypeAlias = tuple[str, object]
"""A signature and a value."""
Properties: TypeAlias = Mapping[str, Variant]
Answer: TypeAlias = tuple[object, ...]

ERROR = "org.freedesktop.DBus.Error"
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
PEER = "org.freedesktop.DBus.Peer"


class CallError(Exception):
    """A call that is answered with an error of this name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = f"{ERROR}.{name}"


class Method(Struct, frozen=True):
    """A method: the complete types it takes and gives, and what it does."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    call: Callable[..., Answer]


class Interface(Struct, frozen=True):
    """What an object offers under one interface name."""

    name: str
    methods: Mapping[str, Method]
    signals: Mapping[str, tuple[str, ...]]
    properties: Callable[[], Properties]
    """Read-only; asked anew for each call."""


class BusObject:
    """One object with one interface of its own, and the three that every object has."""

    def __init__(self, interface: Interface) -> None:
        self._own = interface
        self._interfaces = {each.name: each for each in (interface, *self._common())}

    def answer(self, message: Message) -> Message:
        """The reply to a method call: its return, or an error."""
        try:
            method = self._find(message)
            return new_method_return(message, "".join(method.gives) or None, method.call(*message.body))
        except CallError as error:
            return new_error(message, error.name, "s", (str(error),))
        except Exception:  # a mistake of ours; a panel that gets no answer waits for half a minute
            log.exception("a panel's call could not be answered")
            return new_error(message, f"{ERROR}.Failed", "s", ("Daybell could not answer this",))

    def _find(self, message: Message) -> Method:
        fields = message.header.fields
        name, member = fields.get(HeaderFields.interface), fields[HeaderFields.member]
        if name is not None and name not in self._interfaces:
            raise CallError("UnknownInterface", f"there is no interface {name}")
        interfaces = [self._interfaces[name]] if name else self._interfaces.values()
        method = next((each.methods[member] for each in interfaces if member in each.methods), None)
        if method is None:
            raise CallError("UnknownMethod", f"there is no method {member}")
        if fields.get(HeaderFields.signature, "") != "".join(method.takes):
            raise CallError("InvalidArgs", f"{member} takes ({', '.join(method.takes)})")
        return method

    def _common(self) -> tuple[Interface, ...]:
        properties = {
            "Get": Method(("s", "s"), ("v",), lambda interface, name: (self._get(interface, name),)),
            "GetAll": Method(("s",), ("a{sv}",), lambda interface: (self._get_all(interface),)),
            "Set": Method(("s", "s", "v"), (), self._set),
        }
        introspectable = {"Introspect": Method((), ("s",), lambda: (describe(self._interfaces.values()),))}
        return (
            Interface(PROPERTIES, properties, {}, dict),
            Interface(INTROSPECTABLE, introspectable, {}, dict),
            Interface(PEER, {"Ping": Method((), (), lambda: ())}, {}, dict),
        )

    def _get_all(self, interface: str) -> Properties:
        if interface not in self._interfaces:
            raise CallError("UnknownInterface", f"there is no interface {interface}")
        return self._interfaces[interface].properties()

    def _get(self, interface: str, name: str) -> Variant:
        # An empty interface name means any.
        found = self._get_all(interface or self._own.name).get(name)
        if found is None:
            raise CallError("UnknownProperty", f"there is no property {name}")
        return found

    def _set(self, interface: str, name: str, _value: Variant) -> Answer:
        self._get(interface, name)
        raise CallError("PropertyReadOnly", f"{name} cannot be set")


def describe(interfaces: Iterable[Interface]) -> str:
    """The introspection document of an object."""
    return f"<node>{''.join(map(describe_interface, interfaces))}</node>"


def describe_interface(interface: Interface) -> str:
    methods = (
        f'<method name="{name}">{arguments(each.takes, "in")}{arguments(each.gives, "out")}</method>'
        for name, each in interface.methods.items()
    )
    signals = (
        f'<signal name="{name}">{arguments(types, "out")}</signal>'
        for name, types in interface.signals.items()
    )
    properties = (
        f'<property name="{name}" type="{signature}" access="read"/>'
        for name, (signature, _) in interface.properties().items()
    )
    content = "".join((*methods, *signals, *properties))
    return f'<interface name="{interface.name}">{content}</interface>'


def arguments(types: Iterable[str], direction: str) -> str:
    return "".join(f'<arg type="{each}" direction="{direction}"/>' for each in types)
