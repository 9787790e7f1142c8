"""An environment of jobs that is as a test says."""

from daybell.core.environment_view import Known
from daybell.model.errors import DaybellError


class KnownEnvironment:
    """`refresh` gives the next of what is to be known, or the error."""

    def __init__(self, *, refusal: DaybellError | None = None) -> None:
        own = {"PATH": "/bin", "HOME": "/home/ann"}
        self.known = Known(own, None, own, "/bin/sh", "the login shell /bin/sh has not answered yet")
        self._refusal = refusal

    def refresh(self) -> Known:
        if self._refusal is not None:
            raise self._refusal
        login = {**self.known.own, "PATH": "/own:/bin"}
        self.known = Known(self.known.own, login, login, "/bin/sh")
        return self.known
