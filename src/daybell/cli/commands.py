"""Which commands are there, and where does each stand? Told without loading any of them."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import NamedTuple

from daybell.cli import flags
from daybell.cli.examples import ADD_EPILOG, HISTORY_EPILOG, KEYRING_EPILOG, NEXT_EPILOG, OPEN_EPILOG


class Command(NamedTuple):
    """One of them."""

    run: str
    """`module.function` of this room: it takes the arguments and a terminal, and gives an exit code."""
    summary: str
    flags: Callable[[ArgumentParser], object] = flags.none
    epilog: str = ""
    has_json: bool = True
    """Those that have none run the app itself, or print what is for a shell."""


COMMANDS = {
    "start": Command("start.start", "run Daybell, until it is told to stop", flags.start, has_json=False),
    "stop": Command("stop.stop", "end Daybell, and return when it is gone", flags.stop),
    "status": Command("status.status", "show what runs, ran and will run", flags.status),
    "list": Command("look.list_jobs", "list the jobs with their schedules", flags.absolute),
    "open": Command("open.open_page", "show Daybell in your browser", flags.open_page, OPEN_EPILOG),
    "show": Command("look.show", "show all about one job or one run", flags.show),
    "add": Command("change.add", "add a job", flags.add, ADD_EPILOG),
    "edit": Command("edit.edit", "change a job in your editor", flags.job),
    "settings": Command("settings.settings", "show or change the settings", flags.settings),
    "samples": Command("change.add_samples", "add three harmless jobs, to see what Daybell does"),
    "remove": Command("change.remove", "remove a job; its history stays", flags.remove),
    "run": Command("act.run", "run a job now", flags.run),
    "retry": Command("act.retry", "run the job of a run once more", flags.retry),
    "cancel": Command("act.cancel", "end a run, or all runs of a job", flags.target),
    "away": Command("away.away", "show what happened while you were away", flags.away),
    "pause": Command("act.pause", "hold a job: it is skipped until it is resumed", flags.pause),
    "resume": Command("act.resume", "let a paused job run again", flags.hold),
    "enable": Command("act.enable", "let a disabled job run again, in its file", flags.job),
    "disable": Command("act.disable", "switch a job off in its file: it runs only by hand", flags.job),
    "history": Command("past.history", "list what ran, newest first", flags.history, HISTORY_EPILOG),
    "why": Command("why.why", "show why a job ran, ran late or did not run", flags.why),
    "logs": Command("past.logs", "print what a run printed", flags.logs),
    "timeline": Command("insight.timeline", "draw a day: what ran, and what will", flags.timeline),
    "stats": Command("insight.stats", "show how runs go: how many, how well, how long", flags.stats),
    "next": Command("upcoming.upcoming", "show when a job is due", flags.upcoming, NEXT_EPILOG),
    "handlers": Command("handlers.handlers", "show what a job can be made of", flags.handlers),
    "check": Command("check.check", "check job files and settings, without the app", flags.check),
    "env": Command("environment.env", "show which environment jobs get, and where from", flags.env),
    "autostart": Command("autostart.autostart", "start Daybell when you log in, or not", flags.autostart),
    "secret": Command(
        "secret.secret", "keep what jobs must know in your keyring", flags.secret, KEYRING_EPILOG
    ),
    "export": Command("archive.export", "keep jobs, settings and history in one file", flags.export),
    "restore": Command("archive.restore", "put back what `daybell export` kept", flags.restore),
    "doctor": Command("doctor.doctor", "look for what is wrong on this machine, and say what helps"),
    "completion": Command(
        *("completion.completion", "print what lets a shell complete daybell's words"),
        flags.completion,
        has_json=False,
    ),
    "paths": Command("about.paths", "show where Daybell keeps its files"),
    "version": Command("about.version", "print the version"),
}
"""In the order of the help."""
