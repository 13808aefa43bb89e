#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every shipped scenario of profile qemu-7.2 on a real QEMU: it passes there, and our device
# does the same. Exit status 77: there is no QEMU here, and the last line says why.
# usage: qemu_scenarios.sh BALLAST SCENARIOS [--long]
set -uo pipefail
ballast=$(readlink -f "$1")
cd "$2" || exit 2
mode=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Minutes of polls, or of bytes: a test of their own.
long=(stats/index-wraps-after-65536-polls.yaml stats/hostile-buffer-of-128-mib.yaml
        migration/wrapped-index-is-counted-right.yaml)
# What a migration costs, and how often it collects dirty pages, is real time: they are run
# and not compared.
timed=(migration/hints-are-done-after-migrate.yaml migration/migrate-stops-the-machine.yaml
        migration/migrate-of-a-stopped-machine.yaml)

list() { # list FILE...: one a line
        printf '%s\n' "$@" | sort
}
# More RAM than a real QEMU can have here: it is refused.
refused=bugs/page-number-with-bit-31-is-no-alias.yaml
[ -e "$refused" ] || { echo "$refused: no such scenario"; exit 2; }
find . -name '*.yaml' | sed 's,^\./,,' | sort >"$work/all"
while read -r file; do
        profile=$(sed -n 's/^profile: *\([^ #]*\).*/\1/p' "$file")
        [ "${profile:-qemu-7.2}" = qemu-7.2 ] && [ "$file" != "$refused" ] &&
                ! grep -q -e '^doc-names: *on' -e ' host: {free-page-hint' -e ' host: {restore' -e 'migration: [^n]' \
                        -e 'reporting-queue: spec' -e 'fault: {*[a-z]*-*[a-z]*-\(dma\|timer\)' \
                        -e 'fault: {step-clock' -e 'qmp-disconnect: {[^}]*by:' -e 'host: {reconnect:' "$file" && echo "$file"
done <"$work/all" >"$work/fit"
# Each of the profile says where it was seen to pass, and all of these say qemu.
while read -r file; do
        says=$(sed -n 's/^checked-on: *\([^#]*[^ #]\).*/\1/p' "$file")
        profile=$(sed -n 's/^profile: *\([^ #]*\).*/\1/p' "$file")
        [ "${profile:-qemu-7.2}" = qemu-7.2 ] || continue
        if grep -qxF "$file" "$work/fit"; then right='[sim, qemu]'; else right='[sim]'; fi
        [ "$says" = "$right" ] || { echo "$file: checked-on is '$says', not $right"; exit 2; }
done <"$work/all"
if [ "$mode" = --long ]; then
        comm -12 "$work/fit" <(list "${long[@]}") >"$work/compared"
        : >"$work/run"
else
        comm -23 "$work/fit" <(list "${long[@]}") >"$work/run"
        comm -23 "$work/run" <(list "${timed[@]}") >"$work/compared"
fi
for file in "${long[@]}" "${timed[@]}"; do
        [ -e "$file" ] || { echo "$file: no such scenario"; exit 2; }
done

first=$(head -n 1 "$work/compared")
if ! "$ballast" run --device qemu "$first" >"$work/out" 2>&1 && grep -q '^skip' "$work/out"; then
        sed -n 's/^skip .*  (\(.*\))$/no real QEMU here: \1/p' "$work/out"
        exit 77
fi

status=0
if [ -s "$work/run" ]; then
        mapfile -t files <"$work/run"
        "$ballast" run --device qemu "${files[@]}" >"$work/out" 2>&1 || status=1
        grep -v '^pass  .*)$' "$work/out"
fi
mapfile -t files <"$work/compared"
"$ballast" diff "${files[@]}" >"$work/out" 2>&1 || status=1
grep -v '^same  .*)$' "$work/out"
exit "$status"
