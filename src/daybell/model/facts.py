"""Facts: what the machine's surroundings are like, as far as anybody can tell."""

from datetime import timedelta

from msgspec import Struct


class Facts(Struct, frozen=True):
    """None: nobody can tell."""

    on_mains: bool | None = None
    """False: it runs on its battery."""
    is_online: bool | None = None
    idle: timedelta | None = None
    """For how long nobody has touched keyboard or mouse."""
