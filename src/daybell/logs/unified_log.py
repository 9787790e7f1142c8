"""How is a line told to macOS's unified log? By syslog(3), whose lines go there.

`os_log` itself is a macro of C, and what it calls is private: no other way stays as it is.
"""

import sys
import syslog

from daybell.core.system_log import IDENTIFIER, Line, in_one_line

assert sys.platform == "darwin"  # the form that type checkers know


class UnifiedLog:
    """The C library has one connection, and keeps it."""

    def __init__(self) -> None:
        syslog.openlog(IDENTIFIER, syslog.LOG_PID, syslog.LOG_USER)

    def send(self, line: Line) -> None:
        # The log shows the program that called, which may be called Python.
        syslog.syslog(line.severity, f"{IDENTIFIER}: {in_one_line(line.message)}")

    def close(self) -> None:
        syslog.closelog()
