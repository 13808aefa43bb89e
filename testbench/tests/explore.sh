#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast explore from outside: how many runs there are, what a printed run does, what is refused.
# usage: explore.sh BALLAST REPOSITORY
set -uo pipefail
ballast=$(readlink -f "$1")
scenarios=$(readlink -f "$2")/traces/scenarios
exploring=$(readlink -f "$2")/traces/exploring
page=$(readlink -f "$2")/docs/exploring.md
# shellcheck source=testbench/tests/program.sh
. "$(dirname "$(readlink -f "$0")")/program.sh"
subcommand=(explore)

total() { # total RUNS DISTINCT: of the last exploring
        grep -qE "^ *$1 +$2  of " out || bad "not $1 runs, $2 of them distinct"
}

digest() { # digest ARGUMENT...: of the journal of what ballast run runs
        "$ballast" run --junit junit.xml "$@" >out 2>err
        grep -o 'journal-xxh3" value="[0-9a-f]*' junit.xml | cut -d'"' -f3
}

# At 2 s the device polls, and there is a step. A raw guest makes nothing of either: 2! orders.
cat >two.yaml <<'YAML'
scenario: a poll and a step
machine: {balloon: {id: balloon0, guest-stats-polling-interval: 2}}
guest: {driver: raw}
timeline:
  - guest: probe
  - guest: {post: {queue: statsq, out: "00"}}
  - guest: {kick: statsq}
  - at: 2 s
    guest: {actual: 5}
end: 3 s
YAML
exits 0 two.yaml --faults 0
total 2 2
has out 'all that there are'
# With the window of BALLOON_CHANGE, which ends then, too: 3!, and the window's end shows nowhere.
sed 's/^  - at: 2 s/  - {at: 1 s, guest: {actual: 3}}\n&/' two.yaml >three.yaml
exits 0 three.yaml --faults 0
total 6 2
cp out whole
for jobs in 1 2 3; do
        exits 0 three.yaml --faults 0 --jobs "$jobs"
        cmp -s out whole || bad "with $jobs jobs"
done
# Two steps keep their order: the poll before, between or behind them.
{ sed '/^end:/d' two.yaml && printf '  - guest: {actual: 6}\nend: 3 s\n'; } >steps.yaml
exits 0 steps.yaml --faults 0
total 3 2
# A step that only looks goes last, and nothing is to be chosen.
sed 's/guest: {actual: 5}/check: {stats-timer: idle}/' two.yaml >check.yaml
exits 0 check.yaml --faults 0
total 1 1

# The bound, and what lies behind it.
exits 3 three.yaml --faults 0 --runs 1
total 1 1
has out "those with fewer than 1 departures from the scenario's own run, and 0 of 3 with 1"
exits 3 three.yaml --faults 0 --runs 3
has out 'fewer than 1 departures' && has out 'and 2 of 3 with 1'
exits 3 three.yaml --faults 0 --runs 4
has out 'fewer than 2 departures' && has out 'and 0 of 2 with 2'
exits 0 three.yaml --faults 0 --runs 6

# A run that is printed is that run, and the first is the scenario's own.
own=$(digest three.yaml)
for run in 0 1 2 3 4 5; do
        exits 0 three.yaml --faults 0 --print "$run"
        cp out printed.yaml
        grep -q '^order: ' printed.yaml && [ "$run" = 0 ] && bad 'run 0 has an order'
        digest printed.yaml >>digests
done
[ "$(head -n 1 digests)" = "$own" ] || bad "run 0 is not the scenario's own"
[ "$(sort -u digests | wc -l)" = 2 ] || bad 'the printed runs are not two'
exits 2 three.yaml --faults 0 --print 6
has err 'its last run is 5'
# Its own output is a scenario that has its order already.
exits 2 printed.yaml
has err 'order'

# What holds in one order only: found, shown, and failing when it is printed, in the same place.
cat >race.yaml <<'YAML'
scenario: polling ends just in time
machine: {balloon: {id: balloon0, guest-stats-polling-interval: 2}}
timeline:
  - at: 2 s
    qmp: {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0",
          "property": "guest-stats-polling-interval", "value": 0}}
  - expect: poll
