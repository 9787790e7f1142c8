"""Which commands and flags are there? The tree alone; nothing here loads what a command needs."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable

from daybell.cli import about, act, archive, change, check, look, past, start, stop, upcoming
from daybell.cli import open as opening
from daybell.model.durations import Duration

EPILOG = """\
try it:
  daybell start --demo --seconds 30      see it work, without touching your own jobs
  daybell start                          run it here, with its icon in the tray
  daybell add backup --cron "30 2 * * *" -- restic backup ~/Pictures
  daybell status                         what runs, ran and will run
  daybell logs backup -f                 what it prints

exit codes:
  0 ok   1 failure   2 usage   3 Daybell is not running   4 no such job or run
  5 invalid definition   7 not possible now   `run --wait` gives the command's own
"""
ADD_EPILOG = """\
examples:
  daybell add backup --cron "30 2 * * *" --timeout 2h -- restic backup ~/Pictures
  daybell add water --every 45m --shell -- 'notify-send "Drink" || true'
  daybell add report --file report.json

Times are "30s", "5m", "1h30m" or "1d". Without a time it runs only on `daybell run`.
Commands run in your home directory unless --cwd says otherwise.
"""
HISTORY_EPILOG = """\
examples:
  daybell history --outcome failed --outcome timed_out --since 7d
  daybell history backup --cause schedule --since 2026-10-01 --until 2026-11-01
  daybell history --grep "no space left" -n 50

outcomes: succeeded failed timed_out cancelled replaced interrupted skipped missed
causes:   schedule manual catch_up event dependency
A run is of the time it started; one that never did, of the time it was due.
"""
NEXT_EPILOG = """\
examples:
  daybell next backup -n 3
  daybell next --cron "0 9 * * 1-5" --timezone Europe/Berlin --from 2026-12-24

With --cron no app needs to run.
"""

OPEN_EPILOG = """\
The page is on this machine alone, at a port that is closed again when nobody has used it for ten minutes.
To see it from another machine, where --print-url gives http://127.0.0.1:43123/#code=...:
  ssh -t -L 43123:127.0.0.1:43123 THIS-MACHINE daybell open --print-url
