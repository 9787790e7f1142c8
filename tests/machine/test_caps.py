"""Output stays below its cap while it is written, with a hole where the file system can, else by cutting."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybell.core.excerpt import BLOCK, Excerpt, head_of, marker
from daybell.machine.caps import Caps
from daybell.machine.holes import Free, free, next_data, next_hole
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
    excerpt = caps.release(capped)
    assert excerpt.printed == printed
    assert path.read_bytes() == wanted(printed)
    assert excerpt.dropped == max(0, (printed - CAP) // BLOCK * BLOCK)


def test_a_reader_finds_the_hole_while_it_is_there(tmp_path: Path) -> None:
    if not makes_holes(tmp_path):
        pytest.skip("this file system has no holes: run the tests on another one")
    path = tmp_path / "run.log"
    path.write_bytes(pattern(0, 3 * CAP))
    caps = Caps()
    capped = caps.hold(path, CAP)
    assert caps.look()
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
