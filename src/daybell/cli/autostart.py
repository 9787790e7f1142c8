"""`autostart`: does Daybell start when this person logs in, and shall it?"""

from argparse import Namespace

from daybell.cli.failure import Exit, UsageError, translated
from daybell.cli.terminal import Terminal

HOME = "DAYBELL_HOME"


def autostart(args: Namespace, terminal: Terminal) -> int:
    """With the app and without it: the desktop is told, and not Daybell."""
    from daybell.core.autostart import sentence  # noqa: PLC0415 - no other command needs it
    from daybell.desktop.autostart.choose import open_autostart  # noqa: PLC0415 - as above

    if args.systemd and args.action != "on":
        raise UsageError("--systemd belongs to `daybell autostart on`")
    switch = open_autostart(terminal.environ)
    with translated():
        match args.action:
            case "on":
                now = switch.switch(on=True, how="systemd" if args.systemd else switch.usual)
            case "off":
                now = switch.switch(on=False)
            case _:
                now = switch.now()
    if args.json:
        terminal.print_json({"enabled": now.enabled, "how": now.how, "blocked_by": now.blocked_by})
    else:
        terminal.print(sentence(now))
        if now.enabled and terminal.environ.get(HOME):
            terminal.say(f"the {HOME} of this terminal holds at login only where your session sets it, too")
    return Exit.OK
