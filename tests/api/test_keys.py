import pytest

from daybell.api.endpoint import proof
from daybell.api.keys import CODE_LIFE, HELLOS, MOST_SESSIONS, SESSION_LIFE, Keys, new_secret
from daybell.model.errors import DaybellError


class Hours:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def keys(clock: Hours) -> Keys:
    return Keys("the-token", clock)


def begin(keys: Keys) -> bytes:
    session = keys.exchange(keys.new_code())
    assert session is not None
    return session.encode()


def test_without_a_token_there_is_no_door() -> None:
    """An empty one must never come to mean that nobody is asked."""
    with pytest.raises(DaybellError, match="there is no token"):
        Keys("")


def test_secrets_have_256_bits_and_never_come_twice() -> None:
    assert len(new_secret()) == 43
    assert len({new_secret() for _ in range(100)}) == 100
    assert Keys.fresh().token != Keys.fresh().token


@pytest.mark.parametrize(
    ("shown", "is_let_in"),
    [(b"the-token", True), (b"", False), (b"the-toke", False), (b"the-token ", False), (b"\xff", False)],
)
def test_only_the_token_is_the_token(keys: Keys, shown: bytes, is_let_in: bool) -> None:  # noqa: FBT001 - a table
    assert keys.admits(shown) is is_let_in


def test_a_code_becomes_a_session_once(keys: Keys) -> None:
    code = keys.new_code()
    session = keys.exchange(code)
    assert session is not None
    assert keys.admits(session.encode())
    assert not keys.is_token(session.encode())
    assert keys.exchange(code) is None


@pytest.mark.parametrize(("seconds", "is_good"), [(CODE_LIFE - 0.1, True), (CODE_LIFE, False), (1e6, False)])
def test_a_code_is_good_for_a_minute(keys: Keys, clock: Hours, seconds: float, is_good: bool) -> None:  # noqa: FBT001 - a table
    code = keys.new_code()
    clock.now += seconds
    assert (keys.exchange(code) is not None) is is_good


def test_only_the_newest_code_counts(keys: Keys) -> None:
    older, newest = keys.new_code(), keys.new_code()
    assert keys.exchange(older) is None
    assert keys.exchange(newest) is not None


def test_a_wrong_code_leaves_the_right_one_as_it_is(keys: Keys) -> None:
    code = keys.new_code()
    assert keys.exchange("x") is None
    assert keys.exchange("") is None
    assert keys.exchange("\ud800") is None
    assert keys.exchange(code) is not None


def test_before_any_code_none_is_right(keys: Keys) -> None:
    assert keys.exchange("") is None


def test_five_wrong_codes_a_minute_are_enough(keys: Keys, clock: Hours) -> None:
    for _ in range(5):
        assert keys.hears_codes
        keys.exchange("wrong")
    assert not keys.hears_codes
    clock.now += 60
    assert keys.hears_codes


def test_a_new_code_is_heard_in_any_case(keys: Keys) -> None:
    """Who guesses must not keep out who has asked for a code."""
    for _ in range(5):
        keys.exchange("wrong")
    keys.new_code()
    assert keys.hears_codes


def test_a_session_ends_twelve_hours_after_its_last_use(keys: Keys, clock: Hours) -> None:
    session = begin(keys)
    for _ in range(3):
        clock.now += SESSION_LIFE - 1
        assert keys.admits(session)
    clock.now += SESSION_LIFE
    assert not keys.admits(session)


def test_there_are_several_sessions_and_not_too_many(keys: Keys, clock: Hours) -> None:
    sessions = []
    for _ in range(MOST_SESSIONS):
        clock.now += 1
        sessions.append(begin(keys))
    clock.now += 1
    assert keys.admits(sessions[0])
    sessions.append(begin(keys))
    assert not keys.admits(sessions[1])
    assert all(keys.admits(one) for one in [sessions[0], *sessions[2:]])


def test_a_proof_is_one_of_this_token_and_this_nonce(keys: Keys) -> None:
    assert keys.prove("nonce") == proof("the-token", "nonce")
    assert len({proof(token, nonce) for token in ("a", "b") for nonce in ("c", "d")}) == 4
    assert "the-token" not in proof("the-token", "nonce")


def test_proofs_are_not_given_without_end(keys: Keys, clock: Hours) -> None:
    most, seconds = HELLOS
    assert all(keys.prove("nonce") for _ in range(most))
    assert keys.prove("nonce") is None
    clock.now += seconds
    assert keys.prove("nonce")
