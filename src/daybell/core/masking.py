"""What of a command's output may be written down, if it was given secrets?"""

from collections.abc import Iterable, Iterator

SHORTEST = 4
"""Bytes of a secret: what is shorter stands in ordinary output everywhere."""
MASKS = (b"***", b"###", b"+++", b"~~~")
"""In the place of a secret stands the first that shares nothing with any: no mask may complete a secret."""


class Masker:
    """Masks a stream, piece by piece: however it is cut, the pieces come to what the whole would.

    Where secrets overlap, what all of them cover becomes one mask. Only what may be the beginning of a secret
    is held back, so that lines are passed on at once.
    """

    def __init__(self, secrets: Iterable[bytes]) -> None:
        """ValueError if one of them is shorter than `SHORTEST`."""
        self._secrets = tuple(dict.fromkeys(secrets))
        if any(len(secret) < SHORTEST for secret in self._secrets):
            raise ValueError(f"a secret of less than {SHORTEST} bytes would mask too much")
        self._mask = next((mask for mask in MASKS if not self._has(mask[:1])), MASKS[0])
        self._held = b""
        self._covered = 0
        """Of what is held, so many bytes belong to a secret whose mask was passed on already."""

    def feed(self, chunk: bytes) -> bytes:
        """What may be written now, of this and of what was held back."""
        content = self._held + chunk
        safe = self._safe(content)
        pieces = []
        done = self._covered
        for begin, end in sorted(self._found(content)):
            if begin >= safe:
                break
            if begin >= done:
                pieces += [content[done:begin], self._mask]
            done = max(done, end)
        pieces.append(content[done:safe])
        done = max(done, safe)
        self._held, self._covered = content[safe:], done - safe
        return b"".join(pieces)

    def finish(self) -> bytes:
        """What was held back, as nothing comes any more; a part of a secret that is long enough is masked."""
        held, covered = self._held, self._covered
        self._held, self._covered = b"", 0
        if len(held) < SHORTEST:
            return held[covered:]
        return b"" if covered else self._mask

    def _safe(self, content: bytes) -> int:
        """Where the first secret may begin that more output would complete; the end if none does."""
        return min((_begin(secret, content) for secret in self._secrets), default=len(content))

    def _found(self, content: bytes) -> Iterator[tuple[int, int]]:
        """From where to where each secret stands, wherever it does."""
        for secret in self._secrets:
            at = content.find(secret)
            while at >= 0:
                yield at, at + len(secret)
                at = content.find(secret, at + 1)

    def _has(self, part: bytes) -> bool:
        return any(part in secret for secret in self._secrets)


def _begin(secret: bytes, content: bytes) -> int:
    """Where the longest part at the end begins that is a beginning of the secret, but not the whole."""
    at = content.find(secret[:1], max(0, len(content) - len(secret) + 1))
    while at >= 0 and not secret.startswith(content[at:]):
        at = content.find(secret[:1], at + 1)
    return at if at >= 0 else len(content)
