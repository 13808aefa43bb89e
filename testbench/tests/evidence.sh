#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lists what a page can give as evidence: scenarios by topic and name, test functions that their
# suite runs, test scripts that CMake registers, mutants.
# usage: evidence.sh ROOT    prints "KIND NAME" lines
set -euo pipefail
cd "$1"

find -L traces/scenarios -name '*.yaml' -type f | sed -n 's|^traces/scenarios/\(.*\)\.yaml$|scenario \1|p'
sources=$(find -L sim pci models testbench -path '*/tests/*.c' -type f)
# A function counts when it is written and when it is run.
# shellcheck disable=SC2086 # no name has a blank
awk 'match($0, /START_TEST\([a-z0-9_]+\)/) { written[substr($0, RSTART + 11, RLENGTH - 12)] }
     match($0, /tcase_add_[a-z_]*test[a-z_]*\([a-z0-9_]+,/) {
        call = substr($0, RSTART + RLENGTH)
        if (call !~ /[a-z]/ && (getline call) <= 0)
                next
        if (match(call, /[a-z0-9_]+/))
                run[substr(call, RSTART, RLENGTH)]
     }
     END {
        for (name in written)
                if (name in run)
                        print "test", name
     }' $sources
lists=$(find -L . -name build -prune -o -name CMakeLists.txt -type f -print)
# shellcheck disable=SC2086
registered=" $(grep -ohE '[a-z_]+\.sh' $lists | sort -u | tr '\n' ' ')"
find -L testbench sim -path '*/tests/*.sh' -type f | while read -r script; do
        case $registered in
        *" ${script##*/} "*) echo "script $script" ;;
        esac
done
find -L testbench/mutants -name '*.patch' -type f | sed -n 's|^.*/\(.*\)\.patch$|mutant \1|p'
