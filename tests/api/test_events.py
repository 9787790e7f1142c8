"""Streams over real sockets; the scheduler is the test."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.asking import Asking
from api.fake_service import NOON, FakeService
from api.listening import Heard, Listener
from builders import a_run
from daybell.api import events as stream
from daybell.api import streaming
from daybell.api.ring import MOST as KEPT
from daybell.api.server import ApiServer
from daybell.api.streams import MOST, Streams, TooManyStreams
from daybell.model.events import AllPaused, JobDefined, JobPaused, JobResumed, RunFinished
from daybell.store.artifacts import ArtifactFiles
from waiting import until


class Life:
    """One server and its scheduler."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self.path = directory / "api.sock"
        self.service = FakeService(directory)
        self.server = ApiServer(self.service, self.path, ArtifactFiles(directory))
        self.server.start()
        self.said = 0

    def listen(self, last: str | None = None, query: str = "") -> Listener:
        return Listener(self.path, last, query)

    def say(self, count: int = 1, size: int = 0) -> None:
        """So many facts, told apart by their job."""
        for _ in range(count):
            self.said += 1
            digest = "x" * size
            self.service.publish(JobDefined(at=NOON, job_id=f"job-{self.said}", digest=digest, definition={}))

    @property
    def streams(self) -> int:
        return self.server._watching.streams.open


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    one = Life(tmp_path)
    yield one
    assert one.server.stop()


def told(events: Sequence[Heard]) -> list[int]:
    return [int(event.content["job_id"].removeprefix("job-")) for event in events]


def test_whoever_listens_is_greeted_and_then_hears(life: Life) -> None:
    with life.listen() as listener:
        (hello,) = listener.hear(1)
        life.service.publish(AllPaused(at=NOON), RunFinished(at=NOON, run=a_run()))
        paused, finished = listener.hear(2)
    assert listener.status == 200
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert listener.headers["cache-control"] == "no-store"
    assert (hello.tag, hello.content) == ("hello", {})
    assert (paused.tag, paused.content) == ("all_paused", {"at": "2026-11-20T12:00:00Z", "by": None})
    assert (finished.tag, finished.content["run"]["outcome"]) == ("run_finished", "succeeded")
    assert finished.content["run"]["reason"] is None


def test_what_a_definition_holds_is_never_sent(life: Life) -> None:
    with life.listen() as listener:
        listener.hear(1)
        secret: dict[str, object] = {"handler": {"env": {"TOKEN": "s3cret"}}}
        life.service.publish(JobDefined(at=NOON, job_id="a", digest="d", definition=secret))
        (event,) = listener.hear(1)
    assert event.content == {"at": "2026-11-20T12:00:00Z", "job_id": "a", "digest": "d"}


def test_other_names_or_problems_are_told_as_a_change(life: Life) -> None:
    with life.listen() as listener:
        listener.hear(1)
        life.service.publish()
        assert [event.tag for event in listener.hear(1)] == ["changed"]


@pytest.mark.parametrize("by", ["header", "query"])
def test_whoever_comes_back_hears_what_it_missed_and_nothing_twice(life: Life, by: str) -> None:
    with life.listen() as listener:
        listener.hear(1)
        life.say(3)
        heard = listener.hear(2)
    life.say(2)
    last = heard[-1].place
    again = life.listen(last) if by == "header" else life.listen(query=f"?last_event_id={last}")
    with again:
        life.say()
        assert told(again.hear(4)) == [3, 4, 5, 6]


def test_the_header_counts_more_than_the_query(life: Life) -> None:
    """A browser that comes back by itself sends the address of its first visit, and a newer header."""
    with life.listen() as listener:
        listener.hear(1)
        life.say(3)
        first, _, third = listener.hear(3)
    with life.listen(third.place, f"?last_event_id={first.place}") as again:
        life.say()
        assert told(again.hear(1)) == [4]


@pytest.mark.parametrize("last", ["another-7", "", "nonsense", "-1"])
def test_whoever_was_elsewhere_is_told_to_begin_anew(life: Life, last: str) -> None:
    with life.listen(last) as listener:
        assert [event.tag for event in listener.hear(1)] == ["reset"]
        life.say()
        assert told(listener.hear(1)) == [1]


def test_whoever_was_away_too_long_is_told_to_begin_anew(life: Life) -> None:
    with life.listen() as listener:
        (hello,) = listener.hear(1)
    life.say(KEPT + 1)
    with life.listen(hello.place) as again:
        (reset,) = again.hear(1)
        assert reset.tag == "reset"
    with life.listen(reset.place) as again:
        life.say()
        assert told(again.hear(1)) == [KEPT + 2]


def test_another_life_is_told_from_this_one(tmp_path: Path) -> None:
    lives = Life(tmp_path / "a"), Life(tmp_path / "b")
    with lives[0].listen() as first, lives[1].listen() as second:
        for one in (first, second):
            one.hear(1)
        lives[0].say()
        (heard,) = first.hear(1)
    lives[1].say()
    with lives[1].listen(heard.place) as again:
        assert [event.tag for event in again.hear(1)] == ["reset"]
    assert all(one.server.stop() for one in lives)


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=12))
def test_each_event_is_heard_once_however_often_the_listener_goes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]
) -> None:
    """It reads some of what was said, hangs up at any moment, and comes back while more is said."""
    life = Life(tmp_path_factory.mktemp("life"))
    with ExitStack() as parts:
        parts.callback(life.server.stop)
        listener = parts.enter_context(life.listen())
        (hello,) = listener.hear(1)
        last, heard = hello.place, list[int]()
        for say, read, goes in steps:
            life.say(say)
            part = listener.hear(min(read, life.said - len(heard)))
            heard += told(part)
            last = part[-1].place if part else last
            if goes:
                listener.close()
                life.say(say)
                listener = parts.enter_context(life.listen(last))
        heard += told(listener.hear(life.said - len(heard)))
    assert heard == list(range(1, life.said + 1))


