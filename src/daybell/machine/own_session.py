"""How does a child end that Daybell asked something, with all that it started?"""

import os
import signal
import subprocess
import sys


def end_session(child: "subprocess.Popen[bytes]") -> None:
    """At once; it must have been started with `start_new_session`. One that is over already is left alone."""
    if sys.platform == "win32":
        child.kill()
    elif child.poll() is None:  # else the number may be another one's by now
        os.killpg(child.pid, signal.SIGKILL)
