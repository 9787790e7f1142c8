"""What does `man daybell` show? Writes assets/man/daybell.1 from the command line's own parser.

Run it after a change of a command or flag (`make man`) and commit the result.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from daybell.cli.failure import Exit
from daybell.cli.grammar import Grammar, Option, Verb, Wants, grammar
from daybell.cli.parser import build

PAGE = Path(__file__).parents[1] / "assets" / "man" / "daybell.1"

ABOUT = """\
Daybell runs jobs at their times, as cron does, on your own computer: an icon in the tray shows what runs, ran
and will run. Each job is one JSON file. `daybell start` runs it; the other commands ask the one that runs, or
read its files.
"""
FILES = (
    ("~/.config/daybell/jobs/ID.json", "A job; written by hand or by `daybell add`."),
    ("~/.config/daybell/settings.json", "What holds for all jobs."),
    ("~/.local/share/daybell/", "The history, and what runs have left to be kept."),
    (
        "~/.local/state/daybell/",
        "The journal and its checkpoint; `log/` has daybell.log and what runs printed.",
    ),
    ("$XDG_RUNTIME_DIR/daybell/", "The socket at which the running Daybell answers."),
)
"""Of Linux; `daybell paths` knows those of this system."""
ENVIRONMENT = (
    ("DAYBELL_HOME", "A directory for all of the files above."),
    ("VISUAL, EDITOR", "The editor that `daybell edit` opens."),
    ("NO_COLOR", "When it is set, nothing is printed in colour."),
    ("SHELL", "Whose PATH `daybell doctor` compares with Daybell's."),
    ("DAYBELL_RUN_ID, DAYBELL_JOB_ID, DAYBELL_CAUSE, ...", "What a job's command is told; see the guide."),
)
STATUSES = {
    Exit.OK: "It went well. For `daybell doctor`: there is nothing but notes.",
    Exit.FAILURE: "It failed. For `daybell doctor`: there are warnings.",
    Exit.USAGE: "The command line is wrong.",
    Exit.NOT_RUNNING: "Daybell is not running.",
    Exit.NOT_FOUND: "There is no such job or run.",
    Exit.INVALID: "A definition is not valid.",
    Exit.CONFLICT: "It is not possible now.",
    Exit.UNSOUND: "`daybell doctor` found an error.",
    Exit.TIMED_OUT: "`--wait`: the run took longer than its time limit.",
    Exit.INTERRUPTED: "It was interrupted.",
    Exit.PIPE_CLOSED: "Whoever read its output has left.",
}
CODE = re.compile(r"`([^`]+)`")


def page() -> str:
    """The whole page, the same on every machine."""
    return "\n".join(_lines(grammar(build()[0]))) + "\n"


def _lines(whole: Grammar) -> Iterator[str]:
    yield '.TH DAYBELL 1 "" "Daybell" "User Commands"'
    yield ".SH NAME"
    about = whole.program.about.rstrip(".")
    yield f"daybell \\- {plain(about[:1].lower() + about[1:])}"
    yield ".SH SYNOPSIS"
    yield from (
        "\\fBdaybell\\fR [\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...",
        ".SH DESCRIPTION",
    )
    yield text(ABOUT)
    yield ".SH OPTIONS"
    for option in whole.program.options:
        yield from _option(option)
    yield ".SH COMMANDS"
    for verb in whole.verbs:
        yield from _verb(verb)
    for title, entries in (("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield f".SH {title}"
        for name, about in entries:
            yield from _entry(f"\\fI{plain(name)}\\fR", about)
    yield '.SH "EXIT STATUS"'
    for code in Exit:
        yield from _entry(f"\\fB{code.value}\\fR", STATUSES[code])
    yield ".PP"
    yield text("`daybell run --wait` ends with the command's own exit code.")
    yield ".SH EXAMPLES"
    yield from _verbatim(whole.program.epilog.partition("\n\nexit codes:")[0].partition("\n")[2])
    yield '.SH "SEE ALSO"'
    yield "\\fBcrontab\\fR(5)"


def _verb(verb: Verb) -> Iterator[str]:
    yield f".SS {_synopsis(verb)}"
    yield text(verb.about[:1].upper() + verb.about[1:] + ".")
    for option in verb.options:
        if option.flags[0] not in ("-h", "--debug"):
            yield from _option(option)
    if verb.epilog:
        yield ".PP"
        yield from _verbatim(verb.epilog)


def _synopsis(verb: Verb) -> str:
    if verb.usage:
        return f"\\fB{plain(verb.usage)}\\fR"
    flags = (
        ["[\\fIOPTION\\fR]..."] if any(one.flags[0] not in ("-h", "--debug") for one in verb.options) else []
    )
    return " ".join([f"\\fBdaybell {plain(verb.name)}\\fR", *flags, *map(_place, verb.places)])


def _place(wants: Wants) -> str:
    shown = f"\\fI{plain(wants.name)}\\fR" + ("..." if wants.is_endless else "")
    return f"[{shown}]" if wants.is_optional else shown


def _option(option: Option) -> Iterator[str]:
    flags = ", ".join(f"\\fB{plain(flag)}\\fR" for flag in option.flags)
    value = f" {_place(option.wants)}" if option.wants else ""
    yield from _entry(flags + value, option.about[:1].upper() + option.about[1:] + ".")


def _entry(term: str, about: str) -> Iterator[str]:
    yield from (".TP", term, text(about))


def _verbatim(block: str) -> Iterator[str]:
    yield from (".RS 4", ".nf")
    yield from (_guarded(plain(line)) for line in block.strip("\n").splitlines())
    yield from (".fi", ".RE")


def text(words: str) -> str:
    """A paragraph; what stands in backquotes is bold."""
    parts = CODE.split(" ".join(words.split()))
    shown = [f"\\fB{plain(part)}\\fR" if place % 2 else plain(part) for place, part in enumerate(parts)]
    return _guarded("".join(shown))


def plain(words: str) -> str:
    """As it is, without a meaning for the typesetter."""
    marked = words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    marked = marked.replace("~", "\\(ti").replace("^", "\\(ha")
    return "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in marked)


def _guarded(line: str) -> str:
    """A dot at its beginning is none of a request."""
    return f"\\&{line}" if line.startswith(".") else line


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="ascii")
    print(PAGE)
