"""Which texts are one line?"""

import pytest

from daybell.core.lettering import is_line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Back up",
        "نسخ احتياطي",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f467",
        "Photos\u00a0!",
    ],
    ids=["empty", "English", "Arabic", "Persian with a joiner", "a family of emoji", "a French blank"],
)
def test_every_language_has_lines(text: str) -> None:
    assert is_line(text)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\tb", "a\x1b[31mb", "a\u2028b", "a\u202eb", "a\u2066b", "a\ud800b"]
)
def test_what_ends_or_turns_a_line_is_found(text: str) -> None:
    assert not is_line(text)
