#!/bin/sh
# How does dist/Daybell.app, which PyInstaller has made, become what others can open? Prints the archive's path.
#
# DAYBELL_IDENTITY: a "Developer ID Application: …" of the keychain; without one it is signed for this Mac alone.
# DAYBELL_NOTARY: a profile of `xcrun notarytool store-credentials`; without one Apple does not hear of it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
app=${1:-dist/Daybell.app}
version=$("$app/Contents/MacOS/daybell" version | cut -d ' ' -f 2)
archive=$(dirname "$app")/daybell-$version-macos-$(uname -m).zip

pack() {
    rm -f "$archive"
    ditto -c -k --keepParent "$app" "$archive"
}

set -- --force --deep --sign "${DAYBELL_IDENTITY:--}"
if [ -n "${DAYBELL_IDENTITY:-}" ]; then
    set -- "$@" --timestamp --options runtime --entitlements "$here/entitlements.plist"
fi
codesign "$@" "$app"
codesign --verify --strict "$app"
pack
if [ -n "${DAYBELL_NOTARY:-}" ]; then
    xcrun notarytool submit "$archive" --keychain-profile "$DAYBELL_NOTARY" --wait
    xcrun stapler staple "$app"
    pack
fi
echo "$archive"
