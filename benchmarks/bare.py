"""The rival: APScheduler alone, with jobs due in the far future or together at one instant.

bare.py COUNT [AT WORKERS PROGRAM FILE]: at AT (seconds since 1970) each job runs `PROGRAM FILE <number>`.
"""

import subprocess
import sys
import threading
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def main(count: int, at: datetime, workers: int, command: list[str]) -> None:
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(workers)})
    # Its stock settings drop what starts a second late; a rival that loses jobs measures nothing.
    for number in range(count):
        argv = [[*command, f"burst-{number}"]]
        scheduler.add_job(subprocess.run, "date", argv, run_date=at, misfire_grace_time=None)
    scheduler.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    _, count, *burst = sys.argv
    if burst:
        main(int(count), datetime.fromtimestamp(float(burst[0]), UTC), int(burst[1]), burst[2:])
    else:
        main(int(count), FAR, 10, [])
