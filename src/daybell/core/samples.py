"""Which jobs show a newcomer what Daybell does? Harmless ones, for the shell of each system."""

from typing import TypedDict

from daybell.core.documents import JOB_SCHEMA, SCHEMA, dump

FULL = 90
"""Percent."""


class Handler(TypedDict):
    """A command line for the system's shell."""

    type: str
    argv: list[str]
    shell: bool


def samples(platform: str) -> dict[str, bytes]:
    """Job files by job id; `platform` as in `sys.platform`."""
    say_hello, watch_disk, fail = WINDOWS if platform == "win32" else POSIX
    files: dict[str, dict[str, object]] = {
        "sample-hello": {
            "name": "Say hello",
            "description": "A line of output, every five minutes.",
            "triggers": [{"type": "interval", "every": "5m"}],
            "handler": shell(say_hello),
        },
        "sample-disk": {
            "name": "Watch the disk",
            "description": f"Each morning. It fails, and you hear of it, when more than {FULL} % are used.",
            "triggers": [{"type": "cron", "expression": "0 9 * * *"}],
            "handler": shell(watch_disk),
        },
        "sample-failure": {
            "name": "Broken sample",
            "description": "Runs only by hand, and fails, to show what you see then.",
            "handler": shell(fail),
        },
    }
    return {
        job_id: dump({"$schema": JOB_SCHEMA, "schema": SCHEMA, "tags": ["sample"], **job})
        for job_id, job in files.items()
    }


def shell(command_line: str) -> Handler:
    return {"type": "command", "argv": [command_line], "shell": True}


POSIX = (
    'echo "Hello, it is $(date +%H:%M)."',
    f"df -P . | awk 'NR == 2 {{ print $5 \" of the disk are used\"; exit ($5 + 0 > {FULL}) }}'",
    'echo "The disk is full (only in this sample)."; exit 3',
)
MEASURE = "$d = (Get-Location).Drive; $used = [int](100 * $d.Used / ($d.Used + $d.Free))"
SAY = "'' + $used + '% of the disk are used'"
WINDOWS = (
    "echo Hello, it is %TIME:~0,5%.",
    f'powershell -NoProfile -Command "{MEASURE}; {SAY}; exit [int]($used -gt {FULL})"',
    "echo The disk is full (only in this sample).& exit 3",
)