end: 3 s
YAML
exits 1 race.yaml --faults 0
has out 'expected  poll'
has out '2.000000000  line 4 goes before balloon0/stats'
has out ' rule violated'
has out 'race.yaml:7'
number=$(sed -n 's/^FAIL .* run \([0-9]*\) .*/\1/p' out)
exits 0 race.yaml --faults 0 --print "$number"
cp out printed.yaml
"$ballast" run race.yaml >out 2>err || bad 'the order of the file passes'
"$ballast" run printed.yaml >out 2>err && bad 'the printed order does not fail'
has out 'expected  poll'
# Rules alone are kept in each order of it, but not by a guest that writes into its ring.
exits 0 race.yaml --faults 0 --rules
exits 1 "$scenarios/virtio/packed-buffers-stay-as-they-are.yaml" --faults 0 --rules
has out 'rule virtqueue'
number=$(sed -n 's/^FAIL .* run \([0-9]*\) .*/\1/p' out)
exits 0 "$scenarios/virtio/packed-buffers-stay-as-they-are.yaml" --faults 0 --rules --print "$number"
cp out printed.yaml
has out 'run --rules FILE'
"$ballast" run --rules printed.yaml >out 2>err && bad 'the rule holds in the printed order'
has out 'rule virtqueue'
# A story that is cut has fewer choices.
exits 0 three.yaml --faults 0 --until 1.5s
total 1 1

# An order that does not fit the scenario is the file's mistake.
printf 'order: [3]\n' | cat - three.yaml >wrong.yaml
"$ballast" run wrong.yaml >out 2>err
[ $? = 2 ] || bad 'a choice that there is not'
has out "entry 1 of 'order' to be one of 0 to 2"
printf 'order: [0, 0, 0]\n' | cat - three.yaml >wrong.yaml
"$ballast" run wrong.yaml >out 2>err
[ $? = 2 ] || bad 'more choices than there are'
has out "3 choices, as 'order' has entries"
subcommand=(diff)
exits 2 --itself wrong.yaml
has out "3 choices, as 'order' has entries"
exits 0 --itself printed.yaml
has out '  printed.yaml  ('
has out '1 of 1 the same'
subcommand=(explore)

# Faults. A raw guest, one notification, one arming of the timer, one interrupt: each lost, or none.
# Two of them: without the notification the timer finds no buffer at 2 s and is armed anew, which
# can be lost, too; no other two can be.
exits 0 check.yaml --rules --points lose-notification
total 2 2
exits 0 check.yaml --rules
total 4 4
has out '1 of lose-interrupt, 1 of lose-notification, 1 of lose-timer'
exits 0 check.yaml --rules --faults 2
total 5 5
# Each of four interrupts late, or two of them, which leaves their number: 1 + 4 + 6.
cat >polls.yaml <<'YAML'
scenario: four polls
machine: {balloon: {id: balloon0, guest-stats-polling-interval: 2}}
timeline:
  - at: 9 s
YAML
exits 0 polls.yaml --with 'late-interrupt: {by: 5 ms}' --results one.jsonl
total 5 5
exits 0 polls.yaml --with 'late-interrupt: {by: 5 ms}' --faults 2 --results two.jsonl
total 11 11
[ "$(wc -l <one.jsonl)" = 5 ] && [ "$(wc -l <two.jsonl)" = 11 ] || bad 'a line a run'
cmp -s one.jsonl <(head -n 5 two.jsonl) || bad 'more faults change the runs with less'
if command -v python3 >/dev/null; then
        python3 -c 'import json; [json.loads(line) for line in open("two.jsonl")]' 2>err || bad JSON
fi
# Printed, each leaves the digest that it had; a point that fires twice says when.
for run in $(seq 0 10); do
        exits 0 polls.yaml --with 'late-interrupt: {by: 5 ms}' --faults 2 --print "$run"
        cp out printed.yaml
        [ "$run" = 10 ] && has printed.yaml 'late-interrupt: {by: 5 ms, nth: [3, 4]}'
        grep -qF "\"digest\":\"$(digest printed.yaml)\"" <(sed -n "$((run + 1))p" two.jsonl) ||
                bad "run $run has another digest when it is printed"
done
# A failure that one fault makes, and none makes.
cat >expects.yaml <<'YAML'
scenario: the third poll comes
machine: {balloon: {id: balloon0, guest-stats-polling-interval: 2}}
timeline:
  - {at: 6 s, expect: poll}
