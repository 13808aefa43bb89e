#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds docs/mutants.md to what is in the tree: a row for each mutant and no other, in order, with
# a scenario that is there. That it catches the mutant is for testbench/mutants/run.sh to see.
# usage: mutant_table.sh ROOT    Exit status: 0 without a hole.
set -euo pipefail
cd "$1"
again='testbench/mutants/run.sh --table MUTANT writes a row'
problems=0
problem() {
        echo "FAIL  docs/mutants.md: $1"
        problems=$((problems + 1))
}

mutants=$(for patch in testbench/mutants/*.patch; do basename "$patch" .patch; done |
        grep -vx control | LC_ALL=C sort)
# shellcheck disable=SC2016 # back quotes are meant
rows=$(sed -nE 's/^\| `([^`]+)` \| [1-9][0-9]* \| `([^`]+)` \| `([^`]+)` \| [1-9][0-9]* \|$/\1 \2 \3/p' docs/mutants.md)
# shellcheck disable=SC2016
[ "$(grep -c '^| `' docs/mutants.md)" = "$(wc -l <<<"$rows")" ] ||
        problem 'a row has a mutant, a number and a scenario, a campaign and a number'
while read -r sign name; do
        problem "$sign $name: $again"
done < <(diff <(cut -d' ' -f1 <<<"$rows") - <<<"$mutants" |
        sed -n 's/^< /no mutant or not in order: /p; s/^> /no row for /p')
while read -r name scenario campaign; do
        [ -f "traces/scenarios/$scenario.yaml" ] ||
                problem "$name: there is no scenario $scenario: $again"
        [ -f "traces/campaigns/$campaign.yaml" ] ||
                problem "$name: there is no campaign $campaign: $again"
done <<<"$rows"
# Each rule of testbench/check catches a mutant whatever scenarios expect.
while read -r rule; do
        name=$(sed -n "s/^$rule //p;T;q" testbench/check/mutants)
        if [ ! -f "testbench/mutants/${name:-none}.patch" ]; then
                echo "FAIL  testbench/check/mutants: no mutant for the rule $rule"
                problems=$((problems + 1))
        fi
done < <(sed -n 's/.*\[CHECK_RULE_.*\] = "\(.*\)",/\1/p' testbench/check/names.c)
echo "mutant_table: $(wc -l <<<"$mutants") mutants, $problems problems"
[ "$problems" = 0 ]
