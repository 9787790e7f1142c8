from hypothesis import given
from hypothesis import strategies as st

from daybell.api.ring import PART, Part, Ring, frame


def ring(*contents: bytes, most: int = 1000, room: int = 1_000_000) -> Ring:
    filled = Ring("life", most, room)
    filled.add(("said", content) for content in contents)
    return filled


def numbers(part: Part | None) -> list[int]:
    assert part is not None
    return [int(line.rpartition(b"-")[2]) for line in part.content.splitlines() if line.startswith(b"id: ")]


def test_an_event_is_three_lines_and_an_empty_one() -> None:
    assert (
        frame("life-7", "run_finished", b'{"a":1}') == b'id: life-7\nevent: run_finished\ndata: {"a":1}\n\n'
    )


def test_before_the_first_event_there_is_nothing() -> None:
    assert ring().after(0) == Part(b"", 0)
    assert ring().after(1) is None


def test_what_came_after_is_given_in_order() -> None:
    filled = ring(b"1", b"2", b"3")
    assert numbers(filled.after(0)) == [1, 2, 3]
    assert numbers(filled.after(2)) == [3]
    assert filled.after(3) == Part(b"", 3)
    assert filled.last == 3


def test_what_is_gone_or_never_was_is_not_given() -> None:
    filled = ring(b"1", b"2", b"3", most=2)
    assert filled.after(0) is None
    assert numbers(filled.after(1)) == [2, 3]
    assert filled.after(4) is None


def test_bytes_are_bounded_too() -> None:
    filled = ring(*[b"x" * 400] * 10, room=1000)
    assert numbers(filled.after(8)) == [9, 10]
    assert filled.after(7) is None


def test_one_that_is_larger_than_all_is_lost() -> None:
    assert ring(b"x" * 2000, room=1000).after(0) is None
    assert ring(b"x" * 2000, room=1000).after(1) == Part(b"", 1)


def test_listeners_are_given_little_at_once_and_whole_events_only() -> None:
    filled = ring(*[b"x" * 5000] * 10)
    part = filled.after(0)
    assert numbers(part) == [1, 2, 3, 4]
    assert part is not None
    assert PART <= len(part.content) < PART + 5100
    assert part.content.endswith(b"\n\n")
    assert numbers(filled.after(4)) == [5, 6, 7, 8]


def test_an_id_says_where_somebody_has_been() -> None:
    filled = ring()
    assert filled.number(filled.place(7)) == 7
    for foreign in (
        "",
        "7",
        "-7",
        "other-7",
        "life-",
        "life-x",
        "life--7",
        "life-\u0667",
        "life-" + "9" * 99,
    ):
        assert filled.number(foreign) is None


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 50), st.data())
def test_nobody_misses_an_event_without_being_told(
    batches: list[int], most: int, data: st.DataObject
) -> None:
    """Whenever a listener asks, it is given the next event, or told that it is gone."""
    filled = Ring("life", most, 1_000_000)
    heard = 0
    for size in batches:
        filled.add([("said", b"")] * size)
        if data.draw(st.booleans()):
            part = filled.after(heard)
            if part is None:
                assert filled.last - heard > most
                heard = filled.last
            else:
                assert numbers(part) == list(range(heard + 1, part.last + 1))
                heard = part.last
    assert filled.last == sum(batches)
