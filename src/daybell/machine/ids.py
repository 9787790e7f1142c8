"""What may this new run be called?"""

import base64
import secrets
from datetime import UTC, datetime

ENTROPY_BYTES = 5
"""Eight characters of base32: two runs of one second share an id once in 10^12 pairs."""


class SystemIds:
    """Chance from the operating system, as `engine.ports.Ids` promises it."""

    def run_id(self, now: datetime) -> str:
        """Such as "20261121-071842-k3f9x2ab": the second in UTC, then chance."""
        chance = base64.b32encode(secrets.token_bytes(ENTROPY_BYTES)).decode().lower()
        return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{chance}"

    def chance(self) -> float:
        return secrets.randbelow(1 << 53) / (1 << 53)

    def traceparent(self) -> str:
        chance = secrets.token_hex(24)
        return f"00-{chance[:32]}-{chance[32:]}-01"
