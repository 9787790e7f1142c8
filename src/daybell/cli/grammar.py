"""Which words may stand where on the command line? Read off the parser itself, so that it is always true."""

import argparse
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["jobs", "runs", "targets", "tags", "files", "directories", "words", "nothing"]
KINDS: dict[str, Kind] = {
    "JOB": "jobs",
    "RUN": "runs",
    "JOB|RUN": "targets",
    "TAG": "tags",
    "FILE": "files",
    "DIR": "directories",
}
"""By what stands for the value in the help."""
WORDS = {
    "outcome": (
        "succeeded",
        "failed",
        "timed_out",
        "cancelled",
        "replaced",
        "interrupted",
        "skipped",
        "missed",
    ),
    "cause": ("schedule", "manual", "catch_up", "event", "dependency"),
}
"""Choices that the parser leaves to the app, by their flag."""
ENDLESS = ("*", "+")


class Wants(NamedTuple):
    """What may stand in a place."""

    kind: Kind
    words: tuple[str, ...] = ()
    """The choices, where the kind is "words"."""
    name: str = ""
    """As the help calls it."""
    is_endless: bool = False
    """The place repeats."""
    is_optional: bool = False


class Option(NamedTuple):
    """A flag by all its names."""

    flags: tuple[str, ...]
    about: str
    wants: Wants | None
    """None: it takes no value."""


class Verb(NamedTuple):
    """A command; the one without a name is `daybell` itself."""

    name: str
    about: str
    options: tuple[Option, ...]
    places: tuple[Wants, ...]
    """What follows it, beside the options."""
    epilog: str = ""
    usage: str | None = None
    """Where the parser has words of its own for it."""


class Grammar(NamedTuple):
    """The program and its commands."""

    program: Verb
    verbs: tuple[Verb, ...]


def grammar(parser: ArgumentParser) -> Grammar:
    """Of the whole tree. What a command's own commands take counts as its own."""
    (commands,) = _branches(parser)
    # A command's sentence belongs to the branch, not to its parser.
    abouts = {choice.dest: choice.help or "" for choice in commands._choices_actions}  # noqa: SLF001 - as in _branches
    verbs = [_verb(name, abouts[name], sub) for name, sub in commands.choices.items() if name in abouts]
    return Grammar(_verb("", parser.description or "", parser), tuple(verbs))


def flags(grammar: Grammar) -> Iterator[tuple[str, str]]:
    """Of each command in one line; and under "verbs" the commands. So scripts look them up."""
    yield "verbs", " ".join(verb.name for verb in grammar.verbs)
    for verb in (grammar.program, *grammar.verbs):
        yield verb.name, " ".join(flag for option in verb.options for flag in option.flags)


def wanted(wants: Wants) -> str:
    """In one line, as in "words md json"."""
    return " ".join([wants.kind, *wants.words])


def _verb(name: str, about: str, parser: ArgumentParser) -> Verb:
    options, places = list(_options(parser)), list(_places(parser))
    for branch in _branches(parser) if name else ():
        for one in branch.choices.values():
            options += [option for option in _options(one) if option not in options]
            places += [place for place in _places(one) if place not in places]
    return Verb(name, about, tuple(options), tuple(places), parser.epilog or "", parser.usage)


def _options(parser: ArgumentParser) -> Iterator[Option]:
    for action in _actions(parser):
        if action.option_strings and action.help != SUPPRESS:
            wants = None if action.nargs == 0 else _wants(action)
            yield Option(tuple(action.option_strings), _words(action), wants)


def _places(parser: ArgumentParser) -> Iterator[Wants]:
    for action in _actions(parser):
        if not action.option_strings and action.help != SUPPRESS:
            yield _wants(action)


def _wants(action: Action) -> Wants:
    named = action.metavar if isinstance(action.metavar, str) else action.dest
    words = tuple(map(str, action.choices)) if action.choices else WORDS.get(action.dest, ())
    kind: Kind = "words" if words else KINDS.get(named, "nothing")
    is_endless = action.nargs in ENDLESS
    is_optional = action.nargs in ("?", "*")
    shown = "|".join(words) if words and not action.metavar else named
    return Wants(kind, words, shown, is_endless, is_optional)


def _words(action: Action) -> str:
    return (action.help or "").replace("%%", "%")


def _actions(parser: ArgumentParser) -> list[Action]:
    return parser._actions  # noqa: SLF001 - argparse has no other way to say what was added


def _branches(parser: ArgumentParser) -> "list[argparse._SubParsersAction[ArgumentParser]]":
    found = _actions(parser)
    return [one for one in found if isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001 - as above
