"""What is kept of a run beside its outcome, on the real engine."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, cron, every
from daybell.core.background import variables
from daybell.core.excerpt import Excerpt
from daybell.engine.attempts import EARLIER
from daybell.engine.messages import CancelRuns, RunNow
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.events import JobDefined
from daybell.model.facts import Facts
from daybell.model.job import CatchUp, CommandHandler, Conditions, Job, Retry
from daybell.model.run import AttemptRecord, Run
from simulations import HOUR, MINUTE, SECOND, START, WELL, Commands, failing, hourly

TWICE = Retry(max_attempts=2, delay=Duration(minutes=10), jitter=False)
FIRST = START + HOUR
"""When an hourly job is due for the first time."""


def ended(cpu: float | None, peak: int | None, output: Excerpt | None, *, is_well: bool = False) -> Behaviour:
    result = AttemptResult(
        outcome="succeeded" if is_well else "failed",
        exit_code=0 if is_well else 3,
        error=None if is_well else "disk full",
        cpu_seconds=cpu,
        peak_memory=peak,
        output=output,
    )
    return Behaviour(result=result)


def only(simulation: Commands) -> Run:
    (run,) = simulation.rows()
    return run


def defined(simulation: Commands) -> list[JobDefined]:
    events = (one.event for one in simulation.ledger.events)
    return [event for event in events if isinstance(event, JobDefined)]


class Told(Commands):
    """Remembers what each attempt was told."""

    def __init__(self, job: Job, does: Behaviour | Iterable[Behaviour] = WELL) -> None:
        self.variables: list[dict[str, str]] = []
        super().__init__(job, does=does)
        self.behave = self._note

    def _note(self, attempt: Attempt) -> Behaviour:
        self.variables.append(variables(attempt.run, attempt.job, attempt.background))
        return self._next_behaviour()

    def each(self, name: str) -> list[str | None]:
        return [known.get(f"DAYBELL_{name}") for known in self.variables]


def test_a_run_holds_what_its_attempts_took_together() -> None:
    does = [
        ended(0.25, 50 << 20, Excerpt(1000, 200, 400)),
        ended(None, None, None),
        ended(0.1234, 40 << 20, Excerpt(1900, 250, 400), is_well=True),
    ]
    simulation = Commands(hourly(retry=replace(TWICE, max_attempts=3)), does=does)
    simulation.run_for(HOUR + 45 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts) == ("succeeded", 3)
    assert (run.cpu_seconds, run.peak_memory) == (0.373, 50 << 20)
    assert (run.output_bytes, run.output_dropped) == (1900, 250), "of the file, with all its attempts"


def test_what_nobody_can_tell_is_not_made_up() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR + MINUTE)
    run = only(simulation)
    assert (run.cpu_seconds, run.peak_memory, run.output_bytes, run.output_dropped) == (None, None, None, 0)


def test_a_run_says_where_and_by_which_version_it_was_started() -> None:
    simulation = Commands(hourly())
    simulation.crash()
    simulation.config = replace(simulation.config, host="laptop", version="1.2.3")
    simulation.restart()
    simulation.run_for(HOUR + MINUTE)
    assert (only(simulation).host, only(simulation).version) == ("laptop", "1.2.3")


def test_each_attempt_before_the_last_one_is_kept_with_its_times() -> None:
    simulation = Commands(hourly(retry=TWICE), does=[failing(), WELL])
    simulation.run_for(HOUR + 30 * MINUTE)
    run, again = only(simulation), FIRST + SECOND + 10 * MINUTE
    first = AttemptRecord(
        started=FIRST, finished=FIRST + SECOND, outcome="failed", exit_code=3, error="disk full"
    )
    assert run.earlier == (first,)
    assert (run.started, run.last_started, run.finished) == (FIRST, again, again + SECOND)
    assert (run.outcome, run.exit_code, run.error) == ("succeeded", 0, None)


def test_one_that_was_given_up_while_it_waited_for_another_attempt_had_none_after_its_last() -> None:
    simulation = Commands(hourly(retry=replace(TWICE, max_attempts=3)), does=failing())
    simulation.run_for(HOUR + 15 * MINUTE)
    assert [run.attempts for run in simulation.registry.open_runs()] == [2]
    simulation.ask(CancelRuns("backup"))
    run = only(simulation)
    assert (run.attempts, [one.started for one in run.earlier]) == (2, [FIRST])
    assert (run.last_started, run.error) == (FIRST + SECOND + 10 * MINUTE, "disk full")


def test_after_a_crash_in_an_attempt_nothing_of_the_one_before_is_said_of_it() -> None:
    simulation = Commands(hourly(retry=TWICE), does=[failing(), Behaviour(takes=HOUR)])
    simulation.run_for(HOUR + 15 * MINUTE)
    simulation.down(MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts, run.exit_code, run.error) == ("interrupted", 2, None, None)
    assert [(one.outcome, one.exit_code) for one in run.earlier] == [("failed", 3)]
    assert (run.started, run.last_started) == (FIRST, FIRST + SECOND + 10 * MINUTE)


def test_an_attempt_that_lost_what_it_needs_is_one_of_them() -> None:
    needs_power = Conditions(power="ac", stop_when_lost=True)
    simulation = Commands(hourly(conditions=needs_power), does=[Behaviour(takes=10 * MINUTE), WELL])
    simulation.run_for(HOUR + MINUTE)
    simulation.surround(Facts(on_mains=False))
    simulation.run_for(MINUTE)
    simulation.surround(Facts(on_mains=True))
    simulation.run_for(30 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts) == ("succeeded", 2)
    assert [(one.outcome, one.started) for one in run.earlier] == [("interrupted", FIRST)]


def test_of_very_many_attempts_the_newest_are_kept() -> None:
    retry = Retry(max_attempts=EARLIER + 5, delay=Duration(seconds=1), multiplier=1, jitter=False)
    simulation = Commands(hourly(retry=retry), does=failing(takes=timedelta(0)))
    simulation.run_for(HOUR + 5 * MINUTE)
    run = only(simulation)
    assert (run.attempts, len(run.earlier)) == (EARLIER + 5, EARLIER)
    assert run.earlier[-1].started == FIRST + timedelta(seconds=EARLIER + 3)


def test_a_claim_that_could_not_be_recorded_leaves_the_attempts_as_they_were() -> None:
    simulation = Commands(hourly(retry=TWICE), does=[failing(), WELL])
    simulation.run_for(HOUR + MINUTE)
    simulation.ledger.refusal = "no space left on device"
    simulation.run_for(15 * MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(5 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts, len(run.earlier)) == ("succeeded", 2, 1)


def test_a_definition_is_recorded_once_when_a_run_first_begins_with_it() -> None:
    simulation = Commands(hourly(), a_job(id="never"))
    assert defined(simulation) == []
    simulation.run_for(3 * HOUR + MINUTE)
    (event,) = defined(simulation)
    assert event.definition == {
        "handler": {"type": "command", "argv": ["true"]},
        "triggers": [{"type": "cron", "expression": "0 * * * *"}],
    }
    digests = {run.definition for run in simulation.rows()}
    assert digests == {event.digest}
    assert simulation.history.definition("backup", event.digest) == event.definition
    assert simulation.history.definition("never", event.digest) is None


def test_what_only_people_read_makes_no_other_definition() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.edit(hourly(name="Back up"))
    simulation.run_for(HOUR)
    simulation.down(MINUTE)
    simulation.run_for(HOUR)
    assert len(defined(simulation)) == 1


def test_an_edit_makes_another_one_and_each_run_leads_to_its_own() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.edit(hourly(handler=CommandHandler(argv=("false",))))
    simulation.run_for(HOUR)
    first, second = simulation.rows()
    found = [simulation.history.definition("backup", run.definition) or {} for run in (first, second)]
    assert [one["handler"] for one in found] == [
        {"type": "command", "argv": ["true"]},
        {"type": "command", "argv": ["false"]},
    ]


def test_a_run_that_waited_while_its_job_was_edited_has_the_definition_that_it_ran_with() -> None:
    blocker = a_job(id="blocker")
    simulation = Commands(hourly(), blocker, slots=1, does=[Behaviour(takes=2 * HOUR), WELL])
    simulation.ask(RunNow("blocker"))
    simulation.run_for(HOUR + MINUTE)
    simulation.edit(hourly(handler=CommandHandler(argv=("false",))))
    simulation.run_for(HOUR + MINUTE)
    run = simulation.rows("backup")[0]
    definition = simulation.history.definition("backup", run.definition) or {}
    assert definition["handler"] == {"type": "command", "argv": ["false"]}


def test_what_could_not_be_recorded_is_defined_once_it_can_be() -> None:
    simulation = Commands(hourly())
    simulation.ledger.refusal = "no space left on device"
    simulation.run_for(HOUR + MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(HOUR)
    ran = [run for run in simulation.rows() if run.started]
    assert ran
    assert all(simulation.history.definition("backup", run.definition) for run in ran)


def test_a_command_is_told_how_many_instants_a_sleep_has_cost_once() -> None:
    simulation = Told(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.suspend(5 * HOUR)
    simulation.run_for(HOUR)
    assert simulation.each("CAUSE") == ["schedule", "catch_up", "schedule"]
    assert simulation.each("MISSED_COUNT") == ["0", "4", "0"], "of five, the newest one is caught up"
    assert simulation.each("SCHEDULED_AT") == [
        "2026-03-02T13:00:00Z",
        "2026-03-02T18:00:00Z",
        "2026-03-02T19:00:00Z",
    ]


def test_what_was_missed_and_not_caught_up_is_told_to_the_next_run_even_after_a_crash() -> None:
    simulation = Told(hourly(catch_up=CatchUp("skip")))
    simulation.run_for(MINUTE)
    simulation.suspend(3.5 * HOUR)
    simulation.run_for(MINUTE)
    simulation.down(MINUTE)
    simulation.run_for(2 * HOUR)
    assert simulation.each("MISSED_COUNT") == ["3", "0"]


def test_each_attempt_is_told_the_same_of_what_was_missed() -> None:
    simulation = Told(hourly(retry=TWICE), does=[failing(), WELL])
    simulation.run_for(MINUTE)
    simulation.suspend(3 * HOUR)
    simulation.run_for(30 * MINUTE)
    assert simulation.each("ATTEMPT") == ["1", "2"]
    assert simulation.each("MISSED_COUNT") == ["2", "2"]


def test_a_command_is_told_when_its_job_last_succeeded() -> None:
    simulation = Told(a_job(triggers=(cron("0 * * * *"),)), does=[WELL, failing(), failing(), WELL])
    simulation.run_for(2 * HOUR + MINUTE)
    simulation.down(MINUTE)
    simulation.run_for(2 * HOUR)
    success = "2026-03-02T13:00:01Z"
    assert simulation.each("LAST_SUCCESS") == [None, success, success, success]


def test_a_run_by_hand_has_no_instant() -> None:
    simulation = Told(a_job(triggers=(every("1h"),)))
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    assert (simulation.each("CAUSE"), simulation.each("SCHEDULED_AT")) == (["manual"], [None])


@pytest.mark.parametrize("leaves_processes", [True, False])
def test_an_adopted_run_keeps_what_is_known_of_it(leaves_processes: bool) -> None:  # noqa: FBT001 - a table
    simulation = Commands(hourly(), does=Behaviour(takes=30 * MINUTE))
    simulation.run_for(HOUR + MINUTE)
    simulation.crash(leaves_processes=leaves_processes)
    simulation.restart()
    simulation.run_for(HOUR - 2 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts, run.cpu_seconds, run.peak_memory) == ("interrupted", 1, None, None)
    assert simulation.history.definition("backup", run.definition) is not None
