"""Properties are judged by their answers; how long one takes depends on what else this machine does."""

from hypothesis import settings

settings.register_profile("core", deadline=None)
settings.load_profile("core")
