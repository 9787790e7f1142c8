"""Is a text one line that reads in one direction, whatever its language?"""

import unicodedata

DISTURBING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of letters that are no part of a line."""
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Bidirectional classes of those that turn round what stands behind them."""


def is_line(text: str) -> bool:
    return text.isprintable() or not any(map(_disturbs, text))


def _disturbs(letter: str) -> bool:
    """It ends a line or turns it round. Joiners do not: Persian words and families of emoji need them."""
    return unicodedata.category(letter) in DISTURBING or unicodedata.bidirectional(letter) in TURNING
