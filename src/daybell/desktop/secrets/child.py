"""Who knows the secrets of a command? This process, which Daybell starts for one attempt, and the command.

`python -P -m daybell.desktop.secrets.child`: its input and output lead to Daybell, as `machine.secret_wire`
says. It never says a secret, and ends with its input.
"""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import IO

from daybell.core.disguises import disguises
from daybell.core.masking import Masker
from daybell.desktop.secrets.choose import open_keyring
from daybell.desktop.secrets.given import given
from daybell.desktop.secrets.interface import Keyring
from daybell.machine.handing_down import opened
from daybell.machine.processes import channel
from daybell.machine.processes.shim import with_variables
from daybell.machine.pump import Pump
from daybell.machine.secret_wire import Become, IsReady, Line, Look, Mask, Orders, Word, line_of, send
from daybell.model.errors import SecretUnavailable

Open = Callable[[], Keyring]


def main(open_it: Open = open_keyring) -> None:
    _leave_no_core()
    _outlive_signals()
    voice = Voice(sys.stdout.buffer)
    logging.getLogger().addHandler(voice)
    with suppress(OSError, ValueError):  # Daybell is gone, and nobody listens
        listen(sys.stdin.buffer, voice, open_it)
    os._exit(0)  # at once, whatever is still printed: nobody masks it any more


class Voice(logging.Handler):
    """What it says, from any thread. Of what goes wrong, the sentence alone."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self._out = out
        self._saying = threading.Lock()

    def say(self, word: Word) -> None:
        with self._saying:
            send(self._out, word)

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):
            self.say(Word(warning=record.getMessage()))


class Keeper:
    """Holds the secrets of one command."""

    def __init__(self, orders: Orders, secrets: Mapping[str, str], voice: Voice) -> None:
        self._secrets = secrets
        self._channels = orders.channels
        self._forms = frozenset(form for secret in secrets.values() for form in disguises(secret))
        source, file = opened(orders.source), opened(orders.file, to_write=True)
        pump = Pump(orders.run_id, source, file, Masker(self._forms))
        threading.Thread(target=_tell_the_end, args=(pump, voice), daemon=True).start()

    def answer(self, question: Line) -> Word:
        match question:
            case IsReady(place):
                return Word(is_true=self._is_ready(self._channels[place]))
            case Become(place, orders):
                whole = with_variables(orders, self._secrets)
                return Word(content=self._become(self._channels[place], whole))
            case Mask(text):
                masker = Masker(self._forms)
                told = masker.feed(text.encode()) + masker.finish()
                return Word(text=told.decode("utf-8", "replace"))
        return Word(is_true=False)

    if sys.platform == "win32":

        def _is_ready(self, _number: int) -> bool:
            return True

        def _become(self, number: int, orders: bytes) -> bytes:
            with suppress(OSError), open(opened(number, to_write=True), "wb") as shim:  # noqa: PTH123 - no path
                shim.write(orders)
            return b""

    else:

        def _is_ready(self, number: int) -> bool:
            with socket.socket(fileno=os.dup(number)) as shim:
                return channel.is_ready(shim)

        def _become(self, number: int, orders: bytes) -> bytes:
            with socket.socket(fileno=opened(number)) as shim:
                return channel.become(shim, orders)


def listen(questions: IO[bytes], voice: Voice, open_it: Open) -> None:
    """Answer them, one by one, until there are no more."""
    first = line_of(questions.readline())
    try:
        if isinstance(first, Look):
            voice.say(_looked_for(first, open_it))
            return
        assert isinstance(first, Orders)
        with closing(open_it()) as keyring:
            secrets = given(first.asked, keyring)
        keeper = Keeper(first, secrets, voice)
    except SecretUnavailable as refusal:
        voice.say(Word(refusal=str(refusal), is_permanent=refusal.is_permanent))
        return
    except OSError as error:
        voice.say(Word(refusal=f"its output cannot be masked: {error.strerror}"))
        return
    voice.say(Word())
    for line in questions:
        voice.say(keeper.answer(line_of(line)))


def _looked_for(look: Look, open_it: Open) -> Word:
    """Those that are not there."""
    with closing(open_it()) as keyring:
        return Word(names=tuple(name for name in look.names if not keyring.has(name)))


def _tell_the_end(pump: Pump, voice: Voice) -> None:
    pump.drain(None)
    with suppress(OSError, ValueError):
        voice.say(Word(is_over=True))


def _leave_no_core() -> None:
    """A crash would write all of its memory into a file."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outlive_signals() -> None:
    """A logout, or an installer, tells all processes at once, and the command may have last words."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"):
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
