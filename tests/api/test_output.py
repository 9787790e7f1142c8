"""Output is followed by the offsets at which the command printed it, also while its middle goes."""

from collections.abc import Iterator

import msgspec
import pytest

from api.fake_service import FakeService, a_command
from daybell.api.client import NEXT, Client
from daybell.core.excerpt import BLOCK, marker
from daybell.store.caps import Capped, Caps
from store.test_caps import CAP, pattern, wanted

LOG = "/api/v1/runs/run-1/log"


class Follower:
    """Asks for what is new."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.offset = 0

    def read(self) -> bytes:
        heard: list[int] = []
        query = {"offset": self.offset}
        content = b"".join(self._client.chunks(LOG, query, lambda said: heard.append(int(said[NEXT]))))
        self.offset = heard[0]
        return content


@pytest.fixture
def capped(service: FakeService) -> Iterator[tuple[Caps, Capped]]:
    definition = {"handler": a_command(), "keep": {"output": str(CAP)}}
    service.add_job("backup", msgspec.json.encode(definition))
    service.run_now("backup")
    service.output("run-1", b"")
    caps = Caps()
    held = caps.hold(service.log_file("run-1"), CAP)
    yield caps, held
    held.close()


def test_a_follower_is_told_of_what_went_and_gets_the_rest(
    client: Client, service: FakeService, capped: tuple[Caps, Capped]
) -> None:
    caps, held = capped
    follower = Follower(client)
    service.output("run-1", pattern(0, BLOCK))
    assert follower.read() == pattern(0, BLOCK)
    service.output("run-1", pattern(BLOCK, 30 * BLOCK))
    caps.look()
    head, tail = CAP // 2, 31 * BLOCK - CAP // 2
    gap = marker(tail - head)
    assert follower.read() == pattern(BLOCK, head - BLOCK) + gap + pattern(tail, CAP // 2)
    assert follower.offset == 31 * BLOCK
    assert follower.read() == b""
    service.output("run-1", b"and on\n")
    caps.release(held)
    assert follower.read() == b"and on\n"
    assert follower.read() == b""


def test_after_the_end_it_is_the_file(
    client: Client, service: FakeService, capped: tuple[Caps, Capped]
) -> None:
    caps, held = capped
    service.output("run-1", pattern(0, 3 * CAP))
    caps.release(held)
    assert Follower(client).read() == wanted(3 * CAP)


def test_one_who_asks_beyond_the_end_goes_on_from_there(client: Client, service: FakeService) -> None:
    service.add_job("backup", msgspec.json.encode({"handler": a_command()}))
    service.run_now("backup")
    service.output("run-1", b"abc")
    follower = Follower(client)
    follower.offset = 7
    assert follower.read() == b""
    assert follower.offset == 7


def test_the_output_of_a_removed_job_is_read(client: Client, service: FakeService) -> None:
    service.add_job("backup", msgspec.json.encode({"handler": a_command()}))
    service.run_now("backup")
    service.output("run-1", b"abc")
    service.remove_job("backup")
    assert Follower(client).read() == b"abc"
