"""The forms of a secret that are masked."""

import base64
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.disguises import disguises
from daybell.core.masking import SHORTEST, Masker

PEM = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n{\n-----END KEY-----\n"


def written(secret: str, output: str) -> str:
    """As it comes to be in the log."""
    masker = Masker(disguises(secret))
    return (masker.feed(output.encode("utf-8", "surrogateescape")) + masker.finish()).decode()


HARD = "p@ss w\"o'rd/\\é+"


@pytest.mark.parametrize(
    "form",
    [
        HARD,
        quote(HARD),
        quote(HARD, safe=""),
        quote_plus(HARD),
        "p%40ss%20w%22o'rd%2F%5C%C3%A9%2B",  # encodeURIComponent
        json.dumps(HARD)[1:-1],
        json.dumps(HARD, ensure_ascii=False)[1:-1],
        repr(HARD)[1:-1],
        repr(HARD.encode())[2:-1],
        shlex.quote(HARD)[1:-1],
        HARD.replace("'", r"'\''"),  # bash -x
    ],
)
def test_what_programs_make_of_a_secret_is_masked(form: str) -> None:
    assert written(HARD, f"<{form}>") == "<***>"


others = st.lists(st.integers(0, 31), max_size=5).map(bytes)


@given(st.text(alphabet="pqrxyz~é€", min_size=4), others, others)
def test_a_secret_is_masked_in_base64_whatever_stands_beside_it(
    secret: str, before: bytes, behind: bytes
) -> None:
    """All characters that tell of nothing else; the one at each end has two to four of its bits at most."""
    size, begin = len(secret.encode()), len(before)
    first, last = -(-4 * begin // 3), 4 * (begin + size) // 3
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + secret.encode() + behind).decode()
        assert written(secret, f"<{text}>") == f"<{text[:first]}***{text[last:]}>"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (PEM, "***"),
        (PEM.strip(), "***"),
        (PEM.replace("\n", "\r\n"), "***\r\n***\r\n{\r\n***\r\n"),
        ("  MIIEpAIBAAKCAQEA", "  ***"),
        (json.dumps(PEM), '"***"'),
        ("{}", "{}"),
    ],
)
def test_the_lines_of_a_long_secret_are_masked_by_themselves(output: str, expected: str) -> None:
    assert written(PEM, output) == expected


def test_a_secret_that_was_stored_with_its_line_break_is_masked_without() -> None:
    assert written("hunter2\n", "it is hunter2, really") == "it is ***, really"


def test_forms_that_are_too_short_to_be_found_are_left_out() -> None:
    assert b"a b\n" in disguises("a b\n")
    assert b"a b" not in disguises("a b\n")
    assert all(len(form) >= SHORTEST for form in disguises("a b\n"))
    assert not disguises("")


def test_bytes_that_are_no_text_are_masked_too() -> None:
    assert written("caf\udce9 latin", "<caf\udce9 latin>") == "<***>"
