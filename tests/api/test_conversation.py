"""What is said over the wire, and which answers are believed."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.api.conversation import CHUNK, LONGEST, MOST_HEADERS, Answer, Broken, Conversation

Talk = Callable[..., Answer]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[Conversation, socket.socket]]:
    """Ours, and the other one's."""
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    conversation = Conversation(ours, "daybell")
    yield conversation, theirs
    conversation.close()
    theirs.close()


@pytest.fixture
def answer(ends: tuple[Conversation, socket.socket]) -> Talk:
    """What is made of these bytes, after which nothing more comes."""

    def asked(*parts: bytes) -> Answer:
        conversation, theirs = ends
        theirs.sendall(b"".join(parts))
        theirs.shutdown(socket.SHUT_WR)
        return conversation.ask("GET", "/", {})

    return asked


def test_a_question_says_who_is_meant_and_how_long_it_is(ends: tuple[Conversation, socket.socket]) -> None:
    conversation, theirs = ends
    for method, content in (("GET", None), ("POST", None), ("PUT", b"{}")):
        theirs.sendall(OK + b"Content-Length: 0\r\n\r\n")
        conversation.ask(method, "/a?b=c", {"If-Match": '"x"'} if content else {}, content)
    assert theirs.recv(65536) == (
        b"GET /a?b=c HTTP/1.1\r\nHost: daybell\r\n\r\n"
        b"POST /a?b=c HTTP/1.1\r\nHost: daybell\r\nContent-Length: 0\r\n\r\n"
        b'PUT /a?b=c HTTP/1.1\r\nHost: daybell\r\nIf-Match: "x"\r\nContent-Length: 2\r\n\r\n{}'
    )


@pytest.mark.parametrize(
    ("target", "header"),
    [("/a b", "x"), ("/a\r\nX: y", "x"), ("/ä", "x"), ("/", "x\r\nY: z"), ("/", "x\n"), ("/", "ä")],
)
def test_no_question_hides_another_one(
    ends: tuple[Conversation, socket.socket], target: str, header: str
) -> None:
    conversation, theirs = ends
    with pytest.raises(ValueError, match="cannot be asked"):
        conversation.ask("GET", target, {"X": header})
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_an_answer_is_as_long_as_it_says(answer: Talk) -> None:
    found = answer(OK, b"content-length:  5 \r\nDAYBELL-Next-offset: 7\r\nETag:\r\n\r\nhello", b"more")
    assert (found.status, found.reason, found.leaves_open) == (200, "OK", False)
    assert dict(found.headers) == {"Content-Length": "5", "Daybell-Next-Offset": "7", "Etag": ""}
    assert (found.read(), found.read(), found.leaves_open) == (b"hello", b"", True)


@pytest.mark.parametrize("content", [b"", b"5\r\nhello\r\n", b"3;a=b\r\nhel\r\n0002\r\nlo\r\n"])
@pytest.mark.parametrize("trailer", [b"", b"X: y\r\n"])
def test_chunks_are_put_together(answer: Talk, content: bytes, trailer: bytes) -> None:
    found = answer(CHUNKED, content, b"0\r\n", trailer, b"\r\n")
    assert (found.read(), found.leaves_open) == (b"hello" if content else b"", True)


def test_what_is_more_than_one_piece_comes_whole(ends: tuple[Conversation, socket.socket]) -> None:
    conversation, theirs = ends
    size = CHUNK + 1
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * size)
    theirs.sendall(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (size, bytes(size)))
    assert [len(part) for part in conversation.ask("GET", "/", {}).parts()][-1] > 0
    theirs.sendall(OK + b"Content-Length: %d\r\n\r\n%s" % (size, bytes(size)))
    assert conversation.ask("GET", "/", {}).read() == bytes(size)


def test_no_more_is_read_than_was_asked_for(answer: Talk) -> None:
    found = answer(OK, b"Content-Length: 4\r\n\r\nabcd")
    assert found.read(3) == b"abc"


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_some_answers_have_no_body(answer: Talk, status: bytes) -> None:
    found = answer(b"HTTP/1.1 ", status, b"\r\n\r\n")
    assert (found.read(), found.leaves_open) == (b"", True)


