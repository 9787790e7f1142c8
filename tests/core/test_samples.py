"""The sample jobs are valid everywhere, and do here what they say."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from daybell.core.definitions import parse_job
from daybell.core.samples import samples
from daybell.model.job import Job

UTC = ZoneInfo("UTC")


def jobs(platform: str) -> dict[str, Job]:
    return {
        job_id: parse_job(job_id, f"{job_id}.json", definition, UTC)
        for job_id, definition in samples(platform).items()
    }


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_they_are_valid_and_the_same_three_everywhere(platform: str) -> None:
    assert {job_id: (job.name, job.tags) for job_id, job in jobs(platform).items()} == {
        "sample-hello": ("Say hello", ("sample",)),
        "sample-disk": ("Watch the disk", ("sample",)),
        "sample-failure": ("Broken sample", ("sample",)),
    }


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_the_one_that_fails_runs_by_hand_only(platform: str) -> None:
    assert [job_id for job_id, job in jobs(platform).items() if not job.triggers] == ["sample-failure"]


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="they are for a POSIX shell")
@pytest.mark.parametrize(
    ("job_id", "exit_codes", "words"),
    [
        ("sample-hello", {0}, "Hello, it is "),
        ("sample-disk", {0, 1}, "% of the disk are used"),
        ("sample-failure", {3}, "The disk is full"),
    ],
)
def test_they_do_what_they_say(job_id: str, exit_codes: set[int], words: str) -> None:
    (line,) = jobs(sys.platform)[job_id].handler.argv
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode in exit_codes
    assert words in done.stdout
