import re

import pytest

from builders import at
from daybell.machine.ids import SystemIds


def test_a_run_id_is_the_second_in_utc_and_chance() -> None:
    moment = at("2026-11-21 08:18:42 Europe/Berlin").astimezone()
    assert re.fullmatch(r"20261121-071842-[a-z2-7]{8}", SystemIds().run_id(moment))


def test_run_ids_sort_by_time() -> None:
    ids = [SystemIds().run_id(at(text)) for text in ("2025-12-31 23:59:59", "2026-01-01 00:00:00")]
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "make", [lambda: SystemIds().run_id(at("2026-01-01 00:00")), SystemIds().traceparent]
)
def test_no_two_are_the_same(make: object) -> None:
    assert callable(make)
    assert len({make() for _ in range(1000)}) == 1000


def test_a_traceparent_is_a_w3c_trace_context() -> None:
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", SystemIds().traceparent())
