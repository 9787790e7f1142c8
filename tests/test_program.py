"""The program itself, in a process of its own."""

import subprocess
import sys

import pytest

from app_home import DAYBELL

pytestmark = pytest.mark.system


@pytest.mark.skipif(sys.platform == "win32", reason="there is no shell that closes them")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_does_without_the_streams_that_a_program_without_a_window_lacks(closed: str) -> None:
    command = ["sh", "-c", f'"$@" {closed}', "sh", *DAYBELL, "version"]
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
