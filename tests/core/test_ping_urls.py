import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import BERLIN
from daybell.core.definitions import parse_job
from daybell.core.ping_urls import LONGEST, check_url, host_of, signalled
from daybell.core.settings import parse_settings
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition, InvalidSettings
from daybell.model.settings import PingConfig

HC = "https://hc-ping.com/2f1d0c5e-6a3b-4e8f-9d27-1b5a4c3d2e1f"


def problem(url: str) -> str:
    return "".join(message for _, message in check_url(url))


@pytest.mark.parametrize(
    "url",
    [
        HC,
        "http://localhost:8000/ping/key/slug",
        "HTTPS://Example.ORG",
        "https://[::1]:8443/x?create=1&y=%20",
        "https://monitor_1.example/",
        f"https://a/{'x' * (LONGEST - 10)}",
    ],
)
def test_an_address_of_the_web_is_taken(url: str) -> None:
    assert problem(url) == ""


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "expected an address that begins with https:// or http://, such as"),
        ("hc-ping.com/secret", "expected an address that begins with https:// or http://"),
        ("ftp://hc-ping.com/secret", "expected an address that begins with https:// or http://"),
        ("file:///etc/passwd", "expected an address that begins with https:// or http://"),
        ("https:hc-ping.com/secret", "expected an address that begins with https:// or http://"),
        (f"{HC} ", "expected ASCII without blanks: copy it from a browser"),
        (f"{HC}\n", "expected ASCII without blanks"),
        ("https://bücher.example/secret", "expected ASCII without blanks"),
        (f"{HC}#secret", "expected no #: leave it out with what follows"),
        ("https://me:secret@hc-ping.com/", "expected no name and password before the host"),
        ("https:///secret", "expected a host behind //, such as"),
        ("https://?secret", "expected a host behind //"),
        ("https://a b/secret", "expected ASCII without blanks"),
        ("https://ho(st)/secret", "expected a host behind //"),
        ("https://host:/secret", "expected a host behind //"),
        ("https://host:0/secret", "expected a port from 1 to 65535, found 0"),
        ("https://host:65536/secret", "expected a port from 1 to 65535, found 65536"),
        (f"https://secret/{'x' * LONGEST}", f"expected at most {LONGEST} characters, found {LONGEST + 15}"),
    ],
)
def test_any_other_is_refused_with_a_remedy_and_without_a_piece_of_it(url: str, message: str) -> None:
    assert problem(url).startswith(message)
    assert "secret" not in problem(url)


def test_file_and_field_are_named() -> None:
    job = json.dumps({"handler": {"type": "command", "argv": ["true"]}, "ping": "hc-ping.com/x"})
    with pytest.raises(InvalidDefinition, match=r"backup\.json: ping: expected an address that begins"):
        parse_job("backup", "backup.json", job.encode(), BERLIN)
    settings = b'{"ping": {"url": "hc-ping.com/x", "every": "59s"}}'
    with pytest.raises(InvalidSettings) as refusal:
        parse_settings("settings.json", settings, BERLIN)
    assert [(one.field, one.message.partition(",")[0]) for one in refusal.value.problems] == [
        ("ping.url", "expected an address that begins with https:// or http://"),
        ("ping.every", 'expected from "1m" to "1d"'),
    ]


def test_both_are_read() -> None:
    job = json.dumps({"handler": {"type": "command", "argv": ["true"]}, "ping": HC}).encode()
    assert parse_job("backup", "backup.json", job, BERLIN).ping == HC
    settings = json.dumps({"ping": {"url": HC, "every": "1m"}}).encode()
    assert parse_settings("settings.json", settings, BERLIN).ping == PingConfig(HC, Duration(minutes=1))
    assert parse_settings("settings.json", b'{"ping": {"url": null}}', BERLIN).ping == PingConfig()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (HC, "hc-ping.com"),
        ("http://LOCALHOST:8000?x", "localhost:8000"),
        ("https://[::1]/", "[::1]"),
        ("", ""),
    ],
)
def test_of_an_address_only_the_host_is_told(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "start", "success"),
    [
        ("https://h/p", "https://h/p/start?rid=1", "https://h/p?rid=1"),
        ("https://h/p/", "https://h/p/start?rid=1", "https://h/p/?rid=1"),
        ("https://h", "https://h/start?rid=1", "https://h?rid=1"),
        ("https://h/p?create=1", "https://h/p/start?create=1&rid=1", "https://h/p?create=1&rid=1"),
        ("https://h/p?a=x/?y", "https://h/p/start?a=x/?y&rid=1", "https://h/p?a=x/?y&rid=1"),
    ],
)
def test_what_happened_stands_behind_the_path(url: str, start: str, success: str) -> None:
    assert signalled(url, "start", "1") == start
    assert signalled(url, "", "1") == success


@given(
    st.text(max_size=40) | st.text(st.sampled_from("htps:/@#?[]. é-1"), max_size=30).map("https://{}".format)
)
@example("https://\0")
def test_whatever_is_taken_has_a_host_and_stays_one_line_of_ascii(url: str) -> None:
    if not problem(url):
        assert host_of(url)
        assert signalled(url, "fail", "1").isascii()
        assert signalled(url, "fail", "1").isprintable()
