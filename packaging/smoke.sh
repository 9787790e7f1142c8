#!/bin/sh
# Does a packed Daybell live? smoke.sh PROGRAM starts it in a home of its own, runs a job, and stops it.
set -eu
program=$(command -v "$1")
DAYBELL_HOME=$(mktemp -d)
export DAYBELL_HOME

"$program" version
"$program" start --headless >"$DAYBELL_HOME/said" 2>&1 &
app=$!
trap 'kill $app 2>/dev/null || true; cat "$DAYBELL_HOME/said"; rm -rf "$DAYBELL_HOME"' EXIT
n=0
until grep -q "is running" "$DAYBELL_HOME/said"; do
    n=$((n + 1))
    [ $n -lt 60 ] || exit 1
    sleep 1
done
"$program" add greet -- "$program" version
"$program" run greet --wait
"$program" logs greet | grep "^daybell "
"$program" status
"$program" doctor || true
"$program" stop
wait $app
