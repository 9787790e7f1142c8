"""How much text fits where Windows counts UTF-16 units?"""


def fit_utf16(text: str, units: int) -> str:
    """The text, cut with "…" where it takes more units; no character is cut in half."""
    if utf16_length(text) <= units:
        return text
    kept = text[: units - 1]
    while utf16_length(kept) > units - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
