import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "linux":
    pytest.skip("reads /proc", allow_module_level=True)

from daybell.machine.clock import SystemClock
from daybell.machine.ids import SystemIds
from daybell.machine.processes.interface import TAG
from daybell.machine.processes.linux import LinuxCensus, Stat, file_mark, is_after, parse_stat, tag_of
from daybell.store.logs import RunLogs
from memories import remembers
from waiting import until

STAT = b" S 1 42 43 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 10000 200 18446744073709551615"


@pytest.mark.parametrize("name", [b"sleep", b"a b", b") S 1 1", b"((", b""])
def test_any_program_name_is_read_over(name: bytes) -> None:
    assert parse_stat(b"7 (" + name + b")" + STAT) == Stat("S", 1, 42, 43, started=4711)


@given(st.integers(0, 999), st.integers(0, 998), st.integers(0, 999))
def test_a_pid_is_after_another_if_it_was_given_out_since(first: int, given_out: int, index: int) -> None:
    """Pids count up to a limit, here 1000, and begin anew."""
    since = [(first + step) % 1000 for step in range(1, given_out + 1)]
    newest = since[-1] if since else first
    assert is_after(index, first, newest) == (index in since)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (b"PATH=/bin\0DAYBELL_RUN_ID=r1\0HOME=/\0", "r1"),
        (b"DAYBELL_RUN_ID=r1\0", "r1"),
        (b"MY_DAYBELL_RUN_ID=r1\0", None),
        (b"DAYBELL_RUN_ID=\xff\0", "�"),
        (b"", None),
    ],
)
def test_the_tag_is_found_in_an_environment(environ: bytes, expected: str | None) -> None:
    assert tag_of(environ) == expected


@pytest.mark.parametrize("after", ["", " (deleted)"])
def test_a_run_is_known_by_the_file_of_its_output(tmp_path: Path, after: str) -> None:
    run_id = SystemIds().run_id(SystemClock().now())
    assert file_mark(f"{RunLogs(tmp_path).path('backup', run_id)}{after}") == run_id


@pytest.mark.parametrize(
    "target", ["/dev/null", "/dev/pts/0", "pipe:[4711]", "anon_inode:[eventfd]", "/", ""]
)
def test_any_target_of_a_descriptor_is_read(target: str) -> None:
    assert "/" not in file_mark(target)


def test_this_process_is_alive_and_one_that_had_its_pid_before_is_not() -> None:
    census = LinuxCensus()
    identity = census.identify(os.getpid())
    assert census.is_alive(identity)
    for other in (
        type(identity)(identity.pid, identity.create_time - 1, identity.boot_id),
        type(identity)(identity.pid, identity.create_time, "another boot"),
        type(identity)(2**22 + 1, identity.create_time, identity.boot_id),
    ):
        assert not census.is_alive(other)


def test_a_process_that_took_over_a_pid_is_never_signalled() -> None:
    """The signal would end this very process."""
    census = LinuxCensus()
    identity = census.identify(os.getpid())
    census.send(type(identity)(identity.pid, identity.create_time - 1, identity.boot_id), signal.SIGKILL)
    census.send(type(identity)(2**22 + 1, identity.create_time, identity.boot_id), signal.SIGKILL)


def test_waiting_for_what_is_over_returns_at_once() -> None:
    census = LinuxCensus()
    gone = type(census.identify(os.getpid()))(2**22 + 1, 1, "")
    census.wait_any([gone], 60)


LEFT = f"left-{uuid4().hex}"
"""The run whose processes these are; tests that run beside look for those of others."""


@contextmanager
def just_over(line: str) -> Iterator[subprocess.Popen[bytes]]:
    """A shell that carries a tag and is a zombie by now; what it has left is ended by and by."""
    argv = ["/bin/sh", "-c", line]
    with subprocess.Popen(argv, env={**os.environ, "DAYBELL_RUN_ID": LEFT}, start_new_session=True) as shell:
        LinuxCensus().wait_exit(shell.pid)
        yield shell


@pytest.mark.parametrize("age", [0, 60], ids=["brief", "long"])
@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("true", 0),
        ("sleep 5 &", 1),
        ("setsid sleep 5 &", 1),
        ("(setsid sleep 5 &) & wait; (sleep 5 &)", 2),
        ("for i in $(seq 70); do /bin/true; done; sleep 5 &", 1),
        ("env -u DAYBELL_RUN_ID setsid sleep 0.2 &", 0),
    ],
    ids=["nothing", "group", "session", "two", "behind many", "stranger"],
)
@pytest.mark.system
def test_what_a_run_has_left_is_found_however_brief_it_was(line: str, count: int, age: float) -> None:
    census = LinuxCensus()
    with just_over(line) as shell:
        main = census.identify(shell.pid)
        until(lambda: len(census.members(main, LEFT, age)) == count)  # a fork takes a moment to exec
        for member in census.members(main, LEFT, age):
            census.send(member.identity, signal.SIGKILL)


LOOKER = """
import sys
from daybell.machine.processes.linux import LinuxCensus
seen = {mark for one in LinuxCensus().sightings() for mark in one.marks}
print(sys.argv[1] in seen, flush=True)
sys.stdin.read()
"""


@pytest.mark.system
@pytest.mark.parametrize("room", [0, 50_000], ids=["small", "large"])
def test_nothing_of_the_environments_it_looks_through_stays_but_the_tag(room: int) -> None:
    secret, run_id = uuid4().hex + uuid4().hex, f"test-{uuid4().hex}"
    environ = {"ROOM": "x" * room, "TOKEN": secret, TAG: run_id}
    with (
        subprocess.Popen(["/bin/sleep", "60"], env=environ) as holder,
        subprocess.Popen(
            [sys.executable, "-c", LOOKER, run_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as looker,
    ):
        assert looker.stdout
        try:
            assert looker.stdout.readline() == b"True\n"
            assert remembers(looker.pid, [run_id.encode()]), "the search finds what is there"
            assert not remembers(looker.pid, [secret.encode(), secret[:32].encode(), secret[32:].encode()])
        finally:
            holder.kill()
            looker.communicate()
