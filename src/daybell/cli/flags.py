"""What may follow each command? Its own words and flags, and how their values are read."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from collections.abc import Callable

MOST_ROWS = 1000
"""Of the history, shown at once."""
SHELLS = ("bash", "zsh", "fish", "powershell")
"""Whose words can be completed: there is a module for each."""


def none(_parser: ArgumentParser) -> None:
    """The command stands alone."""


def job(parser: ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB", help="its id")


def a_job(parser: ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB", nargs="?", help="its id")


def target(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="JOB|RUN", help="the id of one")


def absolute(parser: ArgumentParser) -> None:
    parser.add_argument("--absolute", action="store_true", help="times by the clock, not by how far away")


def start(parser: ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="without the icon in the tray")
    parser.add_argument(
        "--demo", action="store_true", help="with a few jobs to look at, in a directory of its own"
    )
    parser.add_argument("--seconds", type=_positive, metavar="N", help="end the demo after N seconds")


def stop(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--timeout", type=_seconds, default=40.0, metavar="T", help="how long to wait for that (default: 40s)"
    )


def status(parser: ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="and go on showing it, as it changes")
    absolute(parser)


def open_page(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--print-url", action="store_true", help="only print the address: good once, for a minute"
    )


def show(parser: ArgumentParser) -> None:
    target(parser)
    parser.add_argument(
        "--report", choices=("md", "json"), help="of a run, or of a job's last one: a page to keep or to send"
    )


def add(parser: ArgumentParser) -> None:
    parser.usage = (
        "daybell add ID (--file FILE | [--cron EXPR | --every T | --at TIME | --startup] ... -- COMMAND)"
    )
    parser.add_argument("id", metavar="ID", help='small letters, digits and hyphens, such as "backup-photos"')
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--file", metavar="FILE", help="take all of it from this job file")
    when.add_argument(
        "--cron", metavar="EXPR", help='at the times of a cron expression, such as "30 2 * * *"'
    )
    when.add_argument("--every", metavar="T", help='again and again, such as "15m"')
    when.add_argument("--at", metavar="TIME", help="once, such as 2026-12-01T14:30")
    when.add_argument("--startup", action="store_true", help="each time Daybell starts")
    more = parser.add_argument
    more("--name", metavar="NAME", help="what people read")
    more("--timezone", metavar="ZONE", help='of the cron expression, such as "Europe/Berlin"')
    more("--timeout", metavar="T", help="end it when it takes longer")
    more("--cwd", metavar="DIR", help="where it runs")
    more("--env", metavar="K=V", action="append", default=[], help="add a variable (repeatable)")
    more("--tag", metavar="TAG", action="append", default=[], help="add a tag (repeatable)")
    more("--shell", action="store_true", help="COMMAND is one command line for the shell")
    more("--catch-up", choices=("latest", "all", "skip"), help="which missed runs to make up for")
    more("--dry-run", action="store_true", help="only show what it would be")


def settings(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=("get", "set", "reset"), nargs="?", default="get")
    parser.add_argument("key", metavar="KEY", nargs="?", help="such as retention.days (get: default all)")
    parser.add_argument("value", metavar="VALUE", nargs="?", help="such as 90, 5G or null")


def remove(parser: ArgumentParser) -> None:
    job(parser)
    parser.add_argument("--yes", action="store_true", help="without asking")


def run(parser: ArgumentParser) -> None:
    job(parser)
    _wait(parser)


def retry(parser: ArgumentParser) -> None:
    parser.add_argument("run_id", metavar="RUN", help="the id of a run that has ended")
    _wait(parser)


def _wait(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--wait", action="store_true", help="until it ends; the exit code is the command's own"
    )


def away(parser: ArgumentParser) -> None:
    wish = parser.add_mutually_exclusive_group()
    for flag, what in (("--run", "run now what waits or was missed"), ("--skip", "skip what waits")):
        wish.add_argument(flag, metavar="JOB", nargs="?", const="", help=f"{what}: of this job, or all of it")
    wish.add_argument("--dismiss", action="store_true", help="leave it as it is, and say no more of it")


def hold(parser: ArgumentParser) -> None:
    a_job(parser)
    parser.add_argument("--all", action="store_true", help="every job")


def pause(parser: ArgumentParser) -> None:
    hold(parser)
    parser.add_argument("--until", metavar="TIME", help='when that ends, such as "2h" or a time')
    parser.add_argument("--reason", metavar="TEXT", help="why, to be shown with the job")


def history(parser: ArgumentParser) -> None:
    a_job(parser)
    absolute(parser)
    parser.add_argument("-n", type=_upto(MOST_ROWS), default=20, metavar="N", help="how many (default: 20)")
    for flag, what in (("--outcome", "that ended so"), ("--cause", "that ran because of this")):
        parser.add_argument(
            flag, action="append", default=[], metavar="WORD", help=f"those {what} (repeatable)"
        )
    parser.add_argument("--since", metavar="TIME", help="from then on: how long ago, or a date or time")
    parser.add_argument("--until", metavar="TIME", help="before then")
    parser.add_argument(
        "--grep", metavar="TEXT", help="those that printed this, in small letters or capitals"
    )


def why(parser: ArgumentParser) -> None:
    job(parser)
    absolute(parser)
    parser.add_argument("--at", metavar="TIME", help="what was due then: how long ago, or a date or time")


def logs(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="JOB|RUN", help="of a job: its last run")
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")


def timeline(parser: ArgumentParser) -> None:
    a_job(parser)
    parser.add_argument("--day", metavar="DATE", help="such as 2026-11-20 (default: today)")
    parser.add_argument("--ascii", action="store_true", help="with letters that every terminal knows")


def stats(parser: ArgumentParser) -> None:
    a_job(parser)
    parser.add_argument("--days", type=_upto(3650), default=30, metavar="N", help="the last N (default: 30)")


def upcoming(parser: ArgumentParser) -> None:
    a_job(parser)
    parser.add_argument("-n", type=_upto(100), default=5, metavar="N", help="how many times (default: 5)")
    parser.add_argument("--cron", metavar="EXPR", help="of an expression instead of a job")
    parser.add_argument(
        "--timezone", metavar="ZONE", help="with --cron: on whose wall (default: this machine's)"
    )
    parser.add_argument("--from", dest="start", metavar="TIME", help="with --cron: after when (default: now)")


def handlers(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="one of them, with its keys")


def check(parser: ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="default: all that Daybell would read")


def env(parser: ArgumentParser) -> None:
    a_job(parser)
    parser.add_argument("--all", action="store_true", help="also what makes no difference")
    parser.add_argument("--refresh", action="store_true", help="ask the login shell anew")


def autostart(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=("on", "off", "status"), nargs="?", default="status")
    parser.add_argument(
        "--systemd", action="store_true", help="with on: by a unit of systemd, and not by your desktop"
    )


def secret(parser: ArgumentParser) -> None:
    parser.usage = "daybell secret (set NAME [--stdin] | list | remove NAME [--yes]) [--json]"
    parser.add_argument("action", choices=("set", "list", "remove"))
    parser.add_argument("name", metavar="NAME", nargs="?", help='of a secret, such as "restic"')
    parser.add_argument("value", nargs="*", help=SUPPRESS)  # to say why it is not taken
    parser.add_argument("--stdin", action="store_true", help="set: one line from a pipe, without asking")
    parser.add_argument("--yes", action="store_true", help="remove: without asking")


def export(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="default: daybell-TIME.zip in this directory")
    parser.add_argument("--with-logs", action="store_true", help="also what the runs printed")


def restore(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the archive")
    parser.add_argument("--yes", action="store_true", help="in place of the jobs and runs that are here")


def completion(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="which one")


def _upto(highest: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= highest:
            return int(text)
        raise ArgumentTypeError(f"expected a whole number from 1 to {highest}, found {text!r}")

    return whole


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if 0 < value < 1e9:
        return value
    raise ArgumentTypeError(f"expected a number of seconds, found {text!r}")


def _seconds(text: str) -> float:
    """A duration; a plain number is in seconds."""
    from daybell.model.durations import Duration  # noqa: PLC0415 - one command needs it

    try:
        return Duration.parse(f"{text}s" if text.replace(".", "", 1).isdecimal() else text).total_seconds()
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
