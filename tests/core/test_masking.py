"""What may be written of the output of a command that was given secrets."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daybell.core.masking import MASKS, SHORTEST, Masker


def masked(chunks: Iterable[bytes], *secrets: bytes) -> bytes:
    masker = Masker(secrets)
    return b"".join([*map(masker.feed, chunks), masker.finish()])


def oracle(content: bytes, secrets: Sequence[bytes]) -> bytes:
    """Byte by byte, over the whole: where secrets stand, merged where they overlap."""
    size = len(content)
    found = [
        (at, at + len(secret)) for at in range(size) for secret in secrets if content.startswith(secret, at)
    ]
    cut_off = [at for at in range(size) if any(secret.startswith(content[at:]) for secret in secrets)]
    cut_off = [at for at in cut_off if content[at:] not in secrets]
    if cut_off and size - cut_off[0] >= SHORTEST:
        found.append((cut_off[0], size))
    mask = next((mask for mask in MASKS if not any(mask[:1] in secret for secret in secrets)), MASKS[0])
    out, done = b"", 0
    for begin, end in sorted(found):
        if begin >= done:
            out += content[done:begin] + mask
        done = max(done, end)
    return out + content[done:]


@pytest.mark.parametrize(
    ("content", "secrets", "expected"),
    [
        (b"the word is hunter2.", [b"hunter2"], b"the word is ***."),
        (b"nothing at all", [b"hunter2"], b"nothing at all"),
        (b"nothing to hide", [], b"nothing to hide"),
        (b"hunter2hunter2", [b"hunter2"], b"******"),
        (b"hunter22 hunter2", [b"hunter2", b"hunter22"], b"*** ***"),
        (b"abcdefg", [b"abcd", b"cdefg"], b"***"),
        (b"abcdefg.", [b"abcdefg", b"cdef"], b"***."),
        (b"aaaaaaaaa", [b"aaaa"], b"***"),
        (b"one\ntwo\nthree\n", [b"one\ntwo"], b"***\nthree\n"),
        (b"a***b hunter2", [b"a***b", b"hunter2"], b"### ###"),
        (b"cut off: hunt", [b"hunter2"], b"cut off: ***"),
        (b"cut off: hun", [b"hunter2"], b"cut off: hun"),
        (b"abababab", [b"ababab"], b"***"),
        (b"ababababc", [b"ababab"], b"***c"),
    ],
)
def test_secrets_are_masked_and_nothing_else_is(
    content: bytes, secrets: Sequence[bytes], expected: bytes
) -> None:
    """Whole, and byte by byte."""
    assert masked([content], *secrets) == expected
    assert masked((content[at : at + 1] for at in range(len(content))), *secrets) == expected


ALPHABET = b"ab*#\n"
bites = st.lists(st.sampled_from(ALPHABET), min_size=SHORTEST, max_size=7).map(bytes)
secret_sets = st.lists(bites, max_size=4)


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Secrets, and chunks that are rich in them and in parts of them."""
    secrets = draw(secret_sets)
    parts = st.lists(st.sampled_from(ALPHABET), max_size=4).map(bytes)
    if secrets:
        known = st.sampled_from(secrets)
        parts |= known | st.tuples(known, st.integers(1, 6)).map(lambda one: one[0][: one[1]])
    content = b"".join(draw(st.lists(parts, max_size=12)))
    cuts = sorted(draw(st.lists(st.integers(0, len(content)), max_size=8)))
    bounds = [0, *cuts, len(content)]
    return secrets, [content[begin:end] for begin, end in pairwise(bounds)]


@given(streams())
@example(([b"abab"], [b"aba", b"ba", b"b"]))
@example(([b"aaaa", b"aaaab*"], [b"aaaaa", b"b", b"a"]))
def test_however_the_stream_is_cut_it_comes_to_what_the_whole_does(
    stream: tuple[list[bytes], list[bytes]],
) -> None:
    secrets, chunks = stream
    whole = b"".join(chunks)
    expected = oracle(whole, secrets)
    assert masked(chunks, *secrets) == expected
    assert masked([whole], *secrets) == expected
    assert masked((whole[at : at + 1] for at in range(len(whole))), *secrets) == expected
    assert not [secret for secret in secrets if secret in expected]


@given(streams())
def test_only_the_beginning_of_a_secret_is_held_back(stream: tuple[list[bytes], list[bytes]]) -> None:
    secrets, chunks = stream
    masker = Masker(secrets)
    for chunk in chunks:
        masker.feed(chunk)
        assert not masker._held or any(
            secret.startswith(masker._held) and secret != masker._held for secret in secrets
        )


def test_a_line_is_passed_on_at_once() -> None:
    masker = Masker([b"hunter2"])
    assert masker.feed(b"ready\n") == b"ready\n"
    assert masker.feed(b"a hu") == b"a "
    assert masker.feed(b"rry\n") == b"hurry\n"


def test_it_can_be_used_again_after_its_end() -> None:
    masker = Masker([b"hunter2"])
    assert (masker.feed(b"hun"), masker.finish()) == (b"", b"hun")
    assert masker.feed(b"ter2") == b"ter2"


@pytest.mark.parametrize("secret", [b"", b"abc"])
def test_what_is_too_short_to_be_found_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="less than 4 bytes would mask too much"):
        Masker([b"hunter2", secret])


def test_where_secrets_have_every_mask_in_them_the_first_one_is_taken() -> None:
    assert masked([b"x ab*#+~ y"], b"ab*#+~") == b"x *** y"
