#!/bin/sh
# How does the packed program become a .deb? build-deb.sh [FOLDER [WHERE]]; prints its path. Needs binutils.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$(readlink -f "${1:-dist/daybell}") where=$(readlink -f "${2:-dist}")
version=$("$folder/daybell" version | cut -d ' ' -f 2)
architecture=$(dpkg --print-architecture)
# The newest symbol of libc that anything in it asks for: older systems could not start it.
libc=$(find "$folder" -type f \( -name '*.so*' -o -name daybell \) -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d _ -f 2)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
"$here/lay-out.sh" "$folder" "$root/usr"

doc=$root/usr/share/doc/daybell
install -D -m 644 "$here/copyright" "$doc/copyright"
printf 'daybell (%s) stable; urgency=medium\n\n  * What changed is told in the CHANGELOG.md of the project.\n\n -- %s  %s\n' \
    "$version" "The Daybell authors <daybell@users.noreply.github.com>" "$(date -R -r "$folder/daybell")" | gzip -9n > "$doc/changelog.gz"
install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/daybell"

mkdir "$root/DEBIAN"
install -m 755 "$here/prerm" "$here/postinst" "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@LIBC@/$libc/" \
    -e "s/@SIZE@/$(du -ks "$root/usr" | cut -f 1)/" "$here/control" > "$root/DEBIAN/control"
(cd "$root" && find usr -type f -exec md5sum {} +) > "$root/DEBIAN/md5sums"

deb=$where/daybell_${version}_${architecture}.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$deb" >/dev/null
echo "$deb"
