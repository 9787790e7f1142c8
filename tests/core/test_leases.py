"""Which runs keep the machine awake?"""

from datetime import timedelta

import pytest

from builders import at
from daybell.core.leases import Lease, vigil
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.settings import AwakeConfig

NOON = at("2026-03-02 12:00")
CONFIG = AwakeConfig(longest=Duration(hours=4), battery=20)
HOUR = timedelta(hours=1)


def a_lease(job_id: str, ago: timedelta) -> Lease:
    return Lease(job_id, job_id.title(), NOON - ago)


@pytest.mark.parametrize(
    ("asked", "facts", "reason", "until"),
    [
        ([], Facts(), None, None),
        ([a_lease("mail", HOUR)], Facts(), "running Mail", NOON + 3 * HOUR),
        (
            [a_lease("mail", HOUR), a_lease("backup", 2 * HOUR)],
            Facts(),
            "running Backup, Mail",
            NOON + 2 * HOUR,
        ),
        ([a_lease("mail", HOUR), a_lease("mail", HOUR)], Facts(), "running Mail", NOON + 3 * HOUR),
        ([a_lease("mail", 4 * HOUR)], Facts(), None, None),
        ([a_lease("mail", HOUR)], Facts(on_mains=False, battery=20), None, None),
        ([a_lease("mail", HOUR)], Facts(on_mains=False, battery=21), "running Mail", NOON + 3 * HOUR),
        ([a_lease("mail", HOUR)], Facts(on_mains=True, battery=2), "running Mail", NOON + 3 * HOUR),
        ([a_lease("mail", HOUR)], Facts(on_mains=False), "running Mail", NOON + 3 * HOUR),
    ],
)
def test_each_for_a_while_and_none_on_a_low_battery(
    asked: list[Lease], facts: Facts, reason: str | None, until: object
) -> None:
    found = vigil(asked, facts, CONFIG, NOON)
    assert (found.reason, found.until) == (reason, until)
