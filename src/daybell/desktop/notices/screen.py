"""Which of our notices are on the screen, and under which numbers?"""

from daybell.desktop.notices.interface import Notice


class Screen:
    """What the service has told us of our notices. Only for one thread."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._with_buttons: set[int] = set()

    def number(self, key: str) -> int:
        """0 where none with this key is shown."""
        return self._numbers.get(key, 0)

    def key(self, number: int) -> str | None:
        """None for a notice of another program."""
        return next((key for key, shown in self._numbers.items() if shown == number), None)

    def put(self, notice: Notice, number: int) -> None:
        self.forget(self.number(notice.key))
        self._numbers[notice.key] = number
        if notice.buttons:
            self._with_buttons.add(number)

    def forget(self, number: int) -> None:
        """It is gone."""
        self._numbers = {key: shown for key, shown in self._numbers.items() if shown != number}
        self._with_buttons.discard(number)

    def clear(self) -> None:
        self._numbers.clear()
        self._with_buttons.clear()

    def with_buttons(self) -> list[int]:
        """The numbers of those that would stay with buttons which nobody hears."""
        return sorted(self._with_buttons)
