"""Who has shown that they are this person? Known for as long as the TCP door is open, and in memory only."""

import hmac
import secrets
from collections.abc import Callable
from time import monotonic

from daybell.api.endpoint import proof
from daybell.api.quota import Quota
from daybell.model.errors import DaybellError

CODE_LIFE = 60.0
"""Seconds from the making of a code to its end."""
SESSION_LIFE = 12 * 3600.0
"""Seconds from the last use of a session to its end."""
MOST_SESSIONS = 16
"""Windows of one person; the one that was used longest ago makes room."""
BAD_CODES = 5, 60.0
HELLOS = 1200, 60.0
"""How many, in how many seconds. A script may run commands as fast as it can; each says hello once."""


class Keys:
    """The token of programs, which stands in the endpoint file; codes and sessions of browsers."""

    def __init__(self, token: str, now: Callable[[], float] = monotonic) -> None:
        if not token:
            raise DaybellError("the door of the API stays shut: there is no token to ask for")
        self._token = token.encode()
        self._now = now
        self._code: tuple[bytes, float] | None = None
        self._sessions: dict[bytes, float] = {}
        self._bad_codes = Quota(*BAD_CODES, now)
        self._hellos = Quota(*HELLOS, now)

    @classmethod
    def fresh(cls) -> "Keys":
        return cls(new_secret())

    @property
    def token(self) -> str:
        return self._token.decode()

    def admits(self, shown: bytes) -> bool:
        """Whether it is the token, or a session that has not ended; which goes on, then."""
        return self.is_token(shown) or self._is_session(shown)

    def is_token(self, shown: bytes) -> bool:
        return hmac.compare_digest(shown, self._token)

    def new_code(self) -> str:
        """For one browser, once. An older one is worth nothing from now on, and bad tries are forgotten."""
        code = new_secret()
        self._code = (code.encode(), self._now())
        self._bad_codes.renew()
        return code

    @property
    def hears_codes(self) -> bool:
        """Not for a while after too many bad ones."""
        return not self._bad_codes.is_spent

    def exchange(self, code: str) -> str | None:
        """A new session for the code; None where it is not the newest, or was used, or is too old."""
        known, self._code = self._code, None
        if known and hmac.compare_digest(code.encode(errors="replace"), known[0]):
            return self._new_session() if self._now() - known[1] < CODE_LIFE else None
        self._code = known
        self._bad_codes.take()
        return None

    def prove(self, nonce: str) -> str | None:
        """What only a holder of the token can answer; None when it was asked too often."""
        return proof(self.token, nonce) if self._hellos.take() else None

    def _new_session(self) -> str:
        self._forget_old_sessions()
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda one: self._sessions[one])]
        session = new_secret()
        self._sessions[session.encode()] = self._now()
        return session

    def _is_session(self, shown: bytes) -> bool:
        self._forget_old_sessions()
        # Each of them is compared, so that no answer comes sooner for a better guess.
        fitting = [one for one in self._sessions if hmac.compare_digest(shown, one)]
        self._sessions.update(dict.fromkeys(fitting, self._now()))
        return bool(fitting)

    def _forget_old_sessions(self) -> None:
        now = self._now()
        self._sessions = {one: used for one, used in self._sessions.items() if now - used < SESSION_LIFE}


def new_secret() -> str:
    """256 bits, fit for an address."""
    return secrets.token_urlsafe(32)
