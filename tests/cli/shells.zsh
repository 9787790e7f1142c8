# Completes each line given, in a terminal of its own, and prints "== LINE" and its candidates.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; PS2=; autoload -Uz compinit; compinit -D; bindkey "^I" complete-word; source '"$SCRIPT"
# What completion offers is printed, as nobody sees the menu.
zpty -w shell 'compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    typeset -a hits; builtin compadd -A hits "$@"
    local hit; for hit in $hits; do print -r -- "HIT<$hit>"; done
}'
zpty -w shell 'ending() { BUFFER=; print "END@" }; zle -N ending; bindkey "^J" ending; bindkey "^M" ending; print READY@'
zpty -r shell said '*READY@*'
for line in "$@"; do
    zpty -n -w shell "$line"$'\t'$'\C-J'
    zpty -r shell said '*END@*'
    print -r -- "== $line"
    print -r -- $said | sed -n 's/.*HIT<\([^>]*\)>.*/\1/p'
done
zpty -d shell
