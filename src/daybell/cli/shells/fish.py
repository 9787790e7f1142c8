"""How does fish complete daybell's words?"""

from collections.abc import Iterator

from daybell.cli.grammar import Grammar, Option, Verb, Wants

HEAD = r"""# fish completion for daybell: daybell completion fish > ~/.config/fish/completions/daybell.fish

# Whether the cursor stands in this command, and in this place of it.
function __daybell_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l verb ''
    set -l place 0
    set -l is_value 0
    for word in $words
        if test $is_value = 1
            set is_value 0
        else if test "$word" = --
            set place dashes
            break
        else if string match -q -- '-*' "$word"
            contains -- "$verb $word" $__daybell_valued; and set is_value 1
        else if test -z "$verb"
            set verb $word
        else
            set place (math $place + 1)
        end
    end
    test "$verb" = "$argv[1]"; or return 1
    test (count $argv) -eq 1; or contains -- $place $argv[2..-1]
end

function __daybell_ask
    command daybell __complete $argv[1] 2>/dev/null
end
"""
COMMAND = (
    "complete -c daybell -n '__daybell_at add dashes' -F -a '(__fish_complete_command)' -d 'the command'"
)


def script(grammar: Grammar) -> str:
    return "\n".join(
        [
            HEAD,
            *_valued(grammar),
            "",
            "complete -c daybell -e",
            "complete -c daybell -f",
            *_lines(grammar),
            "",
        ]
    )


def _valued(grammar: Grammar) -> Iterator[str]:
    """Flags that take the next word."""
    named = (
        quoted(f"{verb.name} {flag}")
        for verb in (grammar.program, *grammar.verbs)
        for option in verb.options
        if option.wants
        for flag in option.flags
    )
    yield "set -g __daybell_valued \\\n    " + " \\\n    ".join(named)


def _lines(grammar: Grammar) -> Iterator[str]:
    for option in grammar.program.options:
        yield _option("''", option)
    for verb in grammar.verbs:
        yield f"complete -c daybell -n \"__daybell_at ''\" -a {verb.name} -d {quoted(verb.about)}"
    for verb in grammar.verbs:
        yield from (_option(verb.name, option) for option in verb.options)
        yield from _places(verb)
    yield COMMAND


def _option(verb: str, option: Option) -> str:
    parts = [f'complete -c daybell -n "__daybell_at {verb}"']
    parts += [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    if option.wants:
        parts.append(_value(option.wants, is_option=True))
    return " ".join([*parts, "-d", quoted(option.about)])


def _places(verb: Verb) -> Iterator[str]:
    for number, wants in enumerate(verb.places):
        if wants.kind == "nothing":
            continue
        place = "" if wants.is_endless else f" {number}"
        yield f"complete -c daybell -n '__daybell_at {verb.name}{place}' {_value(wants, is_option=False)}"


def _value(wants: Wants, *, is_option: bool) -> str:
    alone = "-x " if is_option else ""
    match wants.kind:
        case "files":
            return "-r -F" if is_option else "-F"
        case "directories":
            return alone + "-a '(__fish_complete_directories (commandline -ct))'"
        case "words":
            return alone + f"-a {quoted(' '.join(wants.words))}"
        case "nothing":
            return alone.strip()
    return alone + f"-a '(__daybell_ask {wants.kind})'"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
