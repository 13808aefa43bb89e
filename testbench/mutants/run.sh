#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Puts one wrong decision after another into a copy of the device model and counts the shipped
# scenarios that catch it. Each *.patch here says in its first lines what is wrong with it;
# control.patch changes nothing, and nothing may catch it.
# usage: run.sh [MUTANT...]    (all of them without a name)    Exit status: 0 each was caught.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scenarios=traces/scenarios
limit_s=60          # a whole run takes about a second; a mutant may never end
scenario_limit_s=10 # the same for one file, after a run that crashed
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree

die() { # die MESSAGE FILE
        echo "mutants: $1" >&2
        [ -z "${2:-}" ] || tail -n 15 "$2" >&2
        exit 2
}

patches=()
for name in "$@"; do
        [ -f "$here/$name.patch" ] || die "no mutant is called $name"
        patches+=("$here/$name.patch")
done
[ $# -gt 0 ] || patches=("$here"/*.patch)

# Only the folders that the build reads: a build folder below them is not taken along.
mkdir "$tree"
for part in CMakeLists.txt CMakePresets.json sim pci models testbench traces docs; do
        cp -R "$root/$part" "$tree/" || die "cannot copy $part"
done
cd "$tree" || exit 2
# -w: a mutant may leave a variable unused.
cmake --preset debug -B build -DBALLAST_TESTS=OFF -DBALLAST_BENCH=OFF -DCMAKE_C_FLAGS=-w \
        >"$work/log" 2>&1 || die 'cmake failed' "$work/log"
build() { ninja -C build ballast >"$work/log" 2>&1; }
build || die 'the unchanged tree does not build' "$work/log"

# The files of the scenarios that fail, into $work/caught. A run that ended early, by a signal or
# by the time limit, tells nothing of the rest: then each file runs by itself.
catch() {
        # The inner shell reports a crash, not this one.
        sh -c 'timeout "$2" build/ballast run --tap "$1" >"$3"' \
                sh "$scenarios" "$limit_s" "$work/tap" 2>/dev/null
        if [ $? -le 1 ]; then
                sed -n 's/^not ok .*(\(.*\))$/\1/p' "$work/tap" >"$work/caught"
                return
        fi
        # shellcheck disable=SC2016 # the inner shell expands them
        find "$scenarios" -name '*.yaml' -type f | LC_ALL=C sort | xargs -P 2 -I{} sh -c \
                'timeout "$2" build/ballast run "$1" >/dev/null 2>&1 || echo "$1"' \
                sh {} "$scenario_limit_s" | LC_ALL=C sort >"$work/caught"
}

catch
[ ! -s "$work/caught" ] || die 'without a patch these fail already:' "$work/caught"
grep -q '^ok ' "$work/tap" || die 'no scenario ran'

passed=0
failed=0
result() { # result NAME COUNT FIRST [WHAT IS WRONG]
        printf '%-44s %4s  %s\n' "$1" "$2" "${3#"$scenarios"/}"
        if [ -z "${4:-}" ]; then
                passed=$((passed + 1))
        else
                echo "FAIL  $1: $4"
                failed=$((failed + 1))
        fi
}

printf '%-44s %4s  %s\n' mutant caught 'by, first'
for patch in "${patches[@]}"; do
        name=$(basename "$patch" .patch)
        if ! patch -p1 -s -f -F0 --dry-run <"$patch" >"$work/log" 2>&1; then
                result "$name" - - "testbench/mutants/$name.patch no longer applies"
                cat "$work/log"
                continue
        fi
        patch -p1 -s -f -F0 --no-backup-if-mismatch <"$patch"
        if build; then
                catch
                count=$(wc -l <"$work/caught")
                first=$(head -n 1 "$work/caught")
                wrong=
                [ "$name" = control ] || [ "$count" -gt 0 ] || wrong='no scenario catches it'
                [ "$name" != control ] || [ "$count" = 0 ] || wrong='scenarios catch no change at all'
                result "$name" "$count" "${first:--}" "$wrong"
        else
                result "$name" - - 'it does not build'
                tail -n 15 "$work/log"
        fi
        patch -p1 -s -f -R --no-backup-if-mismatch <"$patch" || die "$name: cannot be taken out again"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
