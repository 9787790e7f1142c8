"""Questions to a service and their answers, in any order and of any kind."""

import pytest
from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return, new_signal

from daybell.desktop.bus.calls import Calls, error_of
from daybell.desktop.bus.mirror import PROPERTIES, Mirror
from daybell.desktop.bus.service import DRIVER, Service

THING = DBusAddress("/thing", "org.example", "org.example.Thing")


class Post:
    """Takes what is sent, and numbers it."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.is_open = True

    def send(self, message: Message) -> int:
        if not self.is_open:
            return 0
        self.sent.append(message)
        message.header.serial = len(self.sent)
        return len(self.sent)

    def members(self) -> list[str]:
        return [message.header.fields[HeaderFields.member] for message in self.sent]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def calls(post: Post) -> Calls:
    return Calls(post.send)


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def mirror(calls: Calls, told: list[object]) -> Mirror:
    one = Mirror(calls, THING, lambda: told.append(one.properties))
    one.attach()
    return one


def answer(post: Post, **properties: object) -> Message:
    """To the newest question."""
    body = {name: ("s", value) for name, value in properties.items()}
    return new_method_return(post.sent[-1], "a{sv}", (body,))


def changed(
    *gone: str, path: str = "/thing", interface: str = "org.example.Thing", **properties: str
) -> Message:
    body = (interface, {name: ("s", value) for name, value in properties.items()}, list(gone))
    return new_signal(DBusAddress(path, interface=PROPERTIES), "PropertiesChanged", "sa{sv}as", body)


def test_all_properties_come_first_and_then_what_changes(
    mirror: Mirror, post: Post, calls: Calls, told: list[object]
) -> None:
    assert post.members() == ["AddMatch", "GetAll"]
    mirror.hear(changed(colour="too early"))
    assert (mirror.properties, told) == (None, [])
    assert calls.receive(answer(post, colour="red", size="small"))
    mirror.hear(changed(colour="blue"))
    assert told == [{"colour": "red", "size": "small"}, {"colour": "blue", "size": "small"}]
    assert calls.is_quiet


def test_what_is_invalid_is_asked_for_anew(mirror: Mirror, post: Post, calls: Calls) -> None:
    calls.receive(answer(post, colour="red"))
    mirror.hear(changed("colour"))
    assert post.members()[-1] == "GetAll"
    calls.receive(answer(post, colour="green"))
    assert mirror.properties == {"colour": "green"}


def test_an_error_is_an_answer_that_knows_nothing(mirror: Mirror, post: Post, calls: Calls) -> None:
    calls.receive(new_error(post.sent[-1], "org.example.No", "s", ("no",)))
    assert mirror.properties == {}


def test_an_odd_answer_knows_nothing(mirror: Mirror, post: Post, calls: Calls) -> None:
    calls.receive(new_method_return(post.sent[-1], "s", ("red",)))
    assert mirror.properties == {}


@pytest.mark.parametrize(
    "signal",
    [
        changed(path="/other", colour="blue"),
        changed(interface="org.example.Other", colour="blue"),
        new_signal(DBusAddress("/thing", interface=PROPERTIES), "PropertiesChanged", "s", ("odd",)),
        new_signal(DBusAddress("/thing", interface="org.example.Thing"), "Broken"),
    ],
)
def test_other_signals_change_nothing(mirror: Mirror, post: Post, calls: Calls, signal: Message) -> None:
    calls.receive(answer(post, colour="red"))
    mirror.hear(signal)
    assert mirror.properties == {"colour": "red"}


def test_an_old_answer_does_not_count(mirror: Mirror, post: Post, calls: Calls, told: list[object]) -> None:
    """One that was asked of a service that has been started anew since."""
    old = answer(post, colour="old")
    mirror.detach()
    assert calls.receive(old)
    assert (mirror.properties, told) == (None, [])
    mirror.attach()
    calls.receive(answer(post, colour="new"))
    assert told == [{"colour": "new"}]


def test_nobody_waits_for_what_could_not_be_sent(post: Post, calls: Calls) -> None:
    post.is_open = False
    Mirror(calls, THING).attach()
    assert calls.is_quiet


def test_an_error_without_words_has_its_name(post: Post, calls: Calls, mirror: Mirror) -> None:
    assert error_of(new_error(post.sent[-1], "org.example.No")) == "org.example.No"
    assert error_of(answer(post)) == ""


class Example(Service):
    """Notes what becomes of it."""

    name = "org.example"

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self.fate: list[str] = []

    def came(self) -> None:
        self.fate.append(f"came as {self.owner}")

    def went(self) -> None:
        self.fate.append("went")

    def hear(self, signal: Message) -> None:
        self.fate.append(signal.header.fields[HeaderFields.member])


def owner_changed(name: str, owner: str, sender: str = DRIVER) -> Message:
    address = DBusAddress("/org/freedesktop/DBus", interface=DRIVER)
    signal = new_signal(address, "NameOwnerChanged", "sss", (name, "", owner))
    signal.header.fields[HeaderFields.sender] = sender
    return signal


def test_a_service_comes_is_replaced_and_goes(post: Post, calls: Calls) -> None:
    service = Example(calls)
    service.greet()
    assert post.members() == ["AddMatch", "GetNameOwner"]
    calls.receive(new_error(post.sent[-1], "org.freedesktop.DBus.Error.NameHasNoOwner", "s", ("no",)))
    assert (service.owner, service.fate) == ("", [])
    for name, owner, sender in (
        ("org.example", ":1.5", DRIVER),
        ("org.example", ":1.5", DRIVER),
        ("org.other", ":1.7", DRIVER),
        ("org.example", ":1.8", ":1.9"),
        ("org.example", ":1.6", DRIVER),
        ("org.example", "", DRIVER),
    ):
        service.receive(owner_changed(name, owner, sender))
    service.part()
    assert (service.owner, service.fate) == (None, ["came as :1.5", "went", "came as :1.6", "went"])


def test_only_its_own_signals_are_heard(post: Post, calls: Calls) -> None:
    service = Example(calls)
    service.greet()
    calls.receive(new_method_return(post.sent[-1], "s", (":1.5",)))
    for sender in (":1.4", ":1.5"):
        signal = new_signal(THING, "Rang")
        signal.header.fields[HeaderFields.sender] = sender
        service.receive(signal)
    assert service.fate == ["came as :1.5", "Rang"]
