"""Jobs may wait for each other, but not in a circle."""

from collections.abc import Mapping

import pytest

from builders import a_job, cron
from daybell.core.dependencies import circular, missing
from daybell.model.job import Job, JobTrigger
from daybell.model.status import Problem


def after(*leaders: str) -> tuple[JobTrigger, ...]:
    return tuple(JobTrigger(job=leader) for leader in leaders)


def jobs(**changes: Mapping[str, object]) -> dict[str, Job]:
    return {job_id: a_job(id=job_id, **keys) for job_id, keys in changes.items()}


def test_K5_a_chain_is_no_circle() -> None:
    chain = jobs(a={"needs": ("b", "c")}, b={"triggers": after("c")}, c={})
    assert circular(chain) == {}
    assert missing(chain, frozenset()) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"a": {"needs": ("a",)}}, {"a": ("needs[0]", "a → a")}),
        (
            {"a": {"needs": ("x", "b")}, "b": {"triggers": after("a")}, "x": {}},
            {"a": ("needs[1]", "a → b → a"), "b": ("triggers[0].job", "b → a → b")},
        ),
        (
            {"a": {"needs": ("b",)}, "b": {"needs": ("c",)}, "c": {"needs": ("b",)}},
            {"b": ("needs[0]", "b → c → b"), "c": ("needs[0]", "c → b → c")},
        ),
        (
            {"a": {"triggers": after("b"), "needs": ("c",)}, "b": {"needs": ("c",)}, "c": {"needs": ("a",)}},
            {
                "a": ("needs[0]", "a → c → a"),
                "b": ("needs[0]", "b → c → a → b"),
                "c": ("needs[0]", "c → a → c"),
            },
        ),
    ],
)
def test_each_job_of_a_circle_names_it(
    changes: dict[str, dict[str, object]], found: dict[str, tuple[str, str]]
) -> None:
    assert circular(jobs(**changes)) == {
        job_id: Problem(f"{job_id}.json", where, f"it waits for itself: {path}; leave out one of these")
        for job_id, (where, path) in found.items()
    }


def test_a_long_circle_is_named_in_short() -> None:
    ring = {f"j{n}": {"needs": (f"j{(n + 1) % 9}",)} for n in range(9)}
    assert "j0 → j1 → j2 → j3 → … → j0;" in circular(jobs(**ring))["j0"].message


def test_what_is_not_there_is_named_but_not_what_is_only_invalid() -> None:
    waiting = jobs(a={"needs": ("gone", "broken")}, b={"triggers": after("gone")})
    message = 'there is no job "gone": it waits for that in vain'
    assert missing(waiting, frozenset({"broken"})) == [
        Problem("a.json", "needs[0]", message),
        Problem("b.json", "triggers[0].job", message),
    ]


def test_many_jobs_that_lead_to_a_circle_are_not_in_it() -> None:
    chain = jobs(**{f"j{n}": {"needs": (f"j{n + 1}",)} for n in range(1000)}, j1000={"needs": ("j999",)})
    assert list(circular(chain)) == ["j999", "j1000"]


def test_what_lies_between_two_circles_is_in_neither() -> None:
    changes: dict[str, dict[str, object]] = {
        "a": {"needs": ("b",)},
        "b": {"needs": ("a",), "triggers": (cron("0 * * * *"), *after("bridge"))},
        "bridge": {"needs": ("c",)},
        "c": {"needs": ("d",)},
        "d": {"needs": ("c",)},
    }
    assert list(circular(jobs(**changes))) == ["a", "b", "c", "d"]
