"""How is a command given secrets that Daybell itself must not know? By a child that knows them in its place.

The child looks them up, adds them to the orders of the shim that becomes the command, and carries what that
prints into its log, masked. It lives as long as anybody can print, and no longer than Daybell.
"""

import errno
import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from queue import Empty, SimpleQueue

import msgspec

from daybell.machine.handing_down import numbers_of, start
from daybell.machine.processes.interface import TAG
from daybell.machine.processes.shim import refused
from daybell.machine.secret_wire import Become, IsReady, Mask, Orders, Question, Word, send, word_of
from daybell.model.errors import SecretUnavailable

log = logging.getLogger(__name__)

ADMIT_SECONDS = 20.0
"""For the child to start, and the keyring to answer, which it gives up sooner by itself."""
MASK_SECONDS = 5.0
WAYS = 1 if sys.platform == "win32" else 2
"""Shims for one command: where systemd fails to make a scope, it is begun anew without."""
DIED = "its secrets could not be looked up: the process that does it has ended"
LOST = "what it said last is not known, as the process that masks it has ended"


class Warden:
    """The child of one attempt, for one thread; `give_up` is for any."""

    def __init__(self, command: Sequence[str], run_id: str, asked: Mapping[str, str], file: int) -> None:
        """`asked` names each variable's secret; `file` is the log, open, and belongs to it from here on.

        OSError where it cannot be started.
        """
        self._answers: SimpleQueue[Word | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._is_released = False
        self._inlets: list[int] = []
        environ = {name: value for name, value in os.environ.items() if name != TAG}
        with ExitStack() as theirs, ExitStack() as ours:
            theirs.callback(os.close, file)
            source, self.inlet = os.pipe()
            theirs.callback(os.close, source)
            ours.callback(os.close, self.inlet)
            ours.callback(self._close_inlets)
            files = [source, file, *(self._way(theirs) for _ in range(WAYS))]
            self._child = start(command, files, environ)
            self._begin_to_listen(f"pump {run_id}")
            source, file, *channels = numbers_of(files)
            self._orders = Orders(run_id, dict(asked), source, file, tuple(channels))
            ours.pop_all()

    @property
    def pid(self) -> int:
        return self._child.pid

    def admit(self) -> None:
        """Wait until it has the secrets; SecretUnavailable says why it has not."""
        answer = self._ask(self._orders, ADMIT_SECONDS)
        if answer is None:
            raise SecretUnavailable(DIED)
        if answer.refusal is not None:
            raise SecretUnavailable(answer.refusal, is_permanent=answer.is_permanent)

    def channel(self) -> "WardenChannel":
        """To the next shim of its command."""
        return WardenChannel(self, WAYS - len(self._inlets), self._inlets.pop(0))

    def ask(self, question: Question, seconds: float | None = None) -> Word:
        """Its answer; a refusal where it has none."""
        return self._ask(question, seconds) or Word(is_true=False, refusal=LOST)

    def drain(self, seconds: float) -> bool:
        """Wait that long at most for the last byte to be written; whether it was."""
        return self._is_over.wait(seconds)

    def masked(self, text: str) -> str:
        """Without what may not be told of it."""
        told = text.encode("utf-8", "replace").decode()
        answer = self.ask(Mask(told), MASK_SECONDS)
        return LOST if answer.refusal is not None else answer.text

    def give_up(self) -> None:
        """At once; whoever prints on gets SIGPIPE or an error."""
        self._child.kill()

    def release(self) -> None:
        """Let it end as soon as nobody can print any more."""
        self._close_inlets()
        with self._lock:
            self._is_released = True
            if self._is_over.is_set():
                self._hang_up()

    def _ask(self, question: Question | Orders, seconds: float | None) -> Word | None:
        with suppress(OSError, ValueError):
            assert self._child.stdin is not None
            send(self._child.stdin, question)
            with suppress(Empty):
                return self._answers.get(timeout=seconds)
        self.give_up()
        return None

    def _begin_to_listen(self, name: str) -> None:
        try:
            threading.Thread(target=self._listen, name=name, daemon=True).start()
        except RuntimeError as error:
            self._child.kill()
            self._child.communicate()
            raise OSError(errno.EAGAIN, "there are no more threads") from error

    def _listen(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as said, suppress(msgspec.DecodeError):  # its last word may be cut off
            for line in said:
                self._hear(word_of(line))
        self._answers.put(None)
        self._finish()
        with self._lock:
            self._hang_up()
        self._child.wait()

    def _hear(self, word: Word) -> None:
        if word.warning:
            log.warning("%s", word.warning)
        elif word.is_over:
            self._finish()
        else:
            self._answers.put(word)

    def _finish(self) -> None:
        with self._lock:
            self._is_over.set()
            if self._is_released:
                self._hang_up()

    def _hang_up(self) -> None:
        """Which it takes for its end."""
        assert self._child.stdin is not None
        with suppress(OSError):
            self._child.stdin.close()

    def _way(self, theirs: ExitStack) -> int:
        """The child's end of a channel; the shim's is an inlet."""
        if sys.platform == "win32":
            inlet, end = os.pipe()
        else:
            ours, shims = socket.socketpair()
            inlet, end = shims.detach(), ours.detach()
        self._inlets.append(inlet)
        theirs.callback(os.close, end)
        return end

    def _close_inlets(self) -> None:
        while self._inlets:
            os.close(self._inlets.pop())


class WardenChannel:
    """`processes.interface.Channel`, by way of the child."""

    def __init__(self, warden: Warden, place: int, inlet: int) -> None:
        self._warden = warden
        self._place = place
        self.inlet = inlet

    def is_ready(self) -> bool:
        answer = self._warden.ask(IsReady(self._place))
        if answer.refusal is not None:
            raise OSError(DIED)
        return answer.is_true

    def become(self, orders: bytes) -> bytes:
        answer = self._warden.ask(Become(self._place, orders))
        return answer.content if answer.refusal is None else refused(DIED)

    def close(self) -> None:
        """It ends with the child."""
