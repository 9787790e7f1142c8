"""`start`: run the app in this terminal, until it is told to stop."""

from argparse import Namespace

from daybell.cli.failure import UsageError, translated
from daybell.cli.terminal import Terminal


def start(args: Namespace, _terminal: Terminal) -> int:
    if args.seconds is not None and not args.demo:
        raise UsageError("--seconds belongs to --demo")
    with translated():
        return _demo(args) if args.demo else _app(args)


def _app(args: Namespace) -> int:
    from daybell.bootstrap.app import run_app  # noqa: PLC0415 - the whole app; no other command loads it

    return run_app(headless=args.headless)


def _demo(args: Namespace) -> int:
    from daybell.demo import run_demo  # noqa: PLC0415 - the whole app; no other command loads it

    return run_demo(seconds=args.seconds, headless=args.headless)
