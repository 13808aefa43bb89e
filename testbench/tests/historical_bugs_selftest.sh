#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# historical_bugs.sh must fail on each kind of hole, and say which, and pass the page as it is.
# usage: historical_bugs_selftest.sh ROOT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/evidence.sh" "$root" >"$work/facts"
failures=0

refuses() { # refuses TEXT FILE SED-PROGRAM: the file, doctored so, fails with that text
        mkdir -p "$work/docs"
        cp "$root"/docs/historical-bugs.* "$work/docs/"
        chmod u+w "$work"/docs/*
        sed -i -e "$3" "$work/docs/$2"
        if cmp -s "$work/docs/$2" "$root/docs/$2"; then
                echo "FAIL  the doctor found nothing to do: $3"
        elif "$here/historical_bugs.sh" "$work" "$work/facts" >"$work/out"; then
                echo "FAIL  accepted: $3"
        elif ! grep -qF -- "$1" "$work/out"; then
                echo "FAIL  '$1' is missing for: $3"
                grep '^FAIL' "$work/out" || true
        else
                return 0
        fi
        failures=$((failures + 1))
}

"$here/historical_bugs.sh" "$root" "$work/facts" >"$work/out" || {
        cat "$work/out"
        echo "FAIL  the page as it is does not pass"
        failures=1
}
page=historical-bugs.md
refuses 'bug balloon-negative is not told' $page '/^| balloon-negative /d'
refuses 'bug balloon-negative comes a second time' $page '/^| balloon-negative /p'
refuses 'no bug is called balloon-positive' $page 's/^| balloon-negative /| balloon-positive /'
refuses "was mended in '1.0 (514e73eceb)'" $page 's/1.0 (514e73eceb)/1.1 (514e73eceb)/'
refuses 'there is no mutant negative-target-is-fine' $page \
        's/negative-target-is-taken/negative-target-is-fine/'
refuses 'there is no scenario qmp/balloon-not-there' $page \
        's|`qmp/balloon-past-four-gib`|`qmp/balloon-not-there`|'
refuses 'a bug of a device without a mutant: balloon-4-gib' $page \
        's/| `actual-is-shifted-in-32-bits` |/| |/'
refuses 'nothing tells of balloon-inhibit, and no reason is given' $page \
        's/| pages are not migrated here[^|]*|/| |/'
refuses 'a row of six cells was expected' $page 's/^| balloon-negative |/&  |/'
refuses 'bugs, not' historical-bugs.tsv '/^balloon-negative/d'
refuses 'a bug has three fields' historical-bugs.tsv 's/^balloon-negative\t/balloon-negative /'

echo "historical_bugs_selftest: $failures failures"
[ "$failures" = 0 ]
