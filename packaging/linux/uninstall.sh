#!/bin/sh
# How does Daybell go again, and leave jobs and history? ./uninstall.sh [PREFIX], by default ~/.local
set -eu
signal=TERM
if [ "${1:-}" = --end ]; then # for install.sh: only end what runs
    signal=$2
    shift 2
fi
prefix=$(readlink -f "${1:-$HOME/.local}")
program=$prefix/lib/daybell/daybell

running() {
    for exe in /proc/[0-9]*/exe; do
        if [ "$(readlink "$exe" 2>/dev/null)" = "$program" ]; then
            pid=${exe%/exe}
            echo "${pid#/proc/}"
        fi
    done
}

for pid in $(running); do kill -s "$signal" "$pid" || true; done
n=0
while [ -n "$(running)" ] && [ $n -lt 120 ]; do
    sleep 0.5
    n=$((n + 1))
done
[ "$signal" = TERM ] || exit 0

share=$prefix/share
rm -rf "$prefix/lib/daybell"
rm -f "$prefix/bin/daybell" "$share/applications/daybell.desktop" "$share/man/man1/daybell.1.gz" \
    "$share/icons/hicolor/scalable/apps/daybell.svg" "$share/icons/hicolor/256x256/apps/daybell.png" \
    "$share/bash-completion/completions/daybell" "$share/zsh/vendor-completions/_daybell" \
    "$share/fish/vendor_completions.d/daybell.fish"
echo "Daybell is gone; jobs and history stay"
