"""What a person sees of a time away, and what they make of it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import BERLIN, a_job, cron, once
from daybell.engine.away import Away
from daybell.engine.memory import NoLogs
from daybell.engine.messages import RunNow, SeeAbsence, Stop
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.virtual_workers import Behaviour
from daybell.model.absence import Card
from daybell.model.durations import Duration
from daybell.model.errors import Conflict, JobNotFound, LedgerError
from daybell.model.job import CatchUp, Job, Retry
from daybell.model.query import Row, RunQuery
from daybell.model.run import Run
from simulations import HOUR, MINUTE, SECOND, START, Commands, failing, hourly

SKIP = CatchUp("skip")
BRIEF = CatchUp("latest", Duration(minutes=5))
"""After longer it is too late to run."""
SLEEP = 3.2 * HOUR
AN_HOUR = Behaviour(takes=HOUR)


def away_of(simulation: Commands) -> Away:
    """As the service has it."""
    registry, history, clock = simulation.registry, simulation.history, simulation.clock
    past = Past(registry, history, NoLogs(), clock)
    outlook = Outlook(registry, simulation.files.jobs.get, clock, lambda: simulation.config.zone, "")
    return Away(registry, past, outlook, clock=clock, bus=simulation.bus, ask=simulation.ask)


def slept(*jobs: Job, does: Behaviour | Sequence[Behaviour] = AN_HOUR) -> tuple[Commands, Away]:
    simulation = Commands(*jobs, does=does, zone=BERLIN)
    simulation.run_for(SECOND)
    away = away_of(simulation)
    simulation.suspend(SLEEP)
    return simulation, away


def card_of(away: Away) -> Card:
    card = away.card()
    assert card is not None
    return card


def told(away: Away) -> list[tuple[str, str, str | None]]:
    return [(one.job_id, one.fate, one.state) for one in card_of(away).runs]


def missed(job_id: str = "backup") -> Job:
    return hourly(id=job_id, catch_up=BRIEF)


def test_nothing_has_happened() -> None:
    away = away_of(Commands(hourly()))
    assert away.card() is None
    assert away.dismiss() == ()
    for act in (away.run, away.skip):
        with pytest.raises(Conflict, match="nothing is left from while you were away"):
            act()
        with pytest.raises(Conflict, match="nothing of backup is left"):
            act("backup")
        with pytest.raises(JobNotFound, match="there is no job 'gone'"):
            act("gone")


def test_a_card_tells_when_what_was_due_and_how_often() -> None:
    simulation, away = slept(hourly(name="Back up photos"), missed("mail"))
    card = card_of(away)
    assert card.headline == "While you were away, the computer slept from 13:00 to 16:12 (3 h 12 min)"
    assert (card.kind, card.since.isoformat()) == ("asleep", "2026-03-02T13:00:01+01:00")
    late, gone = card.runs
    assert (late.job_id, late.name, late.fate, late.count) == ("backup", "Back up photos", "late", 3)
    assert (late.due, late.due_to) == (START + HOUR, START + 3 * HOUR)
    assert late.due is not None
    assert late.due.utcoffset() == HOUR
    assert (gone.job_id, gone.fate, gone.state, gone.count) == ("mail", "missed", "missed", 3)
    assert simulation.registry.whole is not None


def test_a_late_run_waits_runs_and_ends() -> None:
    simulation, away = slept(hourly())
    assert told(away) == [("backup", "late", "waiting")]
    simulation.run_for(MINUTE)
    assert told(away) == [("backup", "late", "running")]
    simulation.run_for(2 * HOUR)
    assert told(away) == [("backup", "late", "succeeded")]
    assert not any(one.can_run or one.can_skip for one in card_of(away).runs)


def test_between_two_attempts_a_late_run_waits() -> None:
    simulation, away = slept(hourly(retry=Retry(max_attempts=3)), does=failing())
    simulation.run_for(32 * SECOND)
    assert told(away) == [("backup", "late", "waiting")]


def test_a_run_whose_process_is_about_to_exist_does_not_wait() -> None:
    """Else what was asked for a moment ago could be asked for once more."""
    simulation, away = slept(missed())
    registry, (gone,) = simulation.registry, card_of(away).runs
    snapshot = registry.snapshot("backup")
    assert registry.whole is not None
    registry.publish(
        changed=[replace(snapshot, status=replace(snapshot.status, is_running=True))],
        gone=[],
        open_runs=(Run(run_id="new", job_id="backup", cause="manual", retry_of=gone.run_id, attempts=1),),
        problems=(),
        whole=registry.whole,
    )
    (line,) = card_of(away).runs
    assert (line.state, line.again, line.can_run, line.can_skip) == ("running", "new", False, False)


def test_what_waits_need_not_wait_until_the_machine_has_settled() -> None:
    simulation, away = slept(hourly(), hourly(id="mail"))
    done = away.run()
    simulation.run_for(10 * timedelta(milliseconds=1))
    assert simulation.starts() == simulation.starts("mail") == [START + SECOND + SLEEP]
    assert len(done) == 2
    assert away.card() is None, "all of it is dealt with"


def test_one_job_s_run_is_hastened_and_the_card_stays_for_the_other() -> None:
    simulation, away = slept(hourly(), hourly(id="mail"))
    (run_id,) = away.run("mail")
    simulation.run_for(SECOND)
    assert told(away) == [("backup", "late", "waiting"), ("mail", "late", "running")]
    assert card_of(away).runs[1].run_id == run_id
    assert away.run("backup")
    assert away.card() is None, "nothing of it is left"


def test_what_waits_is_skipped() -> None:
    simulation, away = slept(hourly(), missed("mail"))
    (run_id,) = away.skip("backup")
    assert told(away) == [("backup", "late", "cancelled"), ("mail", "missed", "missed")]
    with pytest.raises(Conflict, match="nothing of backup waits any more"):
        away.skip("backup")
    with pytest.raises(Conflict, match="nothing of it waits any more"):
        away.skip()
    simulation.run_for(5 * MINUTE)
    assert [run.outcome for run in simulation.rows() if run.run_id == run_id] == ["cancelled"]
    assert simulation.starts() == []


def test_all_that_waits_is_skipped_and_nothing_is_left_to_see() -> None:
    simulation, away = slept(hourly(), hourly(id="other"), missed("mail"))
    assert len(away.skip()) == 2
    assert away.card() is None
    simulation.run_for(5 * MINUTE)
    assert simulation.starts() == []


def test_what_was_missed_runs_once_more_and_the_card_says_so() -> None:
    simulation, away = slept(missed(), hourly(id="other"))
    row = card_of(away).runs[1]
    (run_id,) = away.run("backup")
    simulation.run_for(SECOND)
    again = card_of(away).runs[1]
    assert (again.run_id, again.again, again.state, again.can_run) == (row.run_id, run_id, "running", False)
    with pytest.raises(Conflict, match="nothing of backup is left to run"):
        away.run("backup")
    simulation.run_for(2 * HOUR)
    assert card_of(away).runs[1].state == "succeeded"
    assert [run.retry_of for run in simulation.rows() if run.run_id == run_id] == [row.run_id]


def test_also_when_somebody_asks_for_it_elsewhere() -> None:
    simulation, away = slept(missed(), hourly(id="other"), does=Behaviour(takes=SECOND))
    row = card_of(away).runs[1]
    simulation.ask(RunNow("backup", retry_of=row.run_id))
    simulation.run_for(MINUTE)
    assert told(away)[1] == ("backup", "missed", "succeeded")
    simulation.crash()
    simulation.restart()
    simulation.run_for(SECOND)
    assert simulation.registry.whole is not None


def test_what_is_refused_holds_up_nothing_else() -> None:
    simulation, away = slept(missed(), missed("mail"), a_job(id="other"))
    simulation.ask(RunNow("mail"))
    assert len(away.run()) == 1
    assert {one.job_id: one.again is not None for one in card_of(away).runs} == {
        "backup": True,
        "mail": False,
    }
    assert [run.job_id for run in simulation.registry.open_runs()] == ["mail", "backup"]


def test_where_all_is_refused_the_reason_is_told_and_the_card_stays() -> None:
    simulation, away = slept(missed())
    simulation.ask(RunNow("backup"))
    with pytest.raises(Conflict, match="backup is running already"):
        away.run()
    assert told(away) == [("backup", "missed", "missed")]


def test_what_the_person_did_not_want_made_up_for_runs_when_they_name_it() -> None:
    _, away = slept(hourly(catch_up=SKIP))
    with pytest.raises(Conflict, match="nothing of it is left to run"):
        away.run()
    assert len(away.run("backup")) == 1


def test_a_dismissed_card_is_gone_and_stays_away() -> None:
    simulation, away = slept(hourly())
    assert away.dismiss() == tuple(one.run_id for one in simulation.registry.open_runs())
    assert away.card() is None
    simulation.down(SECOND)
    simulation.run_for(MINUTE)
    assert simulation.status("backup").is_running, "what runs late runs"


def test_a_card_survives_a_restart_in_order() -> None:
    simulation, away = slept(missed(), hourly(id="other"))
    away.run("backup")
    simulation.run_for(2 * HOUR)
    before = told(away)
    simulation.ask_later(Stop())
    simulation.run_for(MINUTE)
    simulation.down(SECOND)
    assert before == [("other", "late", "succeeded"), ("backup", "missed", "succeeded")]
    assert told(away_of(simulation)) == before


def test_a_newer_absence_takes_the_place_of_the_older_one() -> None:
    simulation, away = slept(missed(), a_job(id="once", triggers=(once(START + 5 * HOUR),)))
    first = card_of(away)
    simulation.run_for(MINUTE)
    simulation.suspend(2.2 * HOUR)
    second = card_of(away)
    assert second.since > first.until
    assert [one.job_id for one in second.runs] == ["once", "backup"]


def test_a_crash_tells_what_it_cut_off_and_that_can_be_run_again() -> None:
    simulation = Commands(hourly(on_interrupt="ignore"), does=AN_HOUR)
    simulation.run_for(HOUR + MINUTE)
    simulation.down(10 * MINUTE)
    away = away_of(simulation)
    assert card_of(away).headline.startswith("Daybell ended unexpectedly at about 13:01")
    assert told(away) == [("backup", "interrupted", "interrupted")]
    assert len(away.run()) == 1


def test_a_job_that_is_gone_is_told_by_its_id_and_cannot_be_run() -> None:
    simulation, away = slept(missed(), missed("mail"))
    del simulation.files.jobs["mail"]
    simulation.reload()
    one = next(one for one in card_of(away).runs if one.job_id == "mail")
    assert (one.name, one.count) == ("mail", None)
    with pytest.raises(JobNotFound):
        away.run("mail")


class Unreadable:
    """A history on a disk that is broken, or from which the row is gone."""

    def __init__(self, *, is_broken: bool) -> None:
        self._is_broken = is_broken

    def select(self, query: RunQuery) -> Sequence[Row]:
        if self._is_broken:
            raise LedgerError(f"nothing of {query.job_id} can be read")
        return []

    def find(self, run_id: str) -> Run | None:
        if self._is_broken:
            raise LedgerError(f"{run_id} cannot be read")
        return None

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


@pytest.mark.parametrize("is_broken", [True, False])
def test_how_a_run_ended_may_be_known_to_nobody_any_more(*, is_broken: bool) -> None:
    simulation, _ = slept(hourly(), does=Behaviour(takes=SECOND))
    simulation.run_for(MINUTE)
    history = Unreadable(is_broken=is_broken)
    registry, clock = simulation.registry, simulation.clock
    past = Past(registry, history, NoLogs(), clock)  # type: ignore[arg-type]  # it has what is asked for
    outlook = Outlook(registry, simulation.files.jobs.get, clock, lambda: BERLIN, "")
    away = Away(registry, past, outlook, clock=clock, bus=simulation.bus, ask=simulation.ask)
    assert told(away) == [("backup", "late", None)]


def test_a_run_by_hand_of_a_cron_job_is_no_part_of_it() -> None:
    simulation, away = slept(a_job(id="by-hand"), missed())
    simulation.ask(RunNow("by-hand"))
    assert [one.job_id for one in card_of(away).runs] == ["backup"]
    with pytest.raises(Conflict, match="nothing of by-hand is left"):
        away.skip("by-hand")
    simulation.ask(SeeAbsence())
    assert away.card() is None


def test_what_is_due_each_minute_is_counted_but_for_the_instant_of_the_wake() -> None:
    _, away = slept(a_job(triggers=(cron("* * * * *"),), catch_up=BRIEF))
    assert sum(one.count or 0 for one in card_of(away).runs) == SLEEP / MINUTE - 1