def test_nothing_is_kept_before_somebody_listens(life: Life) -> None:
    assert life.service.subscribers == []
    with life.listen() as listener:
        listener.hear(1)
        assert len(life.service.subscribers) == 1
    with life.listen() as listener:
        listener.hear(1)
        assert len(life.service.subscribers) == 1


def test_a_listener_that_hangs_up_makes_room(life: Life) -> None:
    with life.listen() as listener:
        listener.hear(1)
        assert life.streams == 1
    until(lambda: life.streams == 0)


def test_there_are_so_many_streams_and_no_more(life: Life) -> None:
    with ExitStack() as open_ones:
        listeners = [open_ones.enter_context(life.listen()) for _ in range(MOST)]
        for listener in listeners:
            listener.hear(1)
        status, answer = Asking(life.path)("GET", "/api/v1/events")
        assert (status, answer["error"]["code"]) == (503, "too_many_streams")
        assert Asking(life.path)("GET", "/api/v1/jobs")[0] == 200
        life.say()
        assert {told(listener.hear(1))[0] for listener in listeners} == {1}
        listeners[0].close()
        until(lambda: life.streams == MOST - 1)
        with life.listen() as another:
            assert another.status == 200


def test_a_stream_that_failed_to_open_takes_no_room() -> None:
    streams = Streams(most=1)
    with streams.one(), pytest.raises(TooManyStreams, match="1 streams are open already"), streams.one():
        pass
    with streams.one():
        assert streams.open == 1
    assert streams.open == 0


def test_a_burst_does_not_hold_up_the_scheduler(life: Life) -> None:
    """Listeners read nothing meanwhile; what it takes is what encoding takes."""
    with ExitStack() as open_ones:
        for _ in range(16):
            open_ones.enter_context(life.listen()).hear(1)
        batch = [RunFinished(at=NOON, run=a_run()) for _ in range(1000)]
        begin = time.thread_time()
        life.service.publish(*batch)
        assert time.thread_time() - begin < 2


def test_a_listener_that_is_too_slow_is_sent_away(life: Life) -> None:
    with life.listen() as slow, life.listen() as quick:
        slow.hear(1)
        quick.hear(1)
        for _ in range(40):
            life.say(50, size=1000)
            for _ in range(50):
                next(quick.events)
        heard = list(slow.events)
        numbers = told(heard[:-1])
        assert heard[-1].tag == "reset"
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) < life.said
    with life.listen(heard[-1].place) as again:
        life.say()
        assert told(again.hear(1)) == [life.said]


def test_a_listener_that_reads_nothing_at_all_is_let_go(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STALLED", 0.05)
    with life.listen() as stalled:
        stalled.hear(1)
        life.say(600, size=1000)
        until(lambda: life.streams == 0)


def test_silence_is_broken_now_and_then(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEEP_ALIVE", 0.02)
    with life.listen() as listener:
        listener.hear(1)
        assert next(listener.chunks) == next(listener.chunks) == b": still here\n\n"
        life.say()
        assert told(listener.hear(1)) == [1]


def test_a_question_for_the_head_alone_is_answered_and_over(life: Life) -> None:
    assert Asking(life.path).bytes("HEAD", "/api/v1/events", None, {}) == (200, b"")
    until(lambda: life.streams == 0)


def test_streams_end_at_once_with_the_server(tmp_path: Path) -> None:
    life = Life(tmp_path)
    with ExitStack() as open_ones:
        listeners = [open_ones.enter_context(life.listen()) for _ in range(MOST)]
        for listener in listeners:
            listener.hear(1)
        begin = time.perf_counter()
        assert life.server.stop()
        assert time.perf_counter() - begin < stream.KEEP_ALIVE / 2, "they wait for something to tell"
        assert [chunk for listener in listeners for chunk in listener.chunks] == []


def test_the_last_thing_that_happens_is_heard(tmp_path: Path) -> None:
    life = Life(tmp_path)
    with ExitStack() as open_ones:
        listeners = [open_ones.enter_context(life.listen()) for _ in range(8)]
        for listener in listeners:
            listener.hear(1)
        life.say(3)
        assert life.server.stop()
        assert [told(list(listener.events)) for listener in listeners] == [[1, 2, 3]] * 8


def test_what_happens_after_the_end_harms_nobody(tmp_path: Path) -> None:
    life = Life(tmp_path)
    with life.listen() as listener:
        listener.hear(1)
        assert life.server.stop()
        life.say()
        assert list(listener.chunks) == []


def test_events_of_many_threads_are_heard_in_one_order(life: Life) -> None:
    with life.listen() as one, life.listen() as other:
        for listener in (one, other):
            listener.hear(1)

        def speak() -> None:
            for second in range(50):
                life.service.publish(JobResumed(at=NOON + timedelta(seconds=second), job_id="a"))
                life.service.publish(JobPaused(at=NOON + timedelta(seconds=second), job_id="b"))

        threads = [threading.Thread(target=speak) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.hear(400) == other.hear(400)
