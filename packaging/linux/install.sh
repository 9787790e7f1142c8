#!/bin/sh
# How does Daybell come below a prefix, also where another one is and runs? ./install.sh [PREFIX], by default ~/.local
set -eu
here=$(dirname "$(readlink -f "$0")")
mkdir -p "${1:-$HOME/.local}"
prefix=$(readlink -f "${1:-$HOME/.local}")
old=$prefix/lib/daybell new=$prefix/lib/.daybell.new

mkdir -p "$prefix/bin" "$prefix/lib"
rm -rf "$new"
cp -R "$here/lib/daybell" "$new"
if [ -e "$old" ]; then
    # What runs ends in order and waits, each in its own session, until the new one is there.
    touch "$old/exchanging"
    "$here/uninstall.sh" --end USR1 "$prefix"
    rm -rf "$old"
fi
mv "$new" "$old"
ln -sf ../lib/daybell/daybell "$prefix/bin/daybell"
cp -R "$here/share" "$prefix"
case $prefix in
*[!A-Za-z0-9_/.+-]*) ;; # the menu then finds it by PATH alone
*) sed -Ei "s#daybell (open|start|stop)#$prefix/bin/daybell \1#g" "$prefix/share/applications/daybell.desktop" ;;
esac
echo "Daybell is installed; start it with $prefix/bin/daybell start"
