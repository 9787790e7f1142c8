"""How does a command of Windows begin with variables that Daybell must not know? As a child of this script.

`python -I -S windows_shim.py`: it reads its orders, as `shim.orders` makes them, and waits for the command,
as no process there can become another. It is in the command's Job Object, and so is the command.
"""

import marshal
import os
import signal
import subprocess
import sys

IS_LINE = "is_line"
"""Among the settings: the words are one line, as the shell of Windows wants it."""
FAILED = 127


def signed(code: int) -> int:
    """An exit code as `os._exit` takes it: Windows counts from 0 to 2^32."""
    return code - (1 << 32) if code >= 1 << 31 else code


def main() -> None:
    program, words, variables, settings = marshal.loads(sys.stdin.buffer.read())  # noqa: S302 Daybell has written it
    argv = [os.fsdecode(word) for word in words]
    environ = {os.fsdecode(name): os.fsdecode(value) for name, value in variables.items()}
    for number in (signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)):
        signal.signal(number, lambda *_: None)  # they are for the command, which gets them too
    try:
        command = subprocess.Popen(  # noqa: S603 - running what the person's job file names is the purpose
            argv[0] if settings.get(IS_LINE) else argv,
            executable=os.fsdecode(program),
            env=environ,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot start {argv[0]!r}: {error}\n")
        sys.stderr.flush()
        os._exit(FAILED)
    os._exit(signed(command.wait()))


if __name__ == "__main__":
    main()
