#!/bin/sh
# How does the packed program become a tarball for any Linux? build-tarball.sh [FOLDER [WHERE]]; prints its path.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$(readlink -f "${1:-dist/daybell}") where=$(readlink -f "${2:-dist}")
name=daybell-$("$folder/daybell" version | cut -d ' ' -f 2)-linux-$(uname -m)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
"$here/lay-out.sh" "$folder" "$root/$name"
install -m 755 "$here/install.sh" "$here/uninstall.sh" "$root/$name"
tar -czf "$where/$name.tar.gz" --owner=0 --group=0 --numeric-owner -C "$root" "$name"
echo "$where/$name.tar.gz"
