#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# testbench/mutants/run.sh must fail on each kind of hole, and say which. A copy of the tree gets a
# few mutants, pages of its own and the scenarios of one topic.
# usage: mutants_selftest.sh ROOT
# shellcheck disable=SC2016 # back quotes and dollars are meant
set -euo pipefail
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

mkdir -p "$work/traces/scenarios"
for part in CMakeLists.txt CMakePresets.json sim pci models testbench docs traces/CMakeLists.txt; do
        cp -R "$root/$part" "$work/$part"
done
cp -R "$root/traces/scenarios/stats" "$work/traces/scenarios/"
# All campaigns are one here, which is small.
mkdir "$work/traces/campaigns"
cp "$root/traces/campaigns/polled-minute.yaml" "$work/traces/campaigns/"
for name in silence resets signals memory random shipped; do
        sed 's/^seeds: .*/seeds: 20/' "$root/traces/campaigns/silence.yaml" \
                >"$work/traces/campaigns/$name.yaml"
done
chmod -R u+w "$work"
cd "$work"
mutants=testbench/mutants
mkdir aside
mv $mutants/*.patch aside/

wrong() { # wrong TEXT: what run.sh has to say
        grep -qF -- "$1" out && return 0
        echo "FAIL  '$1' is missing"
        failures=$((failures + 1))
}
bug() { # bug MUTANT SCENARIO: a page of historical bugs
        printf '| a-bug | what went wrong | 1.0 | `%s` | `%s` | |\n' "$2" "$1" >docs/historical-bugs.md
}
mutant() { # mutant NAME SED-PROGRAM: of models/balloon/stats.c
        sed -e "$2" models/balloon/stats.c >changed
        printf 'A mutant of the test.\n\n' >"$mutants/$1.patch"
        diff -U2 --label a/models/balloon/stats.c --label b/models/balloon/stats.c \
                models/balloon/stats.c changed >>"$mutants/$1.patch" || true
}

# What is as it should be passes, and writes the row that the next run holds it to.
cp aside/control.patch aside/deadline-rounded-up.patch $mutants/
echo '# Mutants' >docs/mutants.md
bug deadline-rounded-up stats/deadline-is-cut-to-milliseconds
if ! $mutants/run.sh --table >out 2>&1; then
        cat out
        echo 'FAIL  what is as it should be is refused'
        failures=1
fi
cat docs/mutants.md >>out
wrong '2 passed, 0 failed'
wrong '| `deadline-rounded-up` |'
wrong '| `silence` | 1 |'

# Every hole at once.
mutant nothing-changes 's/^}$/} /'
mutant does-not-build '$s/$/ }/'
mutant does-not-apply 's/^static /static  /'
sed -i 's/^-static /-statics /' $mutants/does-not-apply.patch
cp aside/deadline-rounded-up.patch $mutants/control.patch
mv $mutants/deadline-rounded-up.patch $mutants/elsewhere.patch
bug elsewhere stats/decode-nine-bytes
echo '| `elsewhere` | 1 | `stats/decode-unknown-tags` |' >>docs/mutants.md
echo 'pages elsewhere' >testbench/check/mutants
if $mutants/run.sh >out 2>&1; then
        echo 'FAIL  all of it is accepted'
        failures=$((failures + 1))
fi
wrong 'FAIL  nothing-changes: no scenario catches it'
wrong 'FAIL  nothing-changes: not found by the campaign'
wrong 'FAIL  control: campaigns find a change in nothing: silence 1'
wrong 'FAIL  does-not-build: it does not build'
wrong 'FAIL  does-not-apply: testbench/mutants/does-not-apply.patch no longer applies'
wrong 'FAIL  control: scenarios catch no change at all'
wrong 'FAIL  elsewhere: not caught by stats/decode-nine-bytes, as docs/historical-bugs.md has it'
wrong 'FAIL  elsewhere: not caught by stats/decode-unknown-tags, as docs/mutants.md has it'
wrong 'FAIL  elsewhere: not caught by the rule pages, as testbench/check/mutants has it'
wrong '0 passed, 5 failed'
[ $failures = 0 ] || cat out

# A tree that fails without a mutant judges none.
sed -i 's/MOVE(ARM_NOW, WAITING)/MOVE(ARM, WAITING)/' models/balloon/stats.c
if $mutants/run.sh control >out 2>&1; then
        echo 'FAIL  a tree that fails by itself is accepted'
        failures=$((failures + 1))
fi
wrong 'at first these fail without a patch:'
echo "mutants_selftest: $failures failures"
[ $failures = 0 ]
