#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# clang-format, clang-tidy and cppcheck over every C file that git tracks, and the rules of the tree.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
mapfile -t sources < <(git ls-files '*.c')
mapfile -t headers < <(git ls-files '*.h')
status=0
step() { # step NAME COMMAND...
        local name=$1
        shift
        if "$@"; then echo "lint: $name: ok"; else
                echo "lint: $name: FAILED" >&2
                status=1
        fi
}

tree_rules() {
        local bad=0 found
        refuse() { # refuse WHAT LINES
                [ -z "$2" ] && return 0
                printf 'lint: %s:\n%s\n' "$1" "$2" >&2
                bad=1
        }
        found=$(grep -nE '^#include [<"](testbench|models)/' -r sim pci --include='*.[ch]' || true)
        refuse 'sim and pci include nothing above them' "$found"
        found=$(grep -nE '^#include [<"]testbench/' -r models --include='*.[ch]' || true)
        refuse 'models include nothing of testbench' "$found"
        found=$(grep -nE '^#include [<"]pci/' -r sim --include='*.[ch]' || true)
        refuse 'sim includes nothing of pci' "$found"
        found=$(grep -nE '^#include [<"]models/(virtio|balloon|host)/' -r models/guest --include='*.[ch]' || true)
        refuse 'the guest does not see the device' "$found"
        found=$(grep -nE '^#include [<"]models/guest/' -r models/balloon models/virtio models/host --include='*.[ch]' || true)
        refuse 'the device does not see the guest' "$found"
        found=$(grep -LE '^// SPDX-License-Identifier: MIT' "${sources[@]}" "${headers[@]}" || true)
        refuse 'files without a licence line' "$found"
        found=$(grep -nIwE 'TODO|FIXME|XXX|HACK' "${sources[@]}" "${headers[@]}" || true)
        refuse 'marks of unfinished work' "$found"
        found=$(awk 'length > 100 { print FILENAME ":" FNR ": " length " columns" }' "${sources[@]}" "${headers[@]}")
        refuse 'lines over 100 columns' "$found"
        found=$(wc -l "${sources[@]}" "${headers[@]}" | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }' |
                grep -vE '/tests/' || true)
        refuse 'files over 500 lines' "$found"
        return $bad
}

# The compile commands of a fresh configuration: one of a build may be older than the tree.
cmake --preset release -B build/lint -DBALLAST_TESTS=ON -DBALLAST_BENCH=ON >/dev/null
step tree tree_rules
step clang-format clang-format --dry-run --Werror "${sources[@]}" "${headers[@]}"
step cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j "$(nproc)" -I. \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        "${sources[@]}"
tidy() {
        printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p build/lint \
                --warnings-as-errors='*' 2>/dev/null
}
step clang-tidy tidy
exit $status
