"""The doctor is a child that looks once, for a while at most, and of which nothing stays."""

import os
import sys
import threading
from pathlib import Path

import pytest

from daybell.machine.doctor import Doctor
from daybell.model.errors import Conflict, NoFindings
from waiting import until

ANSWER = '{"schema": 1, "worst": "ok", "findings": []}'


def python(program: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_it_says_what_the_child_prints_whatever_was_found(code: int) -> None:
    program = f"import sys; print('{ANSWER}'); print('noise', file=sys.stderr); sys.exit({code})"
    doctor = Doctor(python(program))
    for _ in range(2):
        assert doctor.look() == {"schema": 1, "worst": "ok", "findings": []}


def test_the_child_lives_in_our_environment_and_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYBELL_HOME", "/somewhere")
    members = "{'home': os.environ['DAYBELL_HOME'], 'input': sys.stdin.read()}"
    said = Doctor(python(f"import json, os, sys; print(json.dumps({members}))")).look()
    assert said == {"home": "/somewhere", "input": ""}


@pytest.mark.parametrize("printed", ["", "no JSON", "[1]", '{"half":'])
def test_one_that_says_nothing_of_use_is_told_so(printed: str) -> None:
    with pytest.raises(NoFindings, match="daybell doctor"):
        Doctor(python(f"print('{printed}')")).look()


def test_one_that_cannot_be_started_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NoFindings, match="cannot be started: No such file"):
        Doctor([str(tmp_path / "gone")]).look()


def test_one_that_does_not_end_is_ended() -> None:
    doctor = Doctor(python("import time; time.sleep(60)"), patience=0.3)
    with pytest.raises(NoFindings, match=r"within 0\.3 s"):
        doctor.look()
    assert doctor._child is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_it_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        "import os, subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open('{pids}.new', 'w').write(f'{{os.getpid()}} {{other.pid}}')\n"
        f"os.rename('{pids}.new', '{pids}')\n"
        "time.sleep(60)"
    )
    doctor = Doctor(python(program))
    asking = threading.Thread(target=look_in_vain, args=(doctor,))
    asking.start()
    until(pids.exists)
    doctor.stop()
    asking.join(10)
    until(lambda: not any(map(is_alive, map(int, pids.read_text().split()))))


def look_in_vain(doctor: Doctor) -> None:
    with pytest.raises(NoFindings):
        doctor.look()


def is_alive(pid: int) -> bool:
    """A child that nobody has waited for yet is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes of this kind")
def test_one_looks_at_a_time_and_a_stop_ends_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    doctor = Doctor(python(f"open('{tmp_path}/begun', 'w'); open('{tmp_path}/pipe').read()"))
    asking = threading.Thread(target=look_in_vain, args=(doctor,))
    asking.start()
    until((tmp_path / "begun").exists)
    with pytest.raises(Conflict, match="already"):
        doctor.look()
    doctor.stop()
    asking.join(10)
    assert not asking.is_alive()
    with pytest.raises(NoFindings, match="is stopping"):
        doctor.look()
