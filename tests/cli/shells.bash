# Completes each line given, its words parted by "|", and prints "== LINE" and its candidates.
source "$SCRIPT"
complete -p daybell >/dev/null || exit 1
for line in "$@"; do
    IFS='|' read -r -a COMP_WORDS <<<"$line"
    [[ $line == *\| ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _daybell
    echo "== $line"
    ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
done
