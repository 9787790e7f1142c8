"""What are the properties of an object on the bus, now and from now on?"""

from collections.abc import Callable, Mapping
from functools import partial

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, message_bus
from jeepney import Properties as PropertyCalls

from daybell.desktop.bus.calls import Calls, body_of

Properties = Mapping[str, object]
"""By name, without their signatures."""

PROPERTIES = "org.freedesktop.DBus.Properties"


class Mirror:
    """The properties of one interface of one object, as its service tells them."""

    def __init__(self, calls: Calls, address: DBusAddress, told: Callable[[], None] = lambda: None) -> None:
        """`told` is called whenever one of them may have changed."""
        self.properties: Properties | None = None
        """None until the service has answered."""
        self._calls = calls
        self._address = address
        self._told = told
        self._rule = MatchRule(
            type="signal", sender=address.bus_name, interface=PROPERTIES, path=address.object_path
        )
        # The bus wakes us for this interface only.
        self._rule.add_arg_condition(0, address.interface)
        self._asked = 0

    @property
    def path(self) -> str:
        return str(self._address.object_path)

    def attach(self) -> None:
        """Ask for all, and hear of what changes."""
        self._calls.tell(message_bus.AddMatch(self._rule))
        self._ask()

    def detach(self) -> None:
        """Hear no more."""
        self._asked += 1
        self.properties = None
        self._calls.tell(message_bus.RemoveMatch(self._rule))

    def hear(self, signal: Message) -> None:
        """One from the service; those that are not about these properties are passed over."""
        fields = signal.header.fields
        if fields.get(HeaderFields.path) != self.path or fields.get(HeaderFields.interface) != PROPERTIES:
            return
        match tuple(signal.body):
            case (self._address.interface, dict(changed), list(gone)):
                self._change(plain(changed), gone)

    def _change(self, changed: Properties, gone: list[object]) -> None:
        if gone:
            self._ask()
        # Before the first answer there is nothing to change: it will have this in it.
        if self.properties is not None and changed:
            self.properties = {**self.properties, **changed}
            self._told()

    def _ask(self) -> None:
        self._asked += 1
        call = PropertyCalls(self._address).get_all()
        self._calls.ask(call, partial(self._answered, self._asked))

    def _answered(self, asked: int, answer: Message) -> None:
        if asked != self._asked:
            return  # asked anew since, or nobody wants to know any more
        match body_of(answer):
            case (dict(found),):
                self.properties = plain(found)
            case _:
                self.properties = {}
        self._told()


def plain(variants: Mapping[object, object]) -> Properties:
    """Without the signatures."""
    return {
        name: value[1]
        for name, value in variants.items()
        if isinstance(name, str) and isinstance(value, tuple) and len(value) == 2
    }
