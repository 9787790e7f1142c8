"""Pings as a child really sends them, to servers of this machine."""

import logging
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

import pytest

from daybell.core.pings import Delivery, Ping
from daybell.machine.ping_child import in_words
from daybell.machine.ping_courier import Courier, Patience
from ping_servers import PingServer, Talk, babbles, free_port, says_nothing, strange_server, trickles
from waiting import until

FINE = Delivery()
PATIENT = Patience(pauses=(0.02, 0.02))
"""A busy machine may keep an answer waiting, and what was not heard in time is asked again."""
HASTY = Patience(try_seconds=0.3, pauses=(0.02, 0.02), seconds=10, grace=5)
"""For servers that never answer."""
TIMED_OUT = Delivery("timed out")


@pytest.fixture
def server() -> Iterator[PingServer]:
    with PingServer().running() as one:
        yield one


@pytest.fixture
def courier() -> Courier:
    return Courier("Daybell/0.1.0", PATIENT)


def delivered(*pings: Ping | str, patience: Patience = PATIENT) -> list[Delivery]:
    whole = [Ping(one) if isinstance(one, str) else one for one in pings]
    return Courier("Daybell/0.1.0", patience).deliver(whole)


def test_a_server_hears_who_asks_in_order_and_what_went_wrong(server: PingServer) -> None:
    url = server.url()
    failure = Ping(f"{url}/fail?rid=abc", "backup", "é: disk full")
    assert delivered(f"{url}/start?rid=abc", f"{url}?rid=abc", failure) == [FINE] * 3
    assert server.lines == ["GET /ping/2f1d/start", "GET /ping/2f1d", "POST /ping/2f1d/fail"]
    assert [one.body for one in server.asked] == ["", "", "é: disk full"]
    assert {(one.rid, one.agent) for one in server.asked} == {("abc", "Daybell/0.1.0")}


def test_many_of_one_address_stay_in_order(server: PingServer) -> None:
    assert delivered(*(server.url(f"/{number}") for number in range(100))) == [FINE] * 100
    assert server.lines == [f"GET /{number}" for number in range(100)]


@pytest.mark.parametrize(
    ("answers", "delivery", "tries"),
    [
        ([500, 200], FINE, 2),
        ([503, 502, 200], FINE, 3),
        ([503, 503, 503], Delivery("503 Service Unavailable"), 3),
        ([599, 599, 599], Delivery("status 599"), 3),
        ([404], Delivery("404 Not Found", is_refusal=True), 1),
        ([429], Delivery("429 Too Many Requests", is_refusal=True), 1),
    ],
)
def test_what_may_pass_is_tried_three_times(answers: list[int], delivery: Delivery, tries: int) -> None:
    with PingServer(answers).running() as server:
        assert delivered(server.url()) == [delivery]
        assert len(server.asked) == tries


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_web_is_followed_by_a_failure_too(status: int, server: PingServer) -> None:
    with PingServer([(status, server.url("/fail"))]).running() as first:
        assert delivered(Ping(first.url(), "backup", "disk full")) == [FINE]
    assert server.lines == ["GET /fail"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((302, "file:///etc/passwd"), "a redirect that is not followed (302)"),
        ((302, "ftp://127.0.0.1/x"), "a redirect that is not followed"),
        ((302, "data:text/plain,x"), "a redirect that is not followed (302)"),
        ((304, ""), "a redirect that is not followed (304)"),
    ],
)
def test_one_that_leads_out_of_it_is_not(answer: tuple[int, str], said: str) -> None:
    with PingServer([answer]).running() as server:
        assert delivered(server.url()) == [Delivery(said, is_refusal=True)]


def test_a_circle_of_redirects_ends() -> None:
    with PingServer([(302, "/again")] * 50).running() as server:
        assert delivered(server.url()) == [Delivery("a redirect that is not followed (302)", is_refusal=True)]
        assert len(server.asked) < 20


@pytest.mark.parametrize("talk", [says_nothing, trickles])
def test_a_server_that_hangs_is_left(talk: Talk) -> None:
    started = time.monotonic()
    with strange_server(talk) as url:
        assert delivered(url, patience=HASTY) == [TIMED_OUT]
    assert time.monotonic() - started < 5


def test_it_holds_up_neither_other_hosts_nor_each_of_its_own_pings(server: PingServer) -> None:
    started = time.monotonic()
    with strange_server(says_nothing) as url:
        assert delivered(*[url] * 50, server.url(), patience=HASTY) == [*[TIMED_OUT] * 50, FINE]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://no-such-host.invalid/x", "the host cannot be found"),
        ("http://a..b/x", "the host cannot be found"),
    ],
)
def test_what_cannot_be_reached_is_told_in_words(url: str, said: str) -> None:
    assert delivered(url) == [Delivery(said)]


