import marshal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.machine.processes.shim import clipped, failure, ioprio_call, orders


@pytest.mark.parametrize(
    ("machine", "is_64_bit", "expected"),
    [
        ("x86_64", True, 251),
        ("aarch64", True, 30),
        ("riscv64", True, 30),
        ("ppc64le", True, 273),
        ("s390x", True, 282),
        ("x86_64", False, 289),
        ("i686", False, 289),
        ("aarch64", False, 314),
        ("armv7l", False, 314),
        ("mips64", True, None),
        ("mips", False, None),
    ],
)
def test_the_call_for_io_priorities_has_a_number_for_each_processor(
    machine: str,
    is_64_bit: bool,  # noqa: FBT001 a table
    expected: int | None,
) -> None:
    """A program of 32 bits makes the calls of a processor of 32 bits, whatever the kernel runs on."""
    assert ioprio_call(machine, is_64_bit=is_64_bit) == expected


@given(wanted=st.integers(1, 1 << 62), hard=st.integers(-1, 1 << 62))
def test_no_limit_is_raised(wanted: int, hard: int) -> None:
    assert clipped(wanted, hard) == (wanted if hard < 0 else min(wanted, hard))


def test_orders_carry_any_text() -> None:
    read = marshal.loads(orders("/bin/x", ["x", "ä \udcff\n"], {"A.B": "ü"}, {"nice": 5}))
    assert read == (b"/bin/x", [b"x", b"\xc3\xa4 \xff\n"], {b"A.B": b"\xc3\xbc"}, {"nice": 5})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((2, "No such file or directory"), FileNotFoundError),
        ((8, "Exec format error"), OSError),
        ((None, "embedded null byte"), ValueError),
    ],
)
def test_a_failure_is_as_if_it_had_happened_here(
    answer: tuple[int | None, str], error: type[Exception]
) -> None:
    told = failure(marshal.dumps(answer))
    assert type(told) is error
    assert answer[1] in str(told)
