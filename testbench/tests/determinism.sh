#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same inputs give the same bytes: in another environment, another folder, another process,
# and in every other build given. A verdict does not depend on the order of ties.
# usage: determinism.sh BALLAST SCENARIOS [OTHER BALLAST...]
# Others also from $BALLAST_PEERS, with colons between them as in PATH.
set -uo pipefail
ballast=$(readlink -f "$1")
scenarios=$(readlink -f "$2")
shift 2
peers=()
IFS=: read -ra more <<<"${BALLAST_PEERS:-}"
for peer in "$@" ${more[@]+"${more[@]}"}; do
        peers+=("$(readlink -f "$peer")") || exit 2
done
root=$(dirname "$(dirname "$scenarios")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 2
mapfile -t files < <(find "${scenarios#"$root"/}" -name '*.yaml' -type f | LC_ALL=C sort)
if [ ${#files[@]} = 0 ]; then
        echo "determinism: no scenario below $scenarios" >&2
        exit 2
fi
failures=0
told=0

same() { # same WHAT JOURNAL STATUS
        if [ "$3" != "$status" ]; then
                echo "FAIL  $1: exit $3, not $status"
                failures=$((failures + 1))
        elif ! cmp -s "$work/first" "$2"; then
                echo "FAIL  $1: the journals differ"
                diff "$work/first" "$2" | head -n 6
                failures=$((failures + 1))
        fi
}

for file in "${files[@]}"; do
        "$ballast" run --journal "$work/first" "$file" >/dev/null 2>&1
        status=$?
        # A scenario that only reads registers writes no record.
        [ -s "$work/first" ] && told=$((told + 1))
        if [ "$status" -gt 1 ]; then
                echo "FAIL  $file: exit $status"
                failures=$((failures + 1))
                continue
        fi
        (cd / && env -i TZ=Pacific/Chatham LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 HOME=/nowhere \
                "$ballast" run --journal "$work/second" "$root/$file") >/dev/null 2>&1
        same "$file, elsewhere" "$work/second" $?
        for peer in ${peers[@]+"${peers[@]}"}; do
                "$peer" run --journal "$work/peer" "$file" >/dev/null 2>&1
                same "$file, $peer" "$work/peer" $?
        done
        for seed in 1 2 3 4 5; do
                "$ballast" run --ties "shuffle:$seed" "$file" >"$work/out" 2>&1
                shuffled=$?
                if [ "$shuffled" != "$status" ]; then
                        echo "FAIL  $file: exit $shuffled, not $status, with --ties=shuffle:$seed"
                        cat "$work/out"
                        failures=$((failures + 1))
                fi
        done
done
if [ "$told" = 0 ]; then
        echo 'FAIL  every journal is empty'
        failures=$((failures + 1))
fi
echo "determinism: ${#files[@]} scenarios, ${#peers[@]} other builds, $failures failures"
[ "$failures" = 0 ]
