import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daybell.api.client import ApiError, Client, NotRunning

Answer = Callable[[bytes], Client]


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answer]:
    """A server that answers anything with these bytes."""
    path = tmp_path / "api.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def answer(content: bytes) -> Client:
            def once() -> None:
                connection, _address = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(content)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass  # closing on what was not read would take the answer back

            threading.Thread(target=once, daemon=True).start()
            return Client(path)

        yield answer


def http(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def test_nobody_there_is_not_running(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        Client(tmp_path / "gone" / "api.sock").get("/")


def test_a_dead_socket_is_not_running(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "api.sock"))
    with pytest.raises(NotRunning):
        Client(tmp_path / "api.sock").get("/")


@pytest.mark.parametrize(
    ("content", "message", "status"),
    [
        (b"", "broke off", 0),
        (b"nonsense\r\n\r\n", "broke off", 0),
        (http("200 OK", b"<html>"), "not JSON", 0),
        (http("503 Service Unavailable", b'"busy"'), "answered 503 Service Unavailable", 503),
        (http("503 Service Unavailable", b'{"error": "busy"}'), "answered 503", 503),
    ],
)
def test_a_strange_answer_is_no_answer(answering: Answer, content: bytes, message: str, status: int) -> None:
    with pytest.raises(ApiError, match=message) as raised:
        answering(content).get("/")
    assert (raised.value.code, raised.value.status) == ("no_answer", status)


def test_silence_ends(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "api.sock"))
        mute.listen()
        with pytest.raises(ApiError, match=r"did not answer within 0.05 seconds"):
            Client(tmp_path / "api.sock").get("/", timeout=0.05)


def test_problems_come_along(answering: Answer) -> None:
    problem = b'{"file": "f", "field": "x", "message": "p"}'
    body = b'{"error": {"code": "invalid_definition", "message": "m", "problems": [%s]}}' % problem
    with pytest.raises(ApiError) as raised:
        answering(http("422 No", body)).post("/", {"a": [1, None]})
    assert raised.value.problems == ({"file": "f", "field": "x", "message": "p"},)


def test_it_needs_the_standard_library_only() -> None:
    script = (
        "import sys, daybell.api.client\n"
        "own = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(own - sys.stdlib_module_names - {'daybell'}))"
    )
    found = subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert (found.stdout.strip(), found.stderr) == ("['__main__']", "")
