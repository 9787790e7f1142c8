"""Every statement of what the policies do is shown by a test that is named after it."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
STATEMENTS = {
    "L": 5,  # the ledger
    "M": 12,  # missed runs
    "O": 4,  # overlap and limits
    "R": 5,  # retry
    "T": 4,  # timeout and ending processes
    "J": 2,  # jitter
    "C": 5,  # cron
    "D": 2,  # daylight saving and zones
    "K": 5,  # conditions
    "N": 5,  # notices
    "G": 3,  # definitions
}
"""How many there are of each kind."""
IDS = [f"{kind}{number}" for kind, count in STATEMENTS.items() for number in range(1, count + 1)]


def named(source: str) -> Counter[str]:
    """The statements that the tests in a file are named after: "test_O1_and_O3_a_skip…" shows two."""
    functions = (node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    tests = (name for name in functions if name.startswith("test_"))
    return Counter(word for name in tests for word in re.split("_", name) if word in IDS)


@pytest.fixture(scope="module")
def shown() -> Counter[str]:
    return sum((named(path.read_text()) for path in TESTS.rglob("test_*.py")), Counter())


@pytest.mark.parametrize("statement", IDS)
def test_each_statement_has_a_test_that_is_named_after_it(statement: str, shown: Counter[str]) -> None:
    assert shown[statement] > 0


def test_only_tests_count() -> None:
    source = "def test_O1_and_O3_a_skip(): ...\ndef R1(): ...\n# test_M1\ndef test_X9_O12_m1(): ...\n"
    assert named(source) == {"O1": 1, "O3": 1}
