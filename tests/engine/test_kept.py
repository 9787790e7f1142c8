"""What its attempts have left stands in the run."""

from builders import a_run
from daybell.core.excerpt import Excerpt
from daybell.engine.attempts import after
from daybell.engine.ports import AttemptResult


def test_output_is_counted_over_all_attempts_by_whoever_keeps_it() -> None:
    first = AttemptResult(outcome="failed", output=Excerpt(100), artifacts=2, artifacts_removed=1)
    second = AttemptResult(outcome="failed", output=Excerpt(900, 400, 50), artifacts=3, artifacts_removed=4)
    run = after(after(a_run(), first, None), second, None)
    assert (run.output_bytes, run.output_dropped) == (900, 400)
    assert (run.artifacts, run.artifacts_removed) == (3, 5)


def test_an_attempt_that_never_began_changes_nothing_of_it() -> None:
    first = AttemptResult(outcome="failed", output=Excerpt(900, 400, 50), artifacts=2)
    run = after(a_run(), first, None)
    again = after(run, AttemptResult(outcome="failed", error="program not found"), None)
    assert (again.output_bytes, again.output_dropped, again.artifacts) == (900, 400, 2)
