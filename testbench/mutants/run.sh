#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Puts one wrong decision after another into a copy of the device model and counts the shipped
# scenarios that catch it. Each *.patch here says in its first lines what is wrong with it;
# control.patch changes nothing, and nothing may catch it. A mutant that docs/mutants.md or
# docs/historical-bugs.md names has to be caught by a scenario that the page names with it, and one
# that testbench/check/mutants names by that rule, whatever scenarios expect.
# usage: run.sh [--table] [MUTANT...]    (all of them without a name)
# --table writes the rows of these mutants into docs/mutants.md, and takes out what is no mutant.
# Exit status: 0 each was caught.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scenarios=traces/scenarios
# Asked in this order, until one of them finds the mutant: those with faults first.
campaigns=(silence resets signals memory random shipped)
# In seconds of processor time, so that a busy machine changes nothing: a mutant may never end.
# A whole run takes less than two; the second is for one file, after a run that crashed.
limit_s=8
scenario_limit_s=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() { # die MESSAGE FILE
        echo "mutants: $1" >&2
        [ -z "${2:-}" ] || tail -n 15 "$2" >&2
        exit 2
}

table=
[ "${1:-}" != --table ] || {
        table=yes
        shift
}
patches=()
for name in "$@"; do
        [ -f "$here/$name.patch" ] || die "no mutant is called $name"
        patches+=("$here/$name.patch")
