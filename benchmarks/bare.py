"""The rival: APScheduler alone, with jobs that are due in the far future, together, or one after another.

bare.py COUNT
bare.py COUNT together AT EVERY WORKERS PROGRAM FILE
bare.py COUNT ticking OFFSET TICKING FILE [PROGRAM]

Together: at AT (seconds since 1970), and each EVERY seconds from then on, every job runs
`PROGRAM FILE <its number>`. Ticking: TICKING of them are due once a second, spread evenly from OFFSET ns on;
each runs `PROGRAM FILE <its instant>` or, without a program, writes such a line itself.
"""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from calls import SECOND, note

FAR = datetime(2099, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def main(count: int, kind: str = "", *due: str) -> None:
    workers = int(due[2]) if kind == "together" else 10
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(workers)})
    if kind == "together":
        together(scheduler, count, float(due[0]), float(due[1]), list(due[3:]))
    elif kind == "ticking":
        ticking(scheduler, int(due[0]), int(due[1]), *due[2:])
        far(scheduler, count - int(due[1]))
    else:
        far(scheduler, count)
    scheduler.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


def far(scheduler: BackgroundScheduler, count: int) -> None:
    for _ in range(count):
        scheduler.add_job(subprocess.run, "date", [["true"]], run_date=FAR)


def together(scheduler: BackgroundScheduler, count: int, at: float, every: float, command: list[str]) -> None:
    for number in range(count):
        argv = [*command, f"burst-{number}"]
        add(scheduler, EPOCH + timedelta(seconds=at), every, subprocess.run, argv)


def ticking(scheduler: BackgroundScheduler, offset: int, count: int, file: str, program: str = "") -> None:
    for number in range(count):
        instant = offset + number * SECOND // count
        first = EPOCH + timedelta(microseconds=instant // 1000)
        if program:
            add(scheduler, first, 1.0, subprocess.run, [program, file, str(instant)])
        else:
            add(scheduler, first, 1.0, note, file, instant)


def add(scheduler: BackgroundScheduler, first: datetime, every: float, call: object, *args: object) -> None:
    """Its stock settings drop what starts a second late; a rival that loses jobs measures nothing."""
    scheduler.add_job(
        call, "interval", args, seconds=every, start_date=first, misfire_grace_time=None, coalesce=True
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
