"""`stop`: end the app, and return when it is gone."""

from argparse import Namespace
from typing import cast

from daybell.api.client import Json
from daybell.api.shapes import StatusShape
from daybell.cli.asking import app
from daybell.cli.departure import watch
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted


def stop(args: Namespace, terminal: Terminal) -> int:
    with app(terminal) as client:
        now = cast("StatusShape", client.get("/api/v1/status"))
        # Watched from before it is told to go: afterwards its number might be another's.
        has_gone = watch(now["scheduler"]["pid"])
        client.post("/api/v1/stop")
    active = sum(job["is_running"] for job in now["jobs"])
    if active and not args.json:
        terminal.say(f"waiting for {counted(active, 'running job')} to end")
    if not has_gone(args.timeout):
        raise Failure(
            f"Daybell (process {now['scheduler']['pid']}) is still stopping after {args.timeout:g} seconds"
        )
    if args.json:
        running: list[Json] = [job["id"] for job in now["jobs"] if job["is_running"]]
        about = now["scheduler"]
        terminal.print_json({"pid": about["pid"], "version": about["version"], "running": running})
    else:
        terminal.say("Daybell has stopped")
    return Exit.OK
