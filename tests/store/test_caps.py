"""Output stays below its cap while it is written, with a hole where the file system can, else by cutting."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybell.core.excerpt import BLOCK, Excerpt, head_of, marker
from daybell.store.caps import FLOOD, HASTE, LOOK, MOST_LEFT, QUIET, SLOWEST, Caps
from daybell.store.holes import Free, free, next_data, next_hole
from waiting import until

CAP = 8 * BLOCK


def no_holes(file: int, begin: int, length: int) -> None:
    raise OSError(95, "not supported")


def makes_holes(directory: Path) -> bool:
    path = directory / "probe"
    path.write_bytes(bytes(4 * BLOCK))
    file = os.open(path, os.O_RDWR)
    try:
        free(file, BLOCK, BLOCK)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def pattern(begin: int, length: int) -> bytes:
    """Each stretch of the output is like no other."""
    line = 16
    first, last = begin // line, (begin + length) // line + 1
    return b"".join(b"%015d\n" % number for number in range(first, last))[begin % line :][:length]


def on_disk(path: Path) -> int:
    return path.stat().st_blocks * 512


@pytest.fixture(params=[free, no_holes], ids=["holes", "cuts"])
def way(request: pytest.FixtureRequest) -> Free:
    return request.param  # type: ignore[no-any-return]  # pytest does not know what it is given


def wanted(printed: int) -> bytes:
    """What is kept of so many bytes."""
    whole = pattern(0, printed)
    dropped = (printed - CAP) // BLOCK * BLOCK
    if dropped <= 0:
        return whole
    head = head_of(CAP)
    return whole[:head] + marker(dropped) + whole[head + dropped :]


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.integers(0, 5 * BLOCK), max_size=12))
@pytest.mark.parametrize("how", [free, no_holes], ids=["holes", "cuts"])
def test_head_and_tail_are_kept_however_the_output_came(
    how: Free, steps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("output") / "run.log"
    path.touch()
    caps, printed = Caps(how), 0
    capped = caps.hold(path, CAP)
    with path.open("ab", buffering=0) as output:
        for length in steps:
            output.write(pattern(printed, length))
            printed += length
            caps.look()
            assert on_disk(path) <= CAP + 2 * BLOCK
    dropped = max(0, (printed - CAP) // BLOCK * BLOCK)
    assert caps.release(capped) == Excerpt(printed, dropped, head_of(CAP) if dropped else 0)
    assert path.read_bytes() == wanted(printed)


@settings(max_examples=30, deadline=None)
@given(attempts=st.lists(st.lists(st.integers(0, 5 * BLOCK), max_size=4), max_size=5))
@pytest.mark.parametrize("how", [free, no_holes], ids=["holes", "cuts"])
def test_all_attempts_of_a_run_count_as_one_output(
    how: Free, attempts: list[list[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("output") / "run.log"
    path.touch()
    printed = 0
    for steps in attempts:
        caps = Caps(how)
        capped = caps.hold(path, CAP)
        assert capped.printed == printed
        with path.open("ab", buffering=0) as output:
            for length in steps:
                output.write(pattern(printed, length))
                printed += length
                caps.look()
                assert on_disk(path) <= CAP + 3 * BLOCK
        dropped = max(0, (printed - CAP) // BLOCK * BLOCK)
        assert caps.release(capped) == Excerpt(printed, dropped, head_of(CAP) if dropped else 0)
    assert path.read_bytes() == wanted(printed)


@pytest.mark.parametrize("cap", [CAP, 4 * CAP], ids=["as before", "edited"])
def test_another_life_goes_on_where_the_last_one_was_killed(cap: int, tmp_path: Path) -> None:
    if not makes_holes(tmp_path):
        pytest.skip("this file system has no holes: run the tests on another one")
    path = tmp_path / "run.log"
    path.write_bytes(pattern(0, 3 * CAP))
    killed = Caps()
    held = killed.hold(path, CAP)
    killed.look()
    held.close()
    caps = Caps()
    capped = caps.hold(path, cap)
    assert capped.printed == 3 * CAP
    with path.open("ab", buffering=0) as output:
        output.write(pattern(3 * CAP, CAP))
    assert caps.release(capped) == Excerpt(4 * CAP, 3 * CAP, head_of(CAP))
    assert path.read_bytes() == wanted(4 * CAP)


def test_what_an_earlier_attempt_has_lost_is_told_also_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(pattern(0, 3 * CAP))
    caps = Caps()
    caps.release(caps.hold(path, CAP))
    killed = caps.hold(path, CAP)
    with path.open("ab", buffering=0) as output:
        output.write(pattern(3 * CAP, CAP))
    caps.look()
    killed.close()
    assert marker(2 * CAP) in path.read_bytes()


def test_a_reader_finds_the_hole_while_it_is_there(tmp_path: Path) -> None:
    if not makes_holes(tmp_path):
        pytest.skip("this file system has no holes: run the tests on another one")
    path = tmp_path / "run.log"
    path.write_bytes(pattern(0, 3 * CAP))
    caps = Caps()
    capped = caps.hold(path, CAP)
    caps.look()
    with path.open("rb") as output:
        assert next_hole(output.fileno(), 0) == head_of(CAP)
        assert next_data(output.fileno(), head_of(CAP)) == 3 * CAP - (CAP - head_of(CAP))
        assert next_data(output.fileno(), 3 * CAP) == 3 * CAP
    caps.release(capped)


def test_what_is_printed_after_the_end_stands_at_the_end(way: Free, tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.touch()
    caps = Caps(way)
    capped = caps.hold(path, CAP)
    with path.open("ab", buffering=0) as output:
        output.write(pattern(0, 3 * CAP))
        caps.release(capped)
        output.write(b"left behind\n")
    assert path.read_bytes() == wanted(3 * CAP) + b"left behind\n"


@pytest.fixture
def caps() -> Iterator[Caps]:
    caps = Caps()
    caps.start()
    yield caps
    assert caps.stop()


@pytest.mark.system
def test_a_real_command_is_kept_below_the_cap_while_it_prints(caps: Caps, tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    chatter = "import os\nfor n in range(400): os.write(1, b'x' * 65535 + b'\\n')\ninput()"
    with path.open("ab") as output:
        capped = caps.hold(path, CAP)
        command = subprocess.Popen([sys.executable, "-c", chatter], stdin=subprocess.PIPE, stdout=output)
        until(lambda: path.stat().st_size >= 400 * BLOCK and on_disk(path) <= CAP + 2 * BLOCK, 10)
        command.communicate(b"\n", timeout=10)
    assert caps.release(capped) == Excerpt(400 * BLOCK, 392 * BLOCK, head_of(CAP))
    assert path.stat().st_size < CAP + 100


def test_a_file_that_is_gone_is_no_fault(caps: Caps, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        caps.hold(tmp_path / "missing", CAP)


def test_what_is_left_behind_is_looked_at_until_it_is_quiet(tmp_path: Path) -> None:
    path, gone = tmp_path / "run.log", tmp_path / "gone.log"
    path.write_bytes(pattern(0, 3 * CAP))
    caps = Caps()
    caps.leave(gone, CAP)
    caps.leave(path, CAP)
    caps.look()
    assert path.read_bytes() == wanted(3 * CAP)
    with path.open("ab", buffering=0) as output:
        output.write(pattern(3 * CAP, CAP))
    caps.look()
    assert path.read_bytes() == wanted(4 * CAP)
    waits = []
    while (patience := caps.patience) is not None:
        waits.append(patience)
        caps.look(patience)
    assert waits[:4] == [LOOK, 2 * LOOK, 4 * LOOK, 8 * LOOK]
    assert waits[-1] == SLOWEST
    assert len(waits) == QUIET


def test_only_so_many_files_are_looked_at_after_their_runs(tmp_path: Path) -> None:
    caps = Caps()
    paths = [tmp_path / f"{number}.log" for number in range(MOST_LEFT + 1)]
    for path in paths:
        path.write_bytes(bytes(3 * CAP))
        caps.leave(path, CAP)
    caps.look()
    assert [path for path in paths if path.stat().st_size == 3 * CAP] == paths[:1]


def test_a_slow_growth_is_not_moved_each_time(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(pattern(0, 3 * CAP))
    caps = Caps()
    caps.leave(path, CAP)
    caps.look()
    size = path.stat().st_size
    with path.open("ab", buffering=0) as output:
        output.write(bytes(BLOCK))
    caps.look()
    assert path.stat().st_size == size + BLOCK


def test_its_thread_sleeps_while_nothing_is_printed(caps: Caps, tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.touch()
    assert caps.patience is None
    capped = caps.hold(path, CAP)
    with path.open("ab", buffering=0) as output:
        output.write(bytes(3 * CAP))
        until(lambda: on_disk(path) <= CAP + 2 * BLOCK)
    caps.release(capped)
    until(lambda: not caps._is_wanted.is_set())
    assert caps.patience is None


def test_what_is_wished_for_is_done_before_the_end() -> None:
    caps, done = Caps(), threading.Event()
    caps.start()
    caps.soon(done.set)
    assert caps.stop()
    assert done.is_set()


def test_a_fault_does_not_end_its_thread(caps: Caps, caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    caps.soon(lambda: 1 // 0)
    until(lambda: "looking at output failed" in caplog.text)
    caps.soon(done.set)
    assert done.wait(5)


def test_output_that_cannot_be_read_any_more_is_counted_by_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "run.log"
    path.touch()
    caps = Caps()
    capped = caps.hold(path, CAP)
    capped.close()
    capped.look()
    assert caps.release(capped) is None
    assert "output cannot be kept below its cap" in caplog.text


@pytest.mark.parametrize(("length", "wait"), [(0, LOOK), (4 * CAP, LOOK), (FLOOD + 2 * CAP, HASTE)])
def test_a_flood_is_looked_at_more_often(way: Free, length: int, wait: float, tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_bytes(bytes(length))
    caps = Caps(way)
    capped = caps.hold(path, CAP)
    assert caps.look() == wait
    assert caps.look() == LOOK
    caps.release(capped)
