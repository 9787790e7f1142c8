"""What does logind tell of sleep, and of the session the person sits at?"""

from collections.abc import Callable
from datetime import datetime

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, message_bus, new_method_call
from msgspec import Struct

from daybell.desktop.bus.calls import Calls, body_of
from daybell.desktop.bus.mirror import Mirror
from daybell.desktop.bus.service import Service
from daybell.desktop.surroundings.session import Presence, choose_session, presence
from daybell.desktop.surroundings.values import flag, is_path

NAME = "org.freedesktop.login1"
LOGIND = DBusAddress("/org/freedesktop/login1", NAME, f"{NAME}.Manager")
SLEEP = "PrepareForSleep"
SESSIONS = ("SessionNew", "SessionRemoved")
MOST = 50
"""Sessions of one person that are looked at."""


class Person(Struct, frozen=True):
    """Whose sessions count."""

    user_id: int
    session_id: str
    """Of the session that Daybell is in; empty for none."""
    now: Callable[[], datetime]


class Logind(Service):
    """Its sessions of one person, and its word that the machine woke."""

    name = NAME
    title = "logind"

    def __init__(self, calls: Calls, person: Person, woke: Callable[[], None]) -> None:
        super().__init__(calls)
        self._person = person
        self._woke = woke
        self._sessions: dict[str, Mirror] = {}
        self._locked: dict[str, datetime] = {}
        """Since when each session has been; kept while logind is away."""
        self._rules = [_rule(member) for member in (SLEEP, *SESSIONS)]
        self.has_answered = False

    @property
    def presence(self) -> Presence:
        known = {path: one.properties for path, one in self._sessions.items() if one.properties}
        chosen = choose_session(known, self._person.session_id)
        return presence(known[chosen], self._locked.get(chosen)) if chosen else Presence()

    def came(self) -> None:
        for rule in self._rules:
            self._calls.tell(message_bus.AddMatch(rule))
        self._list()

    def went(self) -> None:
        for rule in self._rules:
            self._calls.tell(message_bus.RemoveMatch(rule))
        self.has_answered = False
        self._follow(set())

    def hear(self, signal: Message) -> None:
        if signal.header.fields.get(HeaderFields.interface) == LOGIND.interface:
            self._hear_of_all(signal.header.fields.get(HeaderFields.member), tuple(signal.body))
        for session in tuple(self._sessions.values()):
            session.hear(signal)

    def _hear_of_all(self, member: object, body: tuple[object, ...]) -> None:
        if member == SLEEP and body == (False,):
            self._woke()
        elif member in SESSIONS:
            self._list()

    def _list(self) -> None:
        self._calls.ask(new_method_call(LOGIND, "ListSessions"), self._listed)

    def _listed(self, answer: Message) -> None:
        self.has_answered = bool(self.owner)
        match body_of(answer):
            case (list(sessions),) if self.owner:
                ours = [one[4] for one in sessions if self._is_ours(one)]
                self._locked = {path: at for path, at in self._locked.items() if path in ours}
                self._follow(set(ours[:MOST]))

    def _is_ours(self, session: object) -> bool:
        match session:
            case (_, int(user_id), _, _, str(path)):
                return user_id == self._person.user_id and is_path(path)
        return False

    def _follow(self, paths: set[str]) -> None:
        for path in set(self._sessions) - paths:
            self._sessions.pop(path).detach()
        for path in paths - set(self._sessions):
            address = DBusAddress(path, NAME, f"{NAME}.Session")
            self._sessions[path] = session = Mirror(self._calls, address, self._session_changed)
            session.attach()

    def _session_changed(self) -> None:
        for path, session in self._sessions.items():
            if not flag(session.properties or {}, "LockedHint"):
                self._locked.pop(path, None) if session.properties else None
            elif path not in self._locked:
                self._locked[path] = self._person.now()


def _rule(member: str) -> MatchRule:
    return MatchRule(
        type="signal", sender=NAME, path=LOGIND.object_path, interface=LOGIND.interface, member=member
    )
