"""How does bash complete daybell's words? From 3.2 on, which macOS has."""

from collections.abc import Iterator
from shlex import quote

from daybell.cli.grammar import Grammar, Verb, flags, wanted

HEAD = r"""# bash completion for daybell: eval "$(daybell completion bash)" in ~/.bashrc

# Lines that begin as the word does; what stands behind a tab is about them.
_daybell_offer() {
    local line
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        [[ $line == "$1"* ]] && COMPREPLY+=("$(printf %q "$line")")
    done
}

_daybell_paths() {
    local line
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$2")
}

_daybell_value() {
    case $1 in
        files) _daybell_paths -f "$2" ;;
        directories) _daybell_paths -d "$2" ;;
        words\ *) _daybell_offer "$2" < <(printf '%s\n' ${1#words }) ;;
        nothing | "") ;;
        *) _daybell_offer "$2" < <(command daybell __complete "$1" 2>/dev/null) ;;
    esac
}

# The command of a job.
_daybell_command() {
    if declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        _daybell_paths -c "${COMP_WORDS[COMP_CWORD]}"
    else
        _daybell_paths -f "${COMP_WORDS[COMP_CWORD]}"
    fi
}
"""
TAIL = r"""
_daybell() {
    local current=${COMP_WORDS[COMP_CWORD]} verb="" wanted="" word number
    local -i place=0
    COMPREPLY=()
    [[ $current == = ]] && current=""
    for ((number = 1; number < COMP_CWORD; number++)); do
        word=${COMP_WORDS[number]}
        if [[ $word == = ]]; then
            continue
        elif [[ -n $wanted ]]; then
            wanted=""
        elif [[ $word == -- ]]; then
            [[ $verb == add ]] && _daybell_command $((number + 1))
            return
        elif [[ $word == -* ]]; then
            wanted=$(_daybell_wanted "$verb $word")
        elif [[ -z $verb ]]; then
            verb=$word
        else
            place+=1
        fi
    done
    if [[ -n $wanted ]]; then
        _daybell_value "$wanted" "$current"
    elif [[ $current == -* ]]; then
        _daybell_offer "$current" < <(printf '%s\n' $(_daybell_flags "$verb"))
    elif [[ -z $verb ]]; then
        _daybell_offer "$current" < <(printf '%s\n' $(_daybell_flags verbs))
    else
        _daybell_value "$(_daybell_place "$verb $place")" "$current"
    fi
}

complete -F _daybell daybell
"""


def script(grammar: Grammar) -> str:
    everything = (grammar.program, *grammar.verbs)
    return "\n".join(
        [
            HEAD,
            *_case("_daybell_flags", ((quote(name), line) for name, line in flags(grammar))),
            *_case("_daybell_wanted", (line for verb in everything for line in _wanted(verb))),
            *_case("_daybell_place", (line for verb in grammar.verbs for line in _places(verb))),
            TAIL,
        ]
    )


def _case(name: str, lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    """A function that prints what belongs to its argument."""
    yield f"{name}() {{"
    yield "    case $1 in"
    for pattern, said in lines:
        yield f"        {pattern}) echo {quote(said)} ;;"
    yield "    esac"
    yield "}"


def _wanted(verb: Verb) -> Iterator[tuple[str, str]]:
    for option in verb.options:
        if option.wants:
            names = (quote(f"{verb.name} {flag}") for flag in option.flags)
            yield " | ".join(names), wanted(option.wants)


def _places(verb: Verb) -> Iterator[tuple[str, str]]:
    for number, wants in enumerate(verb.places):
        place = f"{verb.name} {number}"
        yield (f"{quote(verb.name + ' ')}*" if wants.is_endless else quote(place)), wanted(wants)