done
[ $# -gt 0 ] || patches=("$here"/*.patch)
# By the file that they change: from one to the next of a file, one object is built.
mapfile -t patches < <(for patch in "${patches[@]}"; do
        echo "$(sed -n 's/^+++ //p;T;q' "$patch") $patch"
done | LC_ALL=C sort | cut -d' ' -f2)

# What the pages promise: lines of "MUTANT PAGE SCENARIO...", one of which has to catch it.
"$here/claims.awk" "$root/docs/mutants.md" "$root/docs/historical-bugs.md" >"$work/claims" ||
        die 'the pages cannot be read'
[ -z "$table" ] || sed -i '/ docs\/mutants.md /d' "$work/claims"

# A tree of its own for each worker. Only the folders that the build reads are taken along.
plant() { # plant TREE
        mkdir "$1" && cd "$1" || exit 2
        for part in CMakeLists.txt CMakePresets.json sim pci models testbench traces docs; do
                cp -R "$root/$part" . || die "cannot copy $part"
        done
        # -O1 takes the least time for a build and a run. -w: a mutant may leave a variable unused.
        cmake --preset debug -B build -DBALLAST_TESTS=OFF -DBALLAST_BENCH=OFF -DCMAKE_C_FLAGS=-w \
                -DCMAKE_C_FLAGS_DEBUG=-O1 >log 2>&1 || die 'cmake failed' log
}

build() { ninja -C build ballast >log 2>&1; }

# The files of the scenarios that fail, into the file caught. A run that ended early, by a signal
# or by its limit, tells nothing of the rest: then each file runs by itself.
catch() {
        # The inner shell reports a crash, not this one.
        sh -c 'ulimit -c 0; ulimit -t "$2"; timeout 60 build/ballast run --tap "$1" >tap' \
                sh "$scenarios" "$limit_s" 2>/dev/null
        if [ $? -le 1 ]; then
                sed -n 's/^not ok .*(\(.*\))$/\1/p' tap >caught
                return
        fi
        # shellcheck disable=SC2016 # the inner shell expands them
        find "$scenarios" -name '*.yaml' -type f | LC_ALL=C sort | xargs -I{} sh -c \
                'ulimit -c 0; ulimit -t "$2"
                timeout 60 build/ballast run "$1" >/dev/null 2>&1 || echo "$1"' \
                sh {} "$scenario_limit_s" >caught 2>/dev/null
}

campaign() { # campaign NAME RESULTS: its exit status; what it says is in the file said
        rm -f "$2"
        sh -c 'ulimit -c 0; ulimit -t "$1"; timeout 60 build/ballast campaign "$2" --jobs 1 --results "$3"' \
                sh "$limit_s" "traces/campaigns/$1.yaml" "$2" >said 2>&1
}

# The results of the unchanged tree, which those of a mutant are held against.
measure() {
        local name
        mkdir good
        for name in "${campaigns[@]}"; do
                campaign "$name" "good/$name.jsonl" || die "the campaign $name fails without a patch" said
        done
}

# The run, counted from 1, at which campaign NAME finds that something is wrong: it differs, or
# its scenario fails without any fault, which each does once before the runs.
found_at() { # found_at NAME
        local story ended
        campaign "$1" found.jsonl
        ended=$?
        story=$(sed -n 's|^traces/campaigns/\(.*\.yaml\):.* it fails without any fault.*|\1|p' said)
        # Or it ends the program: that is the first of those that are caught by themselves, too.
        [ -n "$story" ] || [ $ended -lt 128 ] ||
                story=$(sed -n 's/.*"scenario":"\([^"]*\)".*/\1/p' "good/$1.jsonl" |
                        grep -Fxf <(sed 's|^traces/|../|' caught) | head -n 1)
        if [ -n "$story" ]; then
                grep -nF "\"scenario\":\"$story\"" "good/$1.jsonl" | head -n 1 | cut -d: -f1 |
                        awk '{ print $1 - 1 }'
                return
        fi
        build/ballast campaign compare "good/$1.jsonl" found.jsonl 2>/dev/null |
                sed -n 's/.* the first is run \([0-9]*\)$/\1/p' | awk '{ print $1 + 1 }'
}

# "NAME RUNS" of the first of these campaigns that finds it; nothing: none does.
find_it() { # find_it CAMPAIGN...
        local name runs
        for name in "$@"; do
                runs=$(found_at "$name")
                [ -z "$runs" ] || {
                        echo "$name $runs"
                        return
                }
        done
}

unchanged() { # unchanged WHEN: the tree as it is passes every scenario
        build || die "$1 the unchanged tree does not build" log
        catch
        [ ! -s caught ] || die "$1 these fail without a patch:" caught
        grep -q '^ok ' tap || die "$1 no scenario ran"
}

result() { # result NAME COUNT FIRST [WHAT IS WRONG...]
        local line
        line=$(printf '%-44s %4s  %s' "$1" "$2" "$3")
        printf '%s\n' "$line" "${@:4}" # in one write: the workers share a terminal
        [ $# = 3 ] || : >"$work/failed/$1"
}

judge() { # judge NAME: what is wrong with who caught it
        local name page promised scenario rule
        while read -r rule name; do
                [ "$name" = "$1" ] || continue
                sh -c 'ulimit -t "$1"; timeout 60 build/ballast run --rules="$2" "$3"' \
                        sh "$limit_s" "$rule" "$scenarios" >ruled 2>/dev/null
                grep -qF "expected  rule $rule: " ruled ||
                        echo "FAIL  $1: not caught by the rule $rule, as testbench/check/mutants has it"
        done <"$root/testbench/check/mutants"
        while read -r name page promised; do
                [ "$name" = "$1" ] || continue
                for scenario in $promised; do
                        ! grep -qxF "$scenarios/$scenario.yaml" caught || continue 2
                done
                echo "FAIL  $1: not caught by $promised, as $page has it, but by"
                sed -n "s|^$scenarios/\(.*\)\.yaml$|      \1|p;10q" caught
        done <"$work/claims"
        if [ "$1" = control ]; then
                [ ! -s caught ] || echo "FAIL  $1: scenarios catch no change at all"
        elif [ ! -s caught ]; then
                echo "FAIL  $1: no scenario catches it"
        fi
}

# What finds it, into the file found: of a mutant with a row only the campaign that the row names.
search() { # search NAME: what is wrong with that
        local promised
        # shellcheck disable=SC2016 # a back quote is meant
        promised=$(sed -n "s/^| \`$1\` .* | \`\([^\`]*\)\` | [0-9]* |$/\1/p" "$root/docs/mutants.md")
        [ -z "$table" ] && [ "$1" != control ] || promised=${campaigns[*]}
        # shellcheck disable=SC2086 # a name a word
        find_it $promised >found
        if [ "$1" = control ]; then
                [ ! -s found ] || echo "FAIL  $1: campaigns find a change in nothing: $(cat found)"
        elif [ ! -s found ]; then
                echo "FAIL  $1: not found by the campaign ${promised:-of any name}"
        fi
}

try() { # try NAME PATCH
        local first wrong=()
        if ! patch -p1 -s -f -F0 --dry-run <"$2" >log 2>&1; then
                result "$1" - - "FAIL  $1: testbench/mutants/$1.patch no longer applies" "$(cat log)"
                return
        fi
        patch -p1 -s -f -F0 --no-backup-if-mismatch <"$2"
        if build; then
                catch
                first=$(sed -n "s|^$scenarios/\(.*\)\.yaml$|\1|p;q" caught)
                mapfile -t wrong < <(judge "$1"; search "$1")
                result "$1" "$(wc -l <caught)" "${first:--} $(cat found)" ${wrong[@]+"${wrong[@]}"}
                [ -z "$first" ] || [ ! -s found ] ||
                        echo "| \`$1\` | $(wc -l <caught) | \`$first\` | $(sed 's/\(.*\) /`\1` | /' found) |" \
                                >"$work/rows/$1"
        else
                result "$1" - - "FAIL  $1: it does not build" "$(tail -n 15 log)"
        fi
        patch -p1 -s -f -R --no-backup-if-mismatch <"$2" || die "$1: cannot be taken out again"
}

worker() { # worker NUMBER: takes the next mutant that no other took
        local patch name
        plant "$work/tree$1"
        unchanged 'at first'
        measure
        for patch in "${patches[@]}"; do
                name=$(basename "$patch" .patch)
                mkdir "$work/taken/$name" 2>/dev/null || continue
                try "$name" "$patch"
        done
        unchanged 'in the end'
}

mkdir "$work/taken" "$work/failed" "$work/rows"
printf '%-44s %4s  %s\n' mutant caught 'by, first; campaign, runs'
workers=()
for ((i = 0; i < $(nproc) && i < ${#patches[@]}; i++)); do
        worker $i &
        workers+=($!)
done
for pid in "${workers[@]}"; do
        wait "$pid" || die 'not all mutants were tried'
done
[ "$(find "$work/taken" -mindepth 1 | wc -l)" = ${#patches[@]} ] || die 'not all mutants were tried'

if [ -n "$table" ]; then
        page=$root/docs/mutants.md
        # shellcheck disable=SC2016 # a back quote is meant
        sed -n 's/^| `\([^`]*\)` .*/\1/p' "$page" | while read -r name; do
                [ ! -f "$here/$name.patch" ] || [ -d "$work/taken/$name" ] ||
                        grep -F "| \`$name\` |" "$page" >"$work/rows/$name"
        done
        LC_ALL=C # the order of the rows
        # shellcheck disable=SC2016 # a back quote is meant
        { grep -v '^| `' "$page" && cat "$work"/rows/*; } >"$work/page" || die "cannot read $page"
        cp "$work/page" "$page" || die "cannot write $page"
fi
failed=$(find "$work/failed" -type f | wc -l)
echo "$((${#patches[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
