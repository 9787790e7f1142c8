"""Facts count once they have been so for a while."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from daybell.core.steadiness import HYSTERESIS, ROUNDING, Steady
from daybell.model.facts import Facts

MAINS, BATTERY = Facts(on_mains=True), Facts(on_mains=False)
LONG = HYSTERESIS.total_seconds()


def test_K2_a_change_counts_after_ten_seconds() -> None:
    steady = Steady(MAINS, MAINS).hear(BATTERY, 100)
    assert steady.wait(100) == HYSTERESIS
    assert steady.wait(104) == timedelta(seconds=6)
    assert steady.settle(109.9).counted == MAINS
    settled = steady.settle(110)
    assert (settled.counted, settled.wait(110)) == (BATTERY, None)


def test_K2_a_change_that_is_taken_back_never_counts() -> None:
    steady = Steady(MAINS, MAINS).hear(BATTERY, 100).hear(MAINS, 101)
    assert steady.wait(101) is None
    assert steady.settle(200).counted == MAINS


def test_K2_one_fact_that_wobbles_does_not_hold_up_another() -> None:
    steady = Steady(MAINS, MAINS).hear(Facts(on_mains=False, is_online=True), 100)
    for second in range(1, 10):
        steady = steady.hear(Facts(on_mains=second % 2 == 0, is_online=True), 100 + second)
    assert steady.settle(110).counted == Facts(on_mains=True, is_online=True)


def test_a_wait_that_is_over_is_no_time_at_all() -> None:
    assert Steady(MAINS, MAINS).hear(BATTERY, 100).wait(500) == timedelta(0)


@given(st.floats(0, 1e7), st.floats(0, 20))
def test_what_is_looked_at_when_its_wait_is_over_counts(began: float, later: float) -> None:
    steady = Steady(MAINS, MAINS).hear(BATTERY, began)
    wait = steady.wait(began + later)
    assert wait is not None
    assert steady.settle(began + later + wait.total_seconds()).counted == BATTERY


@given(st.lists(st.tuples(st.floats(0, 9), st.booleans()), max_size=40))
def test_K2_what_counts_was_told_for_ten_seconds_without_a_break(said: list[tuple[float, bool]]) -> None:
    """Against a list of all that was ever said."""
    steady, now = Steady(MAINS, MAINS), 0.0
    told: list[tuple[float, bool]] = [(-LONG, True)]
    counted = True
    for wait, on_mains in said:
        now += wait
        steady = steady.settle(now)
        began = next(
            at for place, (at, _) in enumerate(told) if {one for _, one in told[place:]} == {told[-1][1]}
        )
        if now - began >= LONG - ROUNDING:
            counted = told[-1][1]
        assert steady.counted == Facts(on_mains=counted)
        steady = steady.hear(Facts(on_mains=on_mains), now)
        told.append((now, on_mains))
