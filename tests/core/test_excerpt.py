"""Of long output the head and the tail are kept, and a line between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.excerpt import BLOCK, LONGEST_MARKER, Excerpt, excerpt, head_of, marker, middle

CAP = 10 * BLOCK


@pytest.mark.parametrize(
    ("size", "left_out"),
    [
        (0, 0),
        (CAP, 0),
        (CAP + BLOCK - 1, 0),
        (CAP + BLOCK, BLOCK),
        (CAP + 5 * BLOCK + 1, 5 * BLOCK),
    ],
)
def test_what_is_beyond_the_cap_is_left_out_of_the_middle_in_whole_blocks(size: int, left_out: int) -> None:
    begin, end = middle(size, CAP)
    assert (begin, end - begin) == (head_of(CAP), left_out)


@given(size=st.integers(0, 10**12), cap=st.integers(0, 10**9))
def test_never_more_than_the_cap_and_a_block_is_kept(size: int, cap: int) -> None:
    begin, end = middle(size, cap)
    assert 0 <= begin <= end
    assert size - (end - begin) < cap + BLOCK or end == begin
    assert end == begin or size - end >= cap - begin


def test_a_byte_is_found_again_where_it_stands_now() -> None:
    excerpt = Excerpt(printed=1000, dropped=400, head=300)
    line = len(marker(400))
    places = [excerpt.place(offset) for offset in (0, 300, 301, 699, 700, 1000)]
    assert places == [0, 300, 300, 300, 300 + line, 600 + line]
    assert Excerpt(printed=1000).place(700) == 700


@given(dropped=st.integers(1, 10**15 - 1), head=st.integers(0, 10**9), tail=st.integers(0, 10**9))
def test_a_file_tells_what_it_has_lost(dropped: int, head: int, tail: int) -> None:
    line = marker(dropped)
    assert len(line) <= LONGEST_MARKER
    kept = excerpt(head + len(line) + tail, head, (line + bytes(LONGEST_MARKER))[:LONGEST_MARKER])
    assert kept == Excerpt(head + dropped + tail, dropped, head)
    assert kept.place(kept.printed) == head + len(line) + tail


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"something else",
        b"\n[Daybell left out 0 bytes here]\n",
        b"\n[Daybell left out , bytes here]\n",
        b"\n[Daybell left out 1000 bytes here]\n",
        b"\n[Daybell left out 1,000,000,000,000,000 bytes here]\n",
        b"[Daybell left out 1,000 bytes here]\n",
        b"\n[Daybell left out 1,000 bytes he",
    ],
)
def test_any_other_text_is_what_was_printed(text: bytes) -> None:
    assert excerpt(500, 100, text) == Excerpt(500)
