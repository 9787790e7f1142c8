import pytest

from daybell.core.amounts import cpu_time, output, size

K, M = 1 << 10, 1 << 20


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1434, "1.4 KiB"),
        (380 * M, "380 MiB"),
        (1024 * M - 1, "1.0 GiB"),
        (5 << 30, "5.0 GiB"),
        (5000 << 40, "5000 TiB"),
    ],
)
def test_sizes_have_three_digits_that_count(count: int, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "0.000s"), (0.0042, "0.004s"), (12.34, "12.3s"), (3780.4, "3780s")]
)
def test_cpu_time_is_in_seconds(seconds: float, words: str) -> None:
    assert cpu_time(seconds) == words


def test_output_says_what_was_not_kept() -> None:
    assert output(2 * K, 0) == "2.0 KiB"
    assert output(5 << 30, 4 << 30) == "5.0 GiB, of which 4.0 GiB were left out"
