import pytest

from daybell.core.findings import LEVELS, Finding, Level, worst


@pytest.mark.parametrize("level", LEVELS)
def test_the_worst_decides(level: Level) -> None:
    milder = LEVELS[: LEVELS.index(level) + 1]
    assert worst(Finding("x", one, "") for one in reversed(milder)) == level


def test_nothing_found_is_fine() -> None:
    assert worst([]) == "ok"
