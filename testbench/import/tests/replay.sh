#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: replay.sh BALLAST SESSIONS
# Every recorded session imports, and what is made of it passes.
set -euo pipefail
ballast=$1
sessions=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() {
        passed=$((passed + 1))
}

bad() {
        echo "FAIL $1" >&2
        failed=$((failed + 1))
}

# replays NAME: whether the session does; what was wrong is in $work/out.
replays() {
        "$ballast" import "$sessions/$1" -o "$work/$1.yaml" >"$work/out" 2>&1 &&
                "$ballast" run "$work/$1.yaml" >>"$work/out" 2>&1
}

for session in "$sessions"/*/; do
        name=$(basename "$session")
        case $name in
        # Ballast has no migration and unplugs nothing: the run ends at that command.
        g1-* | j1-*)
                if replays "$name"; then bad "$name replays: say so in docs/import.md"; else ok; fi
                continue
                ;;
        esac
        if replays "$name"; then ok; else bad "$name: $(head -n 4 "$work/out")"; fi
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
