"""How does the app hear of SIGINT, SIGTERM and SIGUSR1, whatever its main thread is busy with?"""

import signal
import socket
import threading
from collections.abc import Callable

STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those of them that this platform has."""
RENEWAL_SIGNAL = "SIGUSR1"
"""From an installer that is about to exchange the program; Windows has none."""


class StopSignals:
    """The first signal calls `stop`, each later one `force`, on a thread of its own; SIGUSR1 calls `renew`.

    Python runs a handler only when the main thread comes back from C code, and a tray's main loop
    may never do so; the wakeup descriptor is written at once.
    """

    def __init__(
        self, stop: Callable[[], None], force: Callable[[], None], renew: Callable[[], None] = lambda: None
    ) -> None:
        self._stop = stop
        self._force = force
        self._renew = renew
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._wanted = {getattr(signal, name) for name in STOP_SIGNALS if hasattr(signal, name)}
        self._renewal: int = getattr(signal, RENEWAL_SIGNAL, 0)
        self._before: dict[int, signal.Handlers] = {}
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)

    def start(self) -> None:
        """Main thread only, as Python demands of signal handlers."""
        for number in self._wanted | {self._renewal} - {0}:
            if signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup, for instance, wants that to stay so
            self._before[number] = signal.signal(number, lambda *_: None)  # type: ignore[assignment]  # a handler of ours comes back as it went in
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._thread.start()

    def close(self) -> None:
        """Main thread only: signals do again what they did before."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._write.close()
        self._thread.join(1)
        self._read.close()

    def _listen(self) -> None:
        act = self._stop
        while received := self._read.recv(1):
            if received[0] == self._renewal:
                self._renew()
            elif received[0] in self._wanted:
                act()
                act = self._force