def test_a_port_where_nobody_listens_is_told_in_words() -> None:
    assert delivered(f"http://127.0.0.1:{free_port()}/x") == [Delivery("connection refused")]


def test_who_speaks_something_else_is_no_server() -> None:
    with strange_server(babbles) as url:
        [plain] = delivered(url)
        [secure] = delivered(url.replace("http:", "https:"))
    assert plain.failure == "no answer in HTTP"
    assert secure.failure.startswith("no TLS (")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="it makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-days",
        "1",
    ]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = PingServer()
    server.speak_tls(context)
    with server.running():
        [delivery] = delivered(server.url(scheme="https"))
    assert delivery.failure.startswith("its certificate is not trusted (self")
    assert server.asked == []


def test_a_proxy_that_the_environment_names_is_asked(
    server: PingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{server.host}")
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert delivered("http://far.invalid/x", "https://far.invalid/x") == [
        FINE,
        Delivery("connection refused"),
    ]
    assert server.lines == ["GET /x"]


def test_a_proxy_that_refuses_is_told(server: PingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://{server.host}")  # it does not know CONNECT
    assert delivered("https://far.invalid/secret") == [
        Delivery("the proxy refuses (501 Unsupported method ('CONNECT'))")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_the_address_is_in_no_list_of_processes_and_no_environment(courier: Courier) -> None:
    seen: list[bytes] = []

    def look(connection: object, over: threading.Event) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            for file in ("cmdline", "environ"):
                with suppress(OSError):
                    seen.append((process / file).read_bytes())

    with strange_server(look) as url:
        courier.deliver([Ping(url.replace("2f1d", "s3cr3t-path"))])
    assert any(b"ping_child.py" in one for one in seen)
    assert not any(b"s3cr3t-path" in one for one in seen)


def test_a_child_that_never_ends_is_ended() -> None:
    hang = "import threading; print([0, '', 0], flush=True); threading.Event().wait()"
    courier = Courier("Daybell", Patience(seconds=0.1, grace=0.1), [sys.executable, "-c", hang])
    assert courier.deliver([Ping("http://a/")]) == [TIMED_OUT]


def test_a_child_whose_time_is_up_ends_by_itself() -> None:
    with strange_server(says_nothing) as url:
        courier = Courier("Daybell", Patience(try_seconds=30, seconds=0.2, grace=20))
        assert courier.deliver([Ping(url)]) == [TIMED_OUT]


@pytest.mark.parametrize(
    "script", ["raise SystemExit(3)", "print('nonsense'); print('[0, 1, 2]'); raise SystemExit(1)"]
)
def test_a_child_that_dies_is_told(script: str) -> None:
    courier = Courier("Daybell", HASTY, [sys.executable, "-c", script])
    assert courier.deliver([Ping("http://a/")]) == [Delivery("what sends them ended by itself")]


def test_without_a_child_nothing_is_sent() -> None:
    courier = Courier("Daybell", HASTY, ["/no/such/program"])
    assert courier.deliver([Ping("http://a/")]) == [
        Delivery("they cannot be sent: No such file or directory")
    ]


def test_a_stop_ends_the_child_and_starts_no_other() -> None:
    courier = Courier("Daybell", Patience())
    found: list[Delivery] = []
    connected = threading.Event()

    def talk(connection: object, over: threading.Event) -> None:
        connected.set()
        over.wait(30)

    with strange_server(talk) as url:
        sending = threading.Thread(target=lambda: found.extend(courier.deliver([Ping(url)])))
        sending.start()
        assert connected.wait(10)
        courier.stop()
        sending.join(5)
    assert found == [Delivery("Daybell stopped")]
    assert courier.deliver([Ping("http://a/")]) == [Delivery("Daybell stopped")]


def test_daybell_itself_speaks_no_tls() -> None:
    modules = "daybell.machine.pings, daybell.machine.ping_courier"
    code = f"import sys, {modules}; print({{'ssl', '_ssl', 'urllib.request'}} & {{*sys.modules}})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


def test_no_words_of_a_library_are_told_that_may_hold_the_address() -> None:
    assert in_words(ValueError("https://h/secret")).failure == "ValueError"
    assert in_words(URLError("https://h/secret")).failure == "a redirect that is not followed"
    assert in_words(OSError("https://h/secret")).failure == "oserror"
    assert in_words(ssl.SSLError(1, "https://h/secret")).failure == "no TLS (for no known reason)"


def test_nothing_is_left_running(server: PingServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        delivered(server.url("/s3cr3t"))
    assert "s3cr3t" not in caplog.text
    until(lambda: not any(thread.name == "pings" for thread in threading.enumerate()))
