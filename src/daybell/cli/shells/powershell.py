"""How does PowerShell complete daybell's words?"""

from collections.abc import Iterator

from daybell.cli.grammar import Grammar, Verb, flags, wanted

HEAD = r"""# PowerShell completion for daybell; in $PROFILE:
# daybell completion powershell | Out-String | Invoke-Expression
"""
TAIL = r"""
Register-ArgumentCompleter -Native -CommandName daybell -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $verb = ''; $wanted = ''; $place = 0
    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    foreach ($element in @($before | Select-Object -Skip 1)) {
        $word = $element.Extent.Text
        if ($wanted) { $wanted = '' }
        elseif ($word -ceq '--') { return }
        elseif ($word.StartsWith('-')) { $wanted = [string]$daybellWanted["$verb $word"] }
        elseif (-not $verb) { $verb = $word }
        else { $place++ }
    }
    if ($wanted) { $kind = $wanted }
    elseif ($wordToComplete.StartsWith('-')) { $kind = "words $($daybellFlags[$verb])" }
    elseif (-not $verb) { $kind = "words $($daybellFlags['verbs'])" }
    else {
        $kind = [string]$daybellPlaces["$verb $place"]
        if (-not $kind) { $kind = [string]$daybellPlaces["$verb *"] }
    }
    # What returns nothing leaves files to PowerShell itself.
    if (-not $kind -or $kind -in 'files', 'directories', 'nothing') { return }
    if ($kind.StartsWith('words ')) { $lines = $kind.Substring(6).Split(' ') }
    else { $lines = @(& daybell __complete $kind 2>$null) }
    foreach ($line in $lines) {
        $typed, $about = $line -split "`t", 2
        if (-not $typed -or -not $typed.StartsWith($wordToComplete)) { continue }
        if (-not $about) { $about = $typed }
        $shown = $typed
        if ($typed -match '[^A-Za-z0-9_.:-]') { $shown = "'" + $typed.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($shown, $typed, 'ParameterValue', $about)
    }
}
"""


def script(grammar: Grammar) -> str:
    everything = (grammar.program, *grammar.verbs)
    return "\n".join(
        [
            HEAD,
            *_table("daybellFlags", flags(grammar)),
            *_table("daybellWanted", (line for verb in everything for line in _wanted(verb))),
            *_table("daybellPlaces", (line for verb in grammar.verbs for line in _places(verb))),
            TAIL,
        ]
    )


def _table(name: str, lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield f"$global:{name} = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)"
    for key, said in lines:
        yield f"$global:{name}[{quoted(key)}] = {quoted(said)}"


def _wanted(verb: Verb) -> Iterator[tuple[str, str]]:
    for option in verb.options:
        if option.wants:
            yield from ((f"{verb.name} {flag}", wanted(option.wants)) for flag in option.flags)


def _places(verb: Verb) -> Iterator[tuple[str, str]]:
    for number, wants in enumerate(verb.places):
        yield f"{verb.name} {'*' if wants.is_endless else number}", wanted(wants)


def quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
