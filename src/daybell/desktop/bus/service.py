"""Is a service on the bus, and who is it there?"""

from collections.abc import Sequence

from jeepney import HeaderFields, MatchRule, Message, message_bus

from daybell.desktop.bus.calls import Calls, body_of

DRIVER = message_bus.bus_name


class Service:
    """Follows one that may come late, go and come back. What it does then is said below it."""

    name = ""
    """On the bus."""
    title = ""
    """To people."""

    def __init__(self, calls: Calls) -> None:
        self.owner: str | None = None
        """Its connection, ":1.5"; empty: it is not there; None: not known (yet)."""
        self._calls = calls

    def came(self) -> None:
        """It is there: ask it."""
        raise NotImplementedError

    def went(self) -> None:
        """It is not there any more; nothing it has told counts."""
        raise NotImplementedError

    def hear(self, signal: Message) -> None:
        """One of its own."""
        raise NotImplementedError

    def greet(self) -> None:
        """On a new connection."""
        rule = MatchRule(type="signal", sender=DRIVER, interface=DRIVER, member="NameOwnerChanged")
        rule.add_arg_condition(0, self.name)
        self._calls.tell(message_bus.AddMatch(rule))
        self._calls.ask(message_bus.GetNameOwner(self.name), self._found)

    def part(self) -> None:
        """The connection is gone."""
        self._become(None)

    def receive(self, signal: Message) -> None:
        """Any signal."""
        sender = signal.header.fields.get(HeaderFields.sender)
        if sender == DRIVER:
            self._owners_changed(tuple(signal.body))
        elif sender == self.owner:
            # Anybody may send a signal to us: only the service's own count.
            self.hear(signal)

    def _owners_changed(self, body: Sequence[object]) -> None:
        match body:
            case (self.name, str(), str(owner)):
                self._become(owner)

    def _found(self, answer: Message) -> None:
        match body_of(answer):
            case (str(owner),):
                self._become(owner)
            case _:
                self._become("")

    def _become(self, owner: str | None) -> None:
        before, self.owner = self.owner, owner
        if before == owner:
            return
        if before:
            self.went()
        if owner:
            self.came()
