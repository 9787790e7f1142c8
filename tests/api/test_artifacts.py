"""What runs leave is listed and sent as it is, and nothing else ever is."""

import os
from pathlib import Path

import pytest

from api.asking import Asking
from api.fake_service import FakeService, add
from daybell.api.client import ApiError, Client

LIST = "/api/v1/runs/run-1/artifacts"


@pytest.fixture
def place(service: FakeService) -> Path:
    """Of a run of the backup."""
    add(service, "backup")
    service.run_now("backup")
    place = service.logs / "artifacts" / "backup" / "run-1"
    for path in sorted(place.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    place.mkdir(parents=True, exist_ok=True)
    return place


def test_they_are_listed(client: Client, place: Path) -> None:
    (place / "sub").mkdir()
    (place / "sub" / "table.csv").write_bytes(b"1,2\n")
    (place / "page.html").write_bytes(b"<script>")
    (place / "link").symlink_to("/etc/passwd")
    for name in ("sub/table.csv", "page.html"):
        os.utime(place / name, (0, 86400))
    assert client.get(LIST) == {
        "artifacts": [
            {"name": "page.html", "bytes": 8, "modified": "1970-01-02T00:00:00Z"},
            {"name": "sub/table.csv", "bytes": 4, "modified": "1970-01-02T00:00:00Z"},
        ]
    }


def test_a_run_that_left_nothing_has_an_empty_list(client: Client, place: Path) -> None:
    place.rmdir()
    assert client.get(LIST) == {"artifacts": []}


def test_of_an_unknown_run_there_are_none(client: Client) -> None:
    with pytest.raises(ApiError) as refusal:
        client.get("/api/v1/runs/gone/artifacts")
    assert refusal.value.status == 404


def test_a_file_is_sent_as_it_is(client: Client, place: Path) -> None:
    content = bytes(range(256)) * 1000
    (place / "sub").mkdir()
    (place / "sub" / "a b.bin").write_bytes(content)
    assert b"".join(client.chunks(f"{LIST}/sub/a%20b.bin")) == content


def test_no_browser_takes_it_for_a_page(ask: Asking, place: Path) -> None:
    (place / 'pa"ge.html').write_bytes(b"<script>")
    with ask.connect() as plain:
        request = f"GET {LIST}/pa%22ge.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        plain.sendall(request.encode())
        head = b"".join(iter(lambda: plain.recv(4096), b"")).partition(b"\r\n\r\n")[0].decode().lower()
    assert "content-type: application/octet-stream" in head
    assert "x-content-type-options: nosniff" in head
    assert "content-disposition: attachment; filename*=utf-8''pa%22ge.html" in head
    assert "content-length: 8" in head


@pytest.mark.parametrize(
    "name",
    [
        "missing",
        "link",
        "folder",
        "out/passwd",
        "pipe",
        "folder/",
        "../run-1/real",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "folder/../real",
        "%2e%2e/run-1/real",
        "a%00b",
        "",
    ],
)
def test_whatever_is_no_plain_file_of_it_is_404(ask: Asking, place: Path, name: str) -> None:
    (place / "real").touch()
    (place / "folder").mkdir()
    (place / "link").symlink_to("real")
    (place / "out").symlink_to("/etc")
    os.mkfifo(place / "pipe")
    assert ask("GET", f"{LIST}/{name}")[0] == 404
    assert ask("GET", f"{LIST}/real")[0] == 200
