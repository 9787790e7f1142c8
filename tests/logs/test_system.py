"""The log of the system hears what it should, and holds up nobody."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from builders import a_run, at
from daybell.core.system_log import NOTICE, WARNING, Line
from daybell.engine.memory import VirtualClock
from daybell.logs.system import SystemLog, write_system_log
from daybell.model.events import RunFinished, RunSkipped, SchedulerStopped

NOW = at("2026-03-02 12:00")
STOPPED = Line(NOTICE, "Daybell has stopped", "scheduler_stopped")


class FakeSystem:
    """A log that goes, comes back, and may have too much to do."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.connections = 0
        self.closed = 0
        self.is_there = True
        self.is_full = False
        self.broken = 0
        """How many further lines fail on the connection that they are sent by."""

    def connect(self) -> "FakeSystem":
        self.connections += 1
        if not self.is_there:
            raise ConnectionRefusedError
        return self

    def send(self, line: Line) -> None:
        if self.is_full:
            raise BlockingIOError
        if self.broken or not self.is_there:
            self.broken -= 1
            raise BrokenPipeError
        self.lines.append(line)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def log(system: FakeSystem, clock: VirtualClock) -> Iterator[SystemLog]:
    log = write_system_log(clock, system.connect)
    yield log
    logging.getLogger().removeHandler(log)
    log.close()


def stop(log: SystemLog) -> None:
    log.hear([SchedulerStopped(at=NOW)])


def test_events_and_warnings_are_told_and_nothing_else(log: SystemLog, system: FakeSystem) -> None:
    log.hear([RunSkipped(at=NOW, run=a_run()), SchedulerStopped(at=NOW)])
    logging.getLogger("daybell").info("no")
    logging.getLogger("daybell").warning("%d pings were left out", 3)
    assert system.lines == [STOPPED, Line(WARNING, "3 pings were left out")]
    assert system.connections == 1


def test_what_an_exception_says_stays_at_home(log: SystemLog, system: FakeSystem) -> None:
    try:
        int("hunter22")
    except ValueError:
        logging.getLogger("daybell").exception("a click failed")
    assert [line.message for line in system.lines] == ["a click failed"]
    assert log.level == logging.WARNING


def test_nobody_is_asked_before_there_is_something_to_tell(log: SystemLog, system: FakeSystem) -> None:
    log.hear([RunFinished(at=NOW, run=a_run())])
    assert system.connections == 0


def test_a_log_that_was_restarted_is_found_at_once(log: SystemLog, system: FakeSystem) -> None:
    stop(log)
    system.broken = 1
    stop(log)
    assert (system.lines, system.connections, system.closed) == ([STOPPED, STOPPED], 2, 1)


def test_one_that_is_gone_is_looked_for_a_minute_later(
    log: SystemLog, system: FakeSystem, clock: VirtualClock
) -> None:
    system.is_there = False
    for _ in range(3):
        stop(log)
    assert system.connections == 2
    system.is_there = True
    clock.advance_to(NOW + timedelta(seconds=59))
    stop(log)
    assert system.lines == []
    clock.advance_to(NOW + timedelta(seconds=60))
    stop(log)
    assert system.lines == [STOPPED]


def test_one_that_has_too_much_to_do_misses_a_line_and_stays(log: SystemLog, system: FakeSystem) -> None:
    system.is_full = True
    stop(log)
    system.is_full = False
    stop(log)
    assert (system.lines, system.connections, system.closed) == ([STOPPED], 1, 0)


def test_a_message_that_cannot_be_formatted_harms_nobody(
    log: SystemLog, system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    log.handle(logging.LogRecord("daybell", logging.ERROR, "f", 1, "%d", ("x",), None))
    assert system.lines == []
    assert "Logging error" in capsys.readouterr().err


def test_after_the_end_nothing_is_told(log: SystemLog, system: FakeSystem) -> None:
    stop(log)
    log.close()
    stop(log)
    assert (system.lines, system.connections, system.closed) == ([STOPPED], 1, 1)
