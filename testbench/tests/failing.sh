#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Assertions that can fail: scenarios in pairs, NAME.passes.yaml and NAME.fails.yaml. The first
# line of each says how the program ends and what its report holds: "# exit STATUS: TEXT".
# usage: failing.sh BALLAST FOLDER
set -uo pipefail
ballast=$(readlink -f "$1")
[ -x "$ballast" ] || { echo "failing: no program $1" >&2 && exit 2; }
cd "$2" || exit 2
failures=0
checked=0

# holds FILE LINE: the program keeps what the line promises; else says why not.
holds() {
        local pattern='^# exit ([0-9]+): (.+)$' report status
        [[ $2 =~ $pattern ]] || { echo "first line is not '# exit STATUS: TEXT'" && return 1; }
        local wanted=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
        report=$("$ballast" run "$1" 2>&1 </dev/null)
        status=$?
        [ "$status" = "$wanted" ] || { printf 'exit %s\n%s\n' "$status" "$report" && return 1; }
        grep -qF -- "$text" <<<"$report" || { printf 'no such text\n%s\n' "$report" && return 1; }
}

bad() { # bad FILE WHY
        failures=$((failures + 1))
        printf 'FAIL  %s: %s\n' "$1" "$2"
}

for file in *.yaml; do
        line=$(head -n 1 "$file")
        checked=$((checked + 1))
        why=$(holds "$file" "$line") || bad "$file" "expected ${line#\# }; $why"
        case $file in
        *.fails.yaml)
                [ -e "${file%.fails.yaml}.passes.yaml" ] || bad "$file" "has no .passes.yaml"
                [[ $line != "# exit 0:"* ]] || bad "$file" "does not fail"
                ;;
        *.passes.yaml)
                [ -e "${file%.passes.yaml}.fails.yaml" ] || bad "$file" "has no .fails.yaml"
                [[ $line == "# exit 0:"* ]] || bad "$file" "does not pass"
                ;;
        *) bad "$file" "is called neither .fails.yaml nor .passes.yaml" ;;
        esac
done
[ "$checked" -gt 1 ] || bad "$2" "holds no pair"

# The check itself can fail: in the status, in the text, in the form of the line.
for line in "# exit 0: expected" "# exit 1: no report says this" "# exits 1"; do
        holds check-isr.fails.yaml "$line" >/dev/null && bad "failing.sh" "believes '$line'"
done

echo "$checked scenarios, $failures failures"
[ "$failures" = 0 ]