YAML
exits 0 expects.yaml --faults 0
total 1 1
exits 1 expects.yaml --points lose-interrupt
has out '  but          2.000000000  lose-interrupt, pin, time 1'
has out '  but          4.000000000  lose-interrupt, pin, time 2'
has out '         2         2  rule violated'
exits 0 expects.yaml --points lose-interrupt --print 1
cp out printed.yaml
has printed.yaml 'faults: [{lose-interrupt: {nth: [1]}}]'
"$ballast" run printed.yaml >out 2>err && bad 'what is lost does not fail'
has out 'expected  poll'
# What comes out of nothing has its places behind what crosses.
exits 0 expects.yaml --points spurious-interrupt
has out 'of spurious-interrupt'
exits 0 expects.yaml --with 'spurious-interrupt: {behind: interrupts, vector: 0x33}'
has out ', 3 of spurious-interrupt'
exits 0 expects.yaml --points spurious-interrupt --print 2
has out 'faults: [{spurious-interrupt: {behind: both, nth: [2]}}]'
# In another state a point is not crossed.
exits 1 expects.yaml --with 'lose-interrupt: {while: {polling: asked}}'
has out '         2         2  rule violated'
exits 0 expects.yaml --with 'lose-interrupt: {while: {polling: asked}}' --print 2
has out 'faults: [{lose-interrupt: {while: {polling: asked}, nth: [2]}}]'
exits 0 expects.yaml --with 'lose-interrupt: {while: {polling: answered}}'
# With all points, from two processes as from one.
exits 1 polls.yaml --rules --points all --jobs 1 --until 3s --results one.jsonl
has out 'early-timer, statistics, time 1'
exits 1 polls.yaml --rules --points all --jobs 2 --until 3s --results two.jsonl
cmp -s one.jsonl two.jsonl || bad 'all points, from two processes'
# What docs/exploring.md shows of the shipped ones.
for name in boot reset; do
        options=()
        [ "$name" = reset ] && options=(--faults 0)
        exits 0 "$exploring/$name.yaml" "${options[@]}"
        sed -n "/explore traces\/exploring\/$name.yaml/,/^all that/p" "$page" >shown
        while read -r line; do
                grep -qF -- "$line" shown || bad "$name: the page lacks $line"
        done <out
done
# And its table of runs and distinct ones.
for name in boot reset; do
        row=$(grep -F "| \`$name.yaml\` |" "$page" | tr -d ' ')
        for faults in 0 1 2 3; do
                exits 0 "$exploring/$name.yaml" --faults "$faults"
                figures=$(cut -d'|' -f $((faults + 3)) <<<"$row")
                total "${figures%,*}" "${figures#*,}"
        done
done
# What is no fault to explore.
exits 2 polls.yaml --points lose-intterupt
has err "did you mean 'lose-interrupt'"
exits 2 polls.yaml --with 'spurious-interrupt: {period: 1 s}'
has err 'no crossing'
exits 2 polls.yaml --points lose-timer --with lose-timer
has err 'named twice'
exits 2 polls.yaml --with late-timer
has err "needs the key 'by'"
exits 2 polls.yaml --with 'lose-timer: {nth: 2}'
has err 'exploring tries every time'
exits 2 polls.yaml --with 'lose-timer, late-timer: {by: 1 s}'
exits 2 polls.yaml --faults 9
{ cat polls.yaml && echo '  - fault: lose-timer'; } >own.yaml
exits 2 own.yaml --points lose-timer
has err "it arms 'lose-timer' itself"
exits 0 own.yaml --points all --until 1s --faults 0

# Refused.
exits 2
exits 2 two.yaml three.yaml
exits 2 none.yaml
exits 2 two.yaml --runs 0
exits 2 two.yaml --until 0s
sed 's/5 s/5s/;s/^end/ende/' two.yaml >typo.yaml
exits 2 typo.yaml
has err "unknown key 'ende'"
sed 's/end: 3 s/  - check: {interval: 3 s}/' two.yaml >fails.yaml
exits 2 fails.yaml
has err 'it fails as it is'

# An interrupt: what was done so far is told. Long enough, and more than it can do.
{ sed '/^end:/d' three.yaml && for i in $(seq 3 40); do
        echo "  - {at: $i s, guest: {actual: $i}}"
done; } >many.yaml
"$ballast" explore many.yaml --faults 0 --runs 4000000000 --jobs 2 --results many.jsonl >out 2>err &
pid=$!
# What comes before it listens is ignored, as of any process behind a '&'.
until compgen -G 'many.jsonl.*.tmp' >/dev/null; do sleep 0.1; done
sleep 0.3
kill -INT "$pid"
wait "$pid"
[ $? = 130 ] || bad 'an interrupt'
has out 'not all: '

verdict explore
