"""A month of twenty jobs is the same twice, event by event, whichever process lives through it."""

import os
import subprocess
import sys

import msgspec

import twenty_jobs
from twenty_jobs import Told


def test_a_month_of_twenty_jobs_is_the_same_twice() -> None:
    """At once, each in a process whose sets and dictionaries have an order of their own."""
    months = [
        subprocess.Popen(
            [sys.executable, twenty_jobs.__file__],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    first, second = (msgspec.json.decode(month.communicate(timeout=120)[0], type=Told) for month in months)
    assert first.deferrals == {"backoff", "settle", "needs", "conditions"}
    assert first.events > 20_000
    assert (second.events, second.digest) == (first.events, first.digest)