def test_a_line_is_told_as_soon_as_it_is_whole(ends: tuple[Conversation, socket.socket]) -> None:
    conversation, theirs = ends
    theirs.sendall(CHUNKED + b"9\r\none\r\n\ntwo\r\n")
    lines = conversation.ask("GET", "/", {}).lines()
    assert [next(lines), next(lines)] == [b"one", b""]
    theirs.sendall(b"6\r\n\nthree\r\n0\r\n\r\n")
    assert list(lines) == [b"two", b"three"]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1",
        b"nonsense\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        OK,
        OK + b"\r\n",
        OK + b"Content-Length: 0\r\n",
        OK + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
        OK + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        *(OK + b"Content-Length: %s\r\n\r\n123" % length for length in (b"-1", b"+1", b"0x1", b"1_0")),
        OK + b"Content-Length: 9999999999999999999\r\n\r\n",
        OK + "Content-Length: ²\r\n\r\n".encode("latin-1"),
        OK + b"Content-Length: 0\r\nno header\r\n\r\n",
        OK + b"Content-Length: 0\r\n : x\r\n\r\n",
        OK + b"Content-Length: 0\r\nX: y\r\n z\r\n\r\n",
        OK + b"Content-Length : 0\r\n\r\n",
        OK + b"X: " + b"y" * LONGEST + b"\r\nContent-Length: 0\r\n\r\n",
        OK + b"".join(b"X-%d: y\r\n" % number for number in range(MOST_HEADERS + 1)) + b"\r\n",
        OK + b"Content-Length: 5\r\n\r\nhell",
        *(CHUNKED + chunk for chunk in (b"", b"\r\n", b"+1\r\na\r\n", b"0x1\r\na\r\n", b"-1\r\n", b"g\r\n")),
        *(CHUNKED + chunk for chunk in (b"5\r\nhell", b"5\r\nhello", b"5\r\nhello!\r\n0\r\n\r\n", b"0\r\n")),
        CHUNKED + b"1" * 17 + b"\r\n",
    ],
)
def test_what_is_no_whole_answer_is_told(answer: Talk, said: bytes) -> None:
    with pytest.raises(Broken):
        answer(said).read()


@pytest.mark.parametrize("header", [b"Connection: close\r\nContent-Length: 0", b"Content-Length: 2"])
def test_no_question_follows_where_the_other_one_is_not_over(
    ends: tuple[Conversation, socket.socket], header: bytes
) -> None:
    """It might be taken for the rest of the first, or reach nobody."""
    conversation, theirs = ends
    theirs.sendall(OK + header + b"\r\n\r\n")
    conversation.ask("GET", "/", {})
    with pytest.raises(Broken, match="the connection is over"):
        conversation.ask("GET", "/", {"Authorization": "secret"})
    assert b"secret" not in theirs.recv(65536)


def test_silence_is_not_waited_for_longer_than_that(ends: tuple[Conversation, socket.socket]) -> None:
    conversation, theirs = ends
    conversation._plain.settimeout(0.05)
    theirs.sendall(OK)
    with pytest.raises(TimeoutError):
        conversation.ask("GET", "/", {})


@given(
    body=st.binary(max_size=200),
    cuts=st.lists(st.integers(1, 60)),
    noise=st.binary(max_size=300),
    data=st.data(),
)
def test_pieces_and_garbage(body: bytes, cuts: list[int], noise: bytes, data: st.DataObject) -> None:
    """However it is cut into chunks it is the same; and any garbage is told as such, or as another answer."""
    place, chunks = 0, b""
    for size in (*cuts, 200):
        if part := body[place : place + size]:
            chunks += b"%x\r\n%s\r\n" % (len(part), part)
            place += size
    whole = CHUNKED + chunks + b"0\r\n\r\n"
    at = data.draw(st.integers(0, len(whole)))
    ours, theirs = socket.socketpair()
    with theirs, closing(Conversation(ours, "daybell")) as conversation:
        theirs.sendall(whole)
        assert conversation.ask("GET", "/", {}).read() == body
        theirs.sendall(whole[:at] + noise + whole[at:])
        theirs.shutdown(socket.SHUT_WR)
        with suppress(Broken):
            assert not any(b"\n" in line for line in conversation.ask("GET", "/", {}).lines())