and open the address that this prints. A browser in a sandbox may need --print-url as well.
"""


def build() -> tuple[ArgumentParser, list[str]]:
    """The whole tree, and the commands' names. Each sets `run`, which takes the arguments and a terminal."""
    parser = ArgumentParser(
        prog="daybell",
        description="Cron you can see, on your own computer.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    _add_debug(parser)
    commands = Commands(parser)
    _app_commands(commands)
    _look_commands(commands)
    _change_commands(commands)
    _act_commands(commands)
    _past_commands(commands)
    _offline_commands(commands)
    return parser, commands.names


class Commands:
    """The commands of a parser, each added with what it does."""

    def __init__(self, parser: ArgumentParser) -> None:
        self.names: list[str] = []
        self._commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    def add(
        self, name: str, run: Callable[..., int], summary: str, *, has_json: bool = True, epilog: str = ""
    ) -> ArgumentParser:
        command = self._commands.add_parser(
            name,
            help=summary,
            description=summary[:1].upper() + summary[1:] + ".",
            epilog=epilog,
            formatter_class=RawDescriptionHelpFormatter,
        )
        self.names.append(name)
        command.set_defaults(run=run)
        if has_json:
            command.add_argument(
                "--json", action="store_true", help="print JSON, exactly as the API gives it"
            )
        _add_debug(command)
        return command


def _app_commands(commands: Commands) -> None:
    begin = commands.add("start", start.start, "run Daybell, until it is told to stop", has_json=False)
    begin.add_argument("--headless", action="store_true", help="without the icon in the tray")
    begin.add_argument(
        "--demo", action="store_true", help="with a few jobs to look at, in a directory of its own"
    )
    begin.add_argument("--seconds", type=_positive, metavar="N", help="end the demo after N seconds")
    end = commands.add("stop", stop.stop, "end Daybell, and return when it is gone", has_json=False)
    end.add_argument(
        "--timeout", type=_seconds, default=40.0, metavar="T", help="how long to wait for that (default: 40s)"
    )


def _look_commands(commands: Commands) -> None:
    commands.add("status", look.status, "show what runs, ran and will run")
    commands.add("list", look.list_jobs, "list the jobs with their schedules")
    page = commands.add(
        "open", opening.open_page, "show Daybell in your browser", has_json=False, epilog=OPEN_EPILOG
    )
    page.add_argument(
        "--print-url", action="store_true", help="only print the address: good once, for a minute"
    )
    one = commands.add("show", look.show, "show all about one job or one run")
    one.add_argument("target", metavar="JOB|RUN", help="the id of one")
    one.add_argument(
        "--report", choices=("md", "json"), help="of a run, or of a job's last one: a page to keep or to send"
    )


def _change_commands(commands: Commands) -> None:
    new = commands.add("add", change.add, "add a job", epilog=ADD_EPILOG)
    new.usage = (
        "daybell add ID (--file FILE | [--cron EXPR | --every T | --at TIME | --startup] ... -- COMMAND)"
    )
    new.add_argument("id", metavar="ID", help='small letters, digits and hyphens, such as "backup-photos"')
    when = new.add_mutually_exclusive_group()
    when.add_argument("--file", metavar="FILE", help="take all of it from this job file")
    when.add_argument(
        "--cron", metavar="EXPR", help='at the times of a cron expression, such as "30 2 * * *"'
    )
    when.add_argument("--every", metavar="T", help='again and again, such as "15m"')
    when.add_argument("--at", metavar="TIME", help="once, such as 2026-12-01T14:30")
    when.add_argument("--startup", action="store_true", help="each time Daybell starts")
    new.add_argument("--name", metavar="NAME", help="what people read")
    new.add_argument("--timezone", metavar="ZONE", help='of the cron expression, such as "Europe/Berlin"')
    new.add_argument("--timeout", metavar="T", help="end it when it takes longer")
    new.add_argument("--cwd", metavar="DIR", help="where it runs")
    new.add_argument("--env", metavar="K=V", action="append", default=[], help="add a variable (repeatable)")
    new.add_argument("--tag", metavar="TAG", action="append", default=[], help="add a tag (repeatable)")
    new.add_argument("--shell", action="store_true", help="COMMAND is one command line for the shell")
    commands.add("samples", change.add_samples, "add three harmless jobs, to see what Daybell does")
    gone = commands.add("remove", change.remove, "remove a job; its history stays", has_json=False)
    gone.add_argument("job", metavar="JOB", help="its id")


def _act_commands(commands: Commands) -> None:
    now = commands.add("run", act.run, "run a job now")
    now.add_argument("job", metavar="JOB", help="its id")
    again = commands.add("retry", act.retry, "run the job of a run once more")
    again.add_argument("run_id", metavar="RUN", help="the id of a run that has ended")
    for begin in (now, again):
        begin.add_argument(
            "--wait", action="store_true", help="until it ends; the exit code is the command's own"
        )
    end = commands.add("cancel", act.cancel, "end a run, or all runs of a job")
    end.add_argument("target", metavar="JOB|RUN", help="the id of one")
    for name, verb, summary in (
        ("pause", act.pause, "hold a job: it is skipped until it is resumed"),
        ("resume", act.resume, "let a paused job run again"),
    ):
        hold = commands.add(name, verb, summary)
        hold.add_argument("job", metavar="JOB", nargs="?", help="its id")
        hold.add_argument("--all", action="store_true", help="every job")
        if name == "pause":
            hold.add_argument("--until", metavar="TIME", help='when that ends, such as "2h" or a time')
            hold.add_argument("--reason", metavar="TEXT", help="why, to be shown with the job")
    for name, verb, summary in (
        ("enable", act.enable, "let a disabled job run again, in its file"),
        ("disable", act.disable, "switch a job off in its file: it runs only by hand"),
    ):
        commands.add(name, verb, summary).add_argument("job", metavar="JOB", help="its id")


def _past_commands(commands: Commands) -> None:
    rows = commands.add("history", past.history, "list what ran, newest first", epilog=HISTORY_EPILOG)
    rows.add_argument("job", metavar="JOB", nargs="?", help="its id")
    rows.add_argument("-n", type=_upto(past.MOST), default=20, metavar="N", help="how many (default: 20)")
    for flag, what in (("--outcome", "that ended so"), ("--cause", "that ran because of this")):
        rows.add_argument(
            flag, action="append", default=[], metavar="WORD", help=f"those {what} (repeatable)"
        )
    rows.add_argument("--since", metavar="TIME", help="from then on: how long ago, or a date or time")
    rows.add_argument("--until", metavar="TIME", help="before then")
    rows.add_argument("--grep", metavar="TEXT", help="those that printed this, in small letters or capitals")
    printed = commands.add("logs", past.logs, "print what a run printed", has_json=False)
    printed.add_argument("target", metavar="JOB|RUN", help="of a job: its last run")
    printed.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")


def _offline_commands(commands: Commands) -> None:
    later = commands.add("next", upcoming.upcoming, "show when a job is due", epilog=NEXT_EPILOG)
    later.add_argument("job", metavar="JOB", nargs="?", help="its id")
    later.add_argument("-n", type=_upto(100), default=5, metavar="N", help="how many times (default: 5)")
    later.add_argument("--cron", metavar="EXPR", help="of an expression instead of a job")
    later.add_argument(
        "--timezone", metavar="ZONE", help="with --cron: on whose wall (default: this machine's)"
    )
    later.add_argument("--from", dest="start", metavar="TIME", help="with --cron: after when (default: now)")
    files = commands.add("check", check.check, "check job files and settings, without the app")
    files.add_argument("files", metavar="FILE", nargs="*", help="default: all that Daybell would read")
    kept = commands.add("export", archive.export, "keep jobs, settings and history in one file")
    kept.add_argument("file", metavar="FILE", nargs="?", help="default: daybell-TIME.zip in this directory")
    kept.add_argument("--with-logs", action="store_true", help="also what the runs printed")
    back = commands.add("restore", archive.restore, "put back what `daybell export` kept")
    back.add_argument("file", metavar="FILE", help="the archive")
    back.add_argument("--yes", action="store_true", help="in place of the jobs and runs that are here")
    commands.add("paths", about.paths, "show where Daybell keeps its files")
    commands.add("version", about.version, "print the version")


def _add_debug(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--debug", action="store_true", default=SUPPRESS, help="show where an error came from"
    )


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
    try:
        return Duration.parse(f"{text}s" if text.replace(".", "", 1).isdecimal() else text).total_seconds()
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
