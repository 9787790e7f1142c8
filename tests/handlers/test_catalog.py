from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from builders import a_job, a_run
from daybell.engine.ports import Attempt, AttemptResult
from daybell.handlers.catalog import Catalog
from daybell.model.job import CommandHandler
from daybell.model.run import ProcessIdentity

ATTEMPT = Attempt(run=a_run(), job=a_job(), log=Path("unused"))


class FakeHandler:
    def __init__(self) -> None:
        self.ended: list[str] = []

    def run(self, attempt: Attempt, started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        return AttemptResult(outcome="succeeded", exit_code=7)

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        return AttemptResult(outcome="unknown", error=f"{run_id} {process.pid}")

    def end(self, run_id: str, grace: timedelta) -> None:
        self.ended.append(run_id)


def test_the_type_of_the_definition_decides() -> None:
    handler = FakeHandler()
    catalog = Catalog({CommandHandler: handler})
    assert catalog.run(ATTEMPT, lambda process: None).exit_code == 7
    catalog.end("r1", timedelta())
    assert handler.ended == ["r1"]


def test_what_outlived_daybell_is_a_command() -> None:
    process = ProcessIdentity(pid=7, create_time=1, boot_id="boot")
    assert Catalog({CommandHandler: FakeHandler()}).adopt("r1", process).error == "r1 7"
    expected = AttemptResult(outcome="unknown", error="there is no handler of commands")
    assert Catalog({}).adopt("r1", process) == expected


def test_a_definition_without_a_handler_fails_and_says_so() -> None:
    catalog = Catalog({})
    result = catalog.run(ATTEMPT, lambda process: None)
    assert result == AttemptResult(outcome="failed", error="there is no handler of type 'command'")
