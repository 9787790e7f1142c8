"""How does anything reach the engine? Through one queue, from any thread."""

import queue

from daybell.engine.messages import Message

MOST = 1000
"""Messages in one batch: many share one sync, and none waits long for the others."""


class Mailbox:
    """In order of arrival."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._is_awaited = False

    @property
    def is_awaited(self) -> bool:
        """The engine has done all that it was told, has told of it, and waits for more."""
        return self._is_awaited and self._queue.empty()

    def post(self, message: Message) -> None:
        self._queue.put(message)

    def wait(self, seconds: float | None = None) -> list[Message]:
        """A message, and whatever else lies there by then; none where none has come for so long."""
        self._is_awaited = seconds is None
        try:
            first = self._queue.get(timeout=seconds)
        except queue.Empty:
            return []
        finally:
            self._is_awaited = False
        return [first, *self.pending()]

    def pending(self) -> list[Message]:
        """What lies there now, without waiting."""
        messages: list[Message] = []
        while len(messages) < MOST:
            try:
                messages.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return messages
