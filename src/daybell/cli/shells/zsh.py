"""How does zsh complete daybell's words?"""

import re
from collections.abc import Iterator
from shlex import quote

from daybell.cli.grammar import Grammar, Option, Verb, Wants

HEAD = r"""#compdef daybell
# zsh completion for daybell: source <(daybell completion zsh) in ~/.zshrc, after compinit;
# or keep it as _daybell in a directory of $fpath.

_daybell_ask() {
    local -a found
    local line
    for line in ${(f)"$(command daybell __complete $1 2>/dev/null)"}; do
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    _describe "$1" found
}

# The command of a job.
_daybell_command() {
    local dashes=${words[(ie)--]}
    if ((dashes >= CURRENT)); then
        _message 'the command, after --'
        return
    fi
    words=("${(@)words[dashes + 1, -1]}")
    ((CURRENT -= dashes))
    _normal
}
"""
TAIL = r"""
_daybell() {
    local curcontext="$curcontext" context state state_descr line ret=1
    typeset -A opt_args
    _arguments -C __PROGRAM__ '1:command:_daybell_verbs' '*::argument:->argument' && ret=0
    if [[ $state == argument ]]; then
        curcontext="${curcontext%:*:*}:daybell-$words[1]:"
        _daybell_arguments && ret=0
    fi
    return ret
}

if [[ $funcstack[1] == _daybell ]]; then
    _daybell "$@"
else
    compdef _daybell daybell
fi
"""
SPECIAL = re.compile(r"([\\\[\]:])")
ACTIONS = {"files": "_files", "directories": "_files -/", "nothing": " "}


def script(grammar: Grammar) -> str:
    program = " ".join(quote(spec) for option in grammar.program.options for spec in _option(option))
    return "\n".join([HEAD, *_verbs(grammar), "", *_arguments(grammar), TAIL.replace("__PROGRAM__", program)])


def _verbs(grammar: Grammar) -> Iterator[str]:
    yield "_daybell_verbs() {"
    yield "    local -a verbs=("
    for verb in grammar.verbs:
        yield f"        {quote(f'{verb.name}:{_escaped(verb.about)}')}"
    yield "    )"
    yield "    _describe command verbs"
    yield "}"


def _arguments(grammar: Grammar) -> Iterator[str]:
    yield "_daybell_arguments() {"
    yield "    case $words[1] in"
    for verb in grammar.verbs:
        specs = [quote(spec) for spec in _specs(verb)]
        yield f"        {quote(verb.name)})"
        yield "            _arguments " + " \\\n                ".join(specs)
        yield "            ;;"
    yield "    esac"
    yield "}"


def _specs(verb: Verb) -> Iterator[str]:
    for option in verb.options:
        yield from _option(option)
    for wants in verb.places:
        yield _place(wants)
    if verb.name == "add":
        yield "*:command:_daybell_command"


def _option(option: Option) -> Iterator[str]:
    """One for each name; each but the repeatable ones once."""
    value = f":{_escaped(option.wants.name)}:{_action(option.wants)}" if option.wants else ""
    equals = "=" if option.wants else ""
    for flag in option.flags:
        others = "*" if "(repeatable)" in option.about else f"({' '.join(option.flags)})"
        yield f"{others}{flag}{equals if flag.startswith('--') else ''}[{_escaped(option.about)}]{value}"


def _place(wants: Wants) -> str:
    begin = "*:" if wants.is_endless else "::" if wants.is_optional else ":"
    return f"{begin}{_escaped(wants.name)}:{_action(wants)}"


def _action(wants: Wants) -> str:
    if wants.kind == "words":
        return f"({' '.join(wants.words)})"
    return ACTIONS.get(wants.kind, f" _daybell_ask {wants.kind}")


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
