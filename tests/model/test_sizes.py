import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.model.sizes import Size, spell


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("65536", 65536),
        ("1K", 1024),
        ("512M", 512 << 20),
        (" 512 m ", 512 << 20),
        ("1.5G", 3 << 29),
        ("2GiB", 2 << 30),
        ("2gb", 2 << 30),
        ("3B", 3),
        ("1T", 1 << 40),
        ("0.5K", 512),
    ],
)
def test_a_size_is_read(text: str, count: int) -> None:
    assert Size.parse(text) == count


@pytest.mark.parametrize(
    "text", ["", " ", "M", "5X", "-5M", "5M!", "1M 2K", "1,5G", "1e3", "\u0665M", "5 M\nx"]
)
def test_what_is_no_size_says_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match='expected a size such as "512M" or "2G", found '):
        Size.parse(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (1, "1"), (1024, "1K"), (1536, "1536"), (3 << 29, "1536M"), (5 << 40, "5T"), (1025, "1025")],
)
def test_a_size_is_spelled_in_the_largest_unit_that_keeps_it_exact(count: int, text: str) -> None:
    assert str(Size(count)) == spell(count) == text


@given(st.integers(0, 1 << 53))
def test_what_is_written_is_read_again(count: int) -> None:
    assert Size.parse(str(Size(count))) == count


def test_it_is_a_number_and_is_written_in_its_text_form() -> None:
    assert Size.parse("1M") + 1 == 1048577
    assert msgspec.json.encode({"memory": str(Size(1 << 20))}) == b'{"memory":"1M"}'
