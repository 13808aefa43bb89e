#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast explore from outside: how many runs there are, what a printed run does, what is refused.
# usage: explore.sh BALLAST REPOSITORY
set -uo pipefail
ballast=$(readlink -f "$1")
scenarios=$(readlink -f "$2")/traces/scenarios
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

bad() { # bad WHAT
        failures=$((failures + 1))
        printf 'FAIL  %s\n' "$1"
        sed 's/^/  out| /' out
        sed 's/^/  err| /' err
}

exits() { # exits STATUS ARGUMENT...: of ballast explore
        local wanted=$1
        shift
        "$ballast" explore "$@" >out 2>err </dev/null
        status=$?
        [ "$status" = "$wanted" ] || bad "ballast explore $*: exit $status, not $wanted"
}

has() { # has FILE TEXT
        grep -qF -- "$2" "$1" || bad "$1 lacks: $2"
}

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
exits 0 two.yaml
total 2 2
has out 'all that there are'
# With the window of BALLOON_CHANGE, which ends then, too: 3!, and the window's end shows nowhere.
sed 's/^  - at: 2 s/  - {at: 1 s, guest: {actual: 3}}\n&/' two.yaml >three.yaml
exits 0 three.yaml
total 6 2
cp out whole
for jobs in 1 2 3; do
        exits 0 three.yaml --jobs "$jobs"
        cmp -s out whole || bad "with $jobs jobs"
done
# Two steps keep their order: the poll before, between or behind them.
{ sed '/^end:/d' two.yaml && printf '  - guest: {actual: 6}\nend: 3 s\n'; } >steps.yaml
exits 0 steps.yaml
total 3 2
# A step that only looks goes last, and nothing is to be chosen.
sed 's/guest: {actual: 5}/check: {stats-timer: idle}/' two.yaml >check.yaml
exits 0 check.yaml
total 1 1

# The bound, and what lies behind it.
exits 3 three.yaml --runs 1
total 1 1
has out "those with fewer than 1 departures from the scenario's own run, and 0 of 3 with 1"
exits 3 three.yaml --runs 3
has out 'fewer than 1 departures' && has out 'and 2 of 3 with 1'
exits 3 three.yaml --runs 4
has out 'fewer than 2 departures' && has out 'and 0 of 2 with 2'
exits 0 three.yaml --runs 6

# A run that is printed is that run, and the first is the scenario's own.
own=$(digest three.yaml)
for run in 0 1 2 3 4 5; do
        exits 0 three.yaml --print "$run"
        cp out printed.yaml
        grep -q '^order: ' printed.yaml && [ "$run" = 0 ] && bad 'run 0 has an order'
        digest printed.yaml >>digests
done
[ "$(head -n 1 digests)" = "$own" ] || bad "run 0 is not the scenario's own"
[ "$(sort -u digests | wc -l)" = 2 ] || bad 'the printed runs are not two'
exits 2 three.yaml --print 6
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
exits 1 race.yaml
has out 'expected  poll'
has out '2.000000000  line 4 goes before balloon0/stats'
has out ' rule violated'
has out 'race.yaml:7'
number=$(sed -n 's/^FAIL .* run \([0-9]*\) .*/\1/p' out)
exits 0 race.yaml --print "$number"
cp out printed.yaml
"$ballast" run race.yaml >out 2>err || bad 'the order of the file passes'
"$ballast" run printed.yaml >out 2>err && bad 'the printed order does not fail'
has out 'expected  poll'
# Rules alone are kept in each order of it, but not by a guest that writes into its ring.
exits 0 race.yaml --rules
exits 1 "$scenarios/virtio/packed-buffers-stay-as-they-are.yaml" --rules
has out 'rule virtqueue'
number=$(sed -n 's/^FAIL .* run \([0-9]*\) .*/\1/p' out)
exits 0 "$scenarios/virtio/packed-buffers-stay-as-they-are.yaml" --rules --print "$number"
cp out printed.yaml
has out 'run --rules FILE'
"$ballast" run --rules printed.yaml >out 2>err && bad 'the rule holds in the printed order'
has out 'rule virtqueue'
# A story that is cut has fewer choices.
exits 0 three.yaml --until 1.5s
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
"$ballast" explore many.yaml --runs 4000000000 --jobs 2 >out 2>err &
pid=$!
sleep 0.5
kill -INT "$pid"
wait "$pid"
[ $? = 130 ] || bad 'an interrupt'
has out 'not all: '

[ "$failures" = 0 ] && echo 'explore: ok'
exit $((failures > 0))
