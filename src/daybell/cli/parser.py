"""Which commands and flags are there? The tree alone; nothing here loads what a command needs."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable

from daybell.cli import (
    about,
    act,
    archive,
    change,
    check,
    completion,
    doctor,
    edit,
    handlers,
    insight,
    look,
    past,
    settings,
    start,
    stop,
    upcoming,
    watch,
)
from daybell.cli import open as opening
from daybell.cli.examples import ADD_EPILOG, EPILOG, HISTORY_EPILOG, NEXT_EPILOG, OPEN_EPILOG
from daybell.model.durations import Duration


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
        self.parser = parser
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
    now = commands.add("status", watch.status, "show what runs, ran and will run")
    now.add_argument("--watch", action="store_true", help="and go on showing it, as it changes")
    _add_absolute(now)
    _add_absolute(commands.add("list", look.list_jobs, "list the jobs with their schedules"))
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
    new.add_argument("--catch-up", choices=("latest", "all", "skip"), help="which missed runs to make up for")
    new.add_argument("--dry-run", action="store_true", help="only show what it would be")
    text = commands.add("edit", edit.edit, "change a job in your editor", has_json=False)
    text.add_argument("job", metavar="JOB", help="its id")
    said = commands.add("settings", settings.settings, "show or change the settings")
    said.add_argument("action", choices=("get", "set", "reset"), nargs="?", default="get")
    said.add_argument("key", metavar="KEY", nargs="?", help="such as retention.days (get: default all)")
    said.add_argument("value", metavar="VALUE", nargs="?", help="such as 90, 5G or null")
    commands.add("samples", change.add_samples, "add three harmless jobs, to see what Daybell does")
    gone = commands.add("remove", change.remove, "remove a job; its history stays")
    gone.add_argument("job", metavar="JOB", help="its id")
    gone.add_argument("--yes", action="store_true", help="without asking")


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
    _add_absolute(rows)
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

    day = commands.add("timeline", insight.timeline, "draw a day: what ran, and what will")
    day.add_argument("job", metavar="JOB", nargs="?", help="its id")
    day.add_argument("--day", metavar="DATE", help="such as 2026-11-20 (default: today)")
    day.add_argument("--ascii", action="store_true", help="with letters that every terminal knows")
    rates = commands.add("stats", insight.stats, "show how runs go: how many, how well, how long")
    rates.add_argument("job", metavar="JOB", nargs="?", help="its id")
    rates.add_argument("--days", type=_upto(3650), default=30, metavar="N", help="the last N (default: 30)")


def _offline_commands(commands: Commands) -> None:
    later = commands.add("next", upcoming.upcoming, "show when a job is due", epilog=NEXT_EPILOG)
    later.add_argument("job", metavar="JOB", nargs="?", help="its id")
    later.add_argument("-n", type=_upto(100), default=5, metavar="N", help="how many times (default: 5)")
    later.add_argument("--cron", metavar="EXPR", help="of an expression instead of a job")
    later.add_argument(
        "--timezone", metavar="ZONE", help="with --cron: on whose wall (default: this machine's)"
    )
    later.add_argument("--from", dest="start", metavar="TIME", help="with --cron: after when (default: now)")
    kinds = commands.add("handlers", handlers.handlers, "show what a job can be made of")
    kinds.add_argument("name", metavar="NAME", nargs="?", help="one of them, with its keys")
    files = commands.add("check", check.check, "check job files and settings, without the app")
    files.add_argument("files", metavar="FILE", nargs="*", help="default: all that Daybell would read")
    kept = commands.add("export", archive.export, "keep jobs, settings and history in one file")
    kept.add_argument("file", metavar="FILE", nargs="?", help="default: daybell-TIME.zip in this directory")
    kept.add_argument("--with-logs", action="store_true", help="also what the runs printed")
    back = commands.add("restore", archive.restore, "put back what `daybell export` kept")
    back.add_argument("file", metavar="FILE", help="the archive")
    back.add_argument("--yes", action="store_true", help="in place of the jobs and runs that are here")
    commands.add("doctor", doctor.doctor, "look for what is wrong on this machine, and say what helps")
    finishing = commands.add(
        "completion",
        completion.completion,
        "print what lets a shell complete daybell's words",
        has_json=False,
    )
    finishing.add_argument("shell", choices=completion.SHELLS, help="which one")
    finishing.set_defaults(parser=commands.parser)
    commands.add("paths", about.paths, "show where Daybell keeps its files")
    commands.add("version", about.version, "print the version")


def _add_absolute(parser: ArgumentParser) -> None:
    parser.add_argument("--absolute", action="store_true", help="times by the clock, not by how far away")


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
