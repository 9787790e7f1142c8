"""Output is read by the place of each byte among all that was printed, whatever is left out meanwhile."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybell.core.excerpt import BLOCK, MARKER, head_of
from daybell.store.caps import Caps
from daybell.store.holes import Free, free
from daybell.store.printed import Printed
from store.test_caps import CAP, makes_holes, no_holes, pattern, wanted

LINE = re.compile(MARKER.pattern)


def followed(printed: Printed, offset: int) -> tuple[bytes, int]:
    """What somebody gets who has got all before the offset, and where they go on."""
    end = printed.end()
    content = b""
    while offset < end:
        part, offset = printed.read(offset, end)
        assert part, "it is never stuck"
        content += part
    assert offset == end
    return content, offset


def unfolded(content: bytes) -> bytes:
    """With zeros in the place of what each line says was left out."""
    return LINE.sub(lambda line: bytes(int(line[1].replace(b",", b""))), content)


class Followed:
    """One output with somebody who reads it as it grows."""

    def __init__(self, path: Path, how: Free) -> None:
        path.touch()
        self.path = path
        self.caps = Caps(how)
        self.capped = self.caps.hold(path, CAP)
        self.output = path.open("ab", buffering=0)
        self.reader = path.open("rb")
        self.printed = Printed(self.reader, head_of(CAP))
        self.count = self.seen = 0
        self.content = b""

    def print(self, length: int) -> None:
        self.output.write(pattern(self.count, length))
        self.count += length

    def read(self) -> None:
        content, self.seen = followed(self.printed, self.seen)
        assert self.seen == self.count
        self.content += content

    def next_attempt(self) -> None:
        self.caps.release(self.capped)
        self.capped = self.caps.hold(self.path, CAP)

    def close(self) -> None:
        self.caps.release(self.capped)
        self.output.close()
        self.reader.close()


def is_all_or_nothing(shown: bytes, printed: bytes) -> bool:
    """Each byte is as it was printed, or nought."""
    parts = [slice(at, at + BLOCK) for at in range(0, len(printed), BLOCK)]
    # Most of them are one or the other as a whole, which is quickly seen.
    torn = [part for part in parts if shown[part] != printed[part] and any(shown[part])]
    return all(
        one in (0, other) for part in torn for one, other in zip(shown[part], printed[part], strict=True)
    )


STEPS = st.lists(st.integers(0, 12 * BLOCK) | st.sampled_from(["look", "read", "end"]), max_size=25)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
@pytest.mark.parametrize("how", [free, no_holes], ids=["holes", "cuts"])
def test_a_follower_gets_each_byte_once_or_is_told_of_it(
    how: Free, steps: list[int | str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = Followed(tmp_path_factory.mktemp("output") / "run.log", how)
    for step in steps:
        match step:
            case int(length):
                run.print(length)
            case "look":
                run.caps.look()
            case "read":
                run.read()
            case _:
                run.next_attempt()
    run.read()
    run.close()
    shown = unfolded(run.content)
    assert len(shown) == run.count
    assert is_all_or_nothing(shown, pattern(0, run.count))
    assert run.content.endswith(pattern(0, run.count)[-BLOCK:])


def test_a_hole_costs_a_reader_nothing_and_is_named(tmp_path: Path) -> None:
    if not makes_holes(tmp_path):
        pytest.skip("this file system has no holes: run the tests on another one")
    run = Followed(tmp_path / "run.log", free)
    run.print(3 * CAP)
    run.output.truncate(1 << 40)
    run.print(CAP)
    run.count += (1 << 40) - 3 * CAP
    run.caps.look()
    run.read()
    assert len(run.content) < 2 * CAP
    assert len(LINE.findall(run.content)) == 1
    run.output.truncate(0)
    run.close()


def test_at_the_end_it_is_read_as_the_file_is(tmp_path: Path) -> None:
    run = Followed(tmp_path / "run.log", free)
    run.print(3 * CAP)
    run.next_attempt()
    run.read()
    assert run.content == wanted(3 * CAP) == run.path.read_bytes()
    run.close()


def test_one_who_does_not_know_of_a_head_reads_the_file(tmp_path: Path) -> None:
    run = Followed(tmp_path / "run.log", free)
    run.print(3 * CAP)
    run.next_attempt()
    printed = Printed(run.reader)
    assert b"".join(printed.parts(printed.end(), 1000)) == wanted(3 * CAP)
    assert b"".join(printed.parts(1 << 40)) == wanted(3 * CAP)
    run.close()
