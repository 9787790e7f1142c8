import subprocess
import sys

import pytest

from daybell.machine.boot import boot_id


def test_it_is_the_same_for_all_programs_of_one_start() -> None:
    code = "from daybell.machine.boot import boot_id; print(boot_id())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == boot_id()


@pytest.mark.skipif(sys.platform != "linux", reason="it is a UUID there")
def test_it_tells_one_start_from_the_others() -> None:
    assert len(boot_id()) == 36
