"""How is a service asked without waiting for it?"""

from collections.abc import Callable

from jeepney import HeaderFields, Message, MessageFlag, MessageType

Answered = Callable[[Message], None]
"""Handed the answer, which may be an error, when it comes; never called where none does."""


class Calls:
    """Remembers who asked what, by number. An answer that never comes holds up nobody."""

    def __init__(self, send: Callable[[Message], int]) -> None:
        """`send` gives each message its number, 0 for one that could not be sent."""
        self._send = send
        self._waiting: dict[int, Answered] = {}

    @property
    def is_quiet(self) -> bool:
        """Every question has been answered."""
        return not self._waiting

    def ask(self, call: Message, answered: Answered) -> None:
        """Also a service that is not there: the call starts none."""
        call.header.flags |= MessageFlag.no_auto_start
        if number := self._send(call):
            self._waiting[number] = answered

    def tell(self, call: Message) -> None:
        """Want no answer."""
        call.header.flags |= MessageFlag.no_auto_start | MessageFlag.no_reply_expected
        self._send(call)

    def receive(self, message: Message) -> bool:
        """Whether it was an answer to one of these calls."""
        number = message.header.fields.get(HeaderFields.reply_serial, 0)
        answered = self._waiting.pop(number, None)
        if answered is None:
            return False
        answered(message)
        return True

    def forget(self) -> None:
        """Nobody will answer any more: the bus is gone."""
        self._waiting.clear()


def body_of(answer: Message) -> tuple[object, ...] | None:
    """None for an error."""
    if answer.header.message_type is MessageType.error:
        return None
    return tuple(answer.body)


def error_of(answer: Message) -> str:
    """What the service says against it; empty for an answer that is none."""
    if answer.header.message_type is not MessageType.error:
        return ""
    name = str(answer.header.fields.get(HeaderFields.error_name, ""))
    return str(answer.body[0]) if answer.body else name
