"""`export`, `restore`: how does a home get into one file, and out of it again? Without the app."""

import os
from argparse import Namespace
from functools import partial
from pathlib import Path

from daybell.cli.failure import Exit, translated
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted


def export(args: Namespace, terminal: Terminal) -> int:
    from importlib.metadata import version  # noqa: PLC0415 - commands that ask the app start faster

    from daybell.store.export import Wish, write_archive  # noqa: PLC0415 - as above

    usual = f"daybell-{terminal.now:%Y%m%dT%H%M%SZ}.zip"
    path = Path(args.file or usual).expanduser()
    path = path / usual if path.is_dir() else path
    with translated():
        kept = write_archive(
            terminal.directories, path, Wish(terminal.now, version("daybell"), args.with_logs)
        )
    jobs = sum(entry.path.startswith("config/jobs/") for entry in kept.files)
    if args.json:
        terminal.print_json({"file": str(path.absolute()), "jobs": jobs, "files": len(kept.files)})
    else:
        terminal.say(f"kept {counted(jobs, 'job')} and their history in {path}")
        terminal.say("it may hold secrets, as your job files do; `daybell restore` puts it back")
    return Exit.OK


def restore(args: Namespace, terminal: Terminal) -> int:
    from importlib.metadata import version  # noqa: PLC0415 - commands that ask the app start faster

    from daybell.model.errors import Conflict  # noqa: PLC0415 - as above
    from daybell.store.instance import Instance  # noqa: PLC0415 - as above
    from daybell.store.restore import restore_archive  # noqa: PLC0415 - as above

    asked = Instance(os.getpid(), terminal.now, version("daybell"))
    put_back = partial(restore_archive, Path(args.file).expanduser(), terminal.directories, asked)
    with translated():
        try:
            done = put_back(may_replace=args.yes)
        except Conflict:
            question = "put what is in this home aside, and the archive in its place?"
            if terminal.answers is None or not terminal.is_sure(question):
                raise
            done = put_back(may_replace=True)
    if args.json:
        files, aside = len(done.manifest.files), [str(path) for path in done.aside]
        terminal.print_json({"files": files, "aside": [*aside]})
        return Exit.OK
    terminal.say(
        f"restored what was kept on {done.manifest.created.astimezone(terminal.zone):%Y-%m-%d %H:%M}"
    )
    for path in done.aside:
        terminal.say(f"what was here before lies in {path}")
    terminal.say("`daybell start` goes on from there: what was due since then is caught up as after any gap")
    return Exit.OK
