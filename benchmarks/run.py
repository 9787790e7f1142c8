"""Is Daybell as small, quiet and punctual as it means to be? Prints one table; exit code 1 beyond a gate."""

import argparse
import os
import platform
import signal
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import Protocol

import burst
import catch_up
import commands
import crowd
import dashboard
import idle
import latency
import ledger
import memory
import output
import queries
import retention
import simulated
import starting
from app import compile_all
from figures import Figure, Skipped, table

INTERRUPTED = 130
WIDTH = 110
"""Characters of a line of prose."""


class Measure(Protocol):
    def __call__(self, *, quick: bool) -> Iterator[Figure]: ...


MEASURES: dict[str, Measure] = {
    "memory": memory.measure,
    "idle": idle.measure,
    "latency": latency.measure,
    "burst": burst.measure,
    "catch-up": catch_up.measure,
    "simulated": simulated.measure,
    "ledger": ledger.measure,
    "start": starting.measure,
    "history": queries.measure,
    "output": output.measure,
    "retention": retention.measure,
    "cli": commands.measure,
    "crowd": crowd.measure,
    "page": dashboard.measure,
}


def main() -> int:
    args = _arguments()
    if sys.platform != "linux":
        sys.stderr.write(
            "The benchmarks read what Linux tells in /proc: on this system they measure nothing.\n"
        )
        return 2
    # However it is ended, what it has started is ended too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(_machine(), flush=True)
    compile_all()
    figures: list[Figure] = []
    reasons: list[str] = []
    interrupted = False
    try:
        for name in args.only:
            _measure(name, figures, reasons, quick=args.quick)
    except KeyboardInterrupt:
        interrupted = True
    _report(figures, reasons)
    if interrupted:
        return INTERRUPTED
    return int(any(figure.verdict == "OVER" for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = ",".join(MEASURES)
    parser.add_argument("--only", type=_names, default=list(MEASURES), metavar=names, help="some of them")
    parser.add_argument(
        "--quick", action="store_true", help="shorter windows, fewer rounds: for a first look"
    )
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in MEASURES]:
        raise argparse.ArgumentTypeError(f"there is no measurement {unknown[0]!r}")
    return names


def _measure(name: str, figures: list[Figure], reasons: list[str], *, quick: bool) -> None:
    sys.stderr.write(f"measuring {name} ...\n")
    try:
        figures.extend(MEASURES[name](quick=quick))
    except Skipped as reason:
        reasons.append(f"{name} was skipped in part or whole: {reason}.")


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, load {load}; Python {platform.python_version()}; "
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )


def _report(figures: list[Figure], reasons: Iterable[str]) -> None:
    print()
    for line in table(figures) if figures else ("Nothing was measured.",):
        print(line)
    for figure in figures:
        if figure.notes and figure.verdict not in ("ok", ""):
            print(f"\n{figure.what}:")
            for note in figure.notes:
                print(f"  {note}")
    remarks = dict.fromkeys(figure.remark for figure in figures if figure.remark)
    for line in (*remarks, *reasons):
        print(f"\n{textwrap.fill(line, WIDTH)}")
    print(
        "\nMedians, taken in turns with the rival; other programs on this machine blur them: compare ratios."
    )


if __name__ == "__main__":
    sys.exit(main())
