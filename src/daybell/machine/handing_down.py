"""How are open files handed down to one child, and to no other?"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from subprocess import PIPE

if sys.platform == "win32":
    import msvcrt

    def numbers_of(files: Sequence[int]) -> list[int]:
        """By which the child knows them."""
        return [msvcrt.get_osfhandle(file) for file in files]

    def opened(number: int, *, to_write: bool = False) -> int:
        """In the child: the descriptor of what was handed down."""
        return msvcrt.open_osfhandle(number, os.O_APPEND if to_write else os.O_RDONLY)

    def start(
        command: Sequence[str], files: Sequence[int], environ: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        """A child to talk to through its input and output. OSError."""
        handles = numbers_of(files)
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        return subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            startupinfo=subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles}),
            creationflags=subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP,
        )

else:

    def numbers_of(files: Sequence[int]) -> list[int]:
        """By which the child knows them."""
        return [*files]

    def opened(number: int, *, to_write: bool = False) -> int:  # noqa: ARG001 - Windows wants to know
        """In the child: the descriptor of what was handed down."""
        os.set_inheritable(number, False)
        return number

    def start(
        command: Sequence[str], files: Sequence[int], environ: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        """A child to talk to through its input and output. OSError."""
        return subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            pass_fds=files,
            start_new_session=True,  # else Ctrl-C at the terminal would end it before us
        )
