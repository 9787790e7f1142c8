#!/bin/sh
# Where does everything go below a prefix? lay-out.sh FOLDER PREFIX, for the .deb and the tarball. Needs chrpath.
set -eu
folder=$1 prefix=$2
here=$(dirname "$(readlink -f "$0")")
assets=$folder/_internal/daybell/assets

put() { install -D -m 644 "$1" "$prefix/share/$2"; }
completion() { "$folder/daybell" completion "$1" | install -D -m 644 /dev/stdin "$prefix/share/$2"; }

install -d "$prefix/bin" "$prefix/lib"
cp -R "$folder" "$prefix/lib/daybell"
# Where this Python was built is nobody else'''s business, and no place to look for libraries.
chrpath --delete "$prefix"/lib/daybell/_internal/libpython* \
    "$prefix"/lib/daybell/_internal/python3*/lib-dynload/*.so >/dev/null
ln -s ../lib/daybell/daybell "$prefix/bin/daybell"
put "$here/daybell.desktop" applications/daybell.desktop
put "$assets/daybell.svg" icons/hicolor/scalable/apps/daybell.svg
put "$assets/daybell.png" icons/hicolor/256x256/apps/daybell.png
put "$assets/man/daybell.1" man/man1/daybell.1
gzip -9n "$prefix/share/man/man1/daybell.1"
completion bash bash-completion/completions/daybell
completion zsh zsh/vendor-completions/_daybell
completion fish fish/vendor_completions.d/daybell.fish
find "$prefix/lib/daybell" -type f -exec chmod 644 {} +
chmod 755 "$prefix/lib/daybell/daybell"
