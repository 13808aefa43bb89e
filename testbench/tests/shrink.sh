#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast shrink from outside: of six faults the one that matters is left, in few lines, and the
# command that the file names shows what it showed before.
# usage: shrink.sh BALLAST CRASH_HERE ROOT
set -uo pipefail
ballast=$(readlink -f "$1")
crash_here=$(readlink -f "$2")
root=$(readlink -f "$3")
# shellcheck source=testbench/tests/program.sh
. "$(dirname "$(readlink -f "$0")")/program.sh"

again() { # again STATUS FILE: what the head of the file says to run
        local command
        command=$(grep -m1 " run .*$2\$" "$2") || bad "$2 names no command"
        bash -c "${command#\# }; exit \$?" >out 2>err </dev/null
        status=$?
        [ "$status" = "$1" ] || bad "${command#\# }: exit $status, not $1"
}

cat >minute.yaml <<'YAML'
# A story in which much happens that does not matter.
scenario: a minute polled every 2 s
machine: {balloon: {id: balloon0}}
guest: {answer-after: 300 us, stats: {free-memory: 844943360, total-memory: 1044406272}}
timeline:
  - at: 1 s                             # polling begins
    qmp: {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0",
          "property": "guest-stats-polling-interval", "value": 2}}
    reply: {"return": {}}
  - at: 7.25 s
    qmp: {"execute": "query-balloon"}
  - at: +51.75 s
    check: {interval: 2 s}
end: 1 min
YAML
write_campaign() { # write_campaign STEP: six faults, of which it is the one that matters
        cat <<YAML
campaign: of a test
seeds: 3
scenarios: [minute.yaml]
faults:
  - {step: "guest: {answer-after: 5 ms}", at: {from: 1 s}}
  - {step: 'qmp: {"execute": "query-status"}', count: 3}
  - {step: "fault: {late-interrupt: {by: 3 ms, times: 1}}"}
  - {step: "guest: {kick: inflateq}", count: [1, 2]}
  - {step: "fault: {double-interrupt: {by: 1 ms, every: 3}}"}
  - {name: it, step: '$1', at: {from: 12 s, until: 20 s}}
YAML
}

shrinks() { # shrinks CLASS LINES STATUS STEP: to so many lines at most, whose command exits so
        write_campaign "$4" >c.yaml
        exits 0 shrink --run 1 c.yaml --output small.yaml
        cp err said
        has small.yaml "# $1"
        has small.yaml '# Made small from run 1 of the campaign: of a test'
        grep -qE "^$1: 18 lines and ([6-9]|1[0-9]) faults became [0-9]+ and 1, in [0-9]+ tries$" \
                <(sed -E 's/: [0-9]+ lines/: 18 lines/' said) || bad "$1: what is said: $(cat said)"
        [ "$(grep -c ' # fault$' small.yaml)" = 1 ] || bad "$1: one fault is left"
        [ "$(grep -vc '^#' small.yaml)" -le "$2" ] || bad "$1: $(cat small.yaml)"
        again "$3" small.yaml
        # The same bytes each time, from another folder, too.
        cp small.yaml first.yaml
        exits 0 shrink --run 1 c.yaml --output small.yaml
        cmp -s small.yaml first.yaml || bad "$1: the same bytes each time"
}

interval='qmp: {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0", "property": "guest-stats-polling-interval", "value": 3}}'
shrinks 'rule violated' 8 1 "$interval"
has first.yaml 'expected interval 2 s, got interval'
# It is a scenario as any other, which is as small as it can be.
exits 0 shrink small.yaml
diff <(grep -v '^#' out) <(grep -v '^#' small.yaml) >err || bad 'small stays small'
# Without its fault it passes, so it is of the fault that it speaks.
grep -v ' # fault$' first.yaml >quiet.yaml
exits 0 run quiet.yaml

shrinks 'polling dead' 8 0 'fault: {lose-interrupt: {queue: statsq, times: 1}}'
has first.yaml 'lose-interrupt'
has first.yaml 'last-update'
grep -v ' # fault$' first.yaml >quiet.yaml
exits 1 run quiet.yaml
# In a long story it breaks a rule, too, which a campaign's run may.
exits 0 shrink --run 1 c.yaml --tries 0 -o long.yaml
has long.yaml 'may-break: [liveness]'
[ "$(grep -c ' # fault$' long.yaml)" -gt 5 ] || bad 'no tries: nothing goes'
again 0 long.yaml

shrinks 'device broken' 8 0 'guest: {post: {queue: statsq}}'
has first.yaml '- {guest: {post: {queue: statsq}}} # fault'
has first.yaml 'broken: yes'
grep -v ' # fault$' first.yaml >quiet.yaml
exits 1 run quiet.yaml

# What docs/campaigns.md shows.
exits 0 shrink --run 3 "$root/traces/campaigns/resets.yaml" --output small.yaml
sed -n '/^# device broken/,/^```$/p' "$root/docs/campaigns.md" | sed '/^```$/d; /^# .* run /d' >wanted.yaml
sed '/^# .* run /d' small.yaml | diff wanted.yaml - >err || bad 'docs/campaigns.md shows something else'
again 0 small.yaml

# Bounds come with the command.
sed 's/^seeds:.*/&\nbounds: {time: 40 s, events: 80}/' c.yaml >bounds.yaml
sed -i "s/name: it, step: .*/name: it, step: 'guest: reboot', count: 100}/" bounds.yaml
exits 0 shrink --run 0 bounds.yaml -o small.yaml
has small.yaml '# rule violated: expected at most 80 events, got one more'
has small.yaml ' run --until=40s --events=80 small.yaml'
again 1 small.yaml

# A crash: each try is a process of its own.
if grep -q __asan_init "$ballast"; then
        echo "SKIP  a crash: the sanitizer's functions come before those that are preloaded"
elif LD_PRELOAD=$crash_here "$ballast" --version >out 2>err; then
        export LD_PRELOAD=$crash_here
        write_campaign 'qmp: {"execute": "crash-here"}' >c.yaml
        exits 1 campaign c.yaml
        has out '3  crashed'
        shrinks crashed 3 134 'qmp: {"execute": "crash-here"}'
        has first.yaml '# crashed: the process ended, signal 6'
        has first.yaml 'crash-here'
        unset LD_PRELOAD
else
        echo "SKIP  a crash: nothing can be preloaded here: $(head -1 err)"
fi

# A scenario that fails by itself.
sed 's/interval: 2 s}/interval: 3 s, num-pages: 0}/' minute.yaml >failing.yaml
exits 0 shrink failing.yaml
has out '# rule violated: expected interval 1 s, got interval 0 s'
has out 'Made small from failing.yaml'
has out ' run FILE'
has out 'check: {interval: 1 s}'
[ "$(grep -vc '^#' out)" -le 4 ] || bad 'a scenario that fails by itself'
grep -q qom-set out && bad 'that it is polled does not matter'

# What cannot be smaller comes back itself.
printf 'timeline:\n  - check: {isr: 1}\n' >small.yaml
exits 0 shrink small.yaml
grep -v '^#' out | cmp -s - small.yaml || bad 'what cannot be smaller comes back'
has err 'rule violated: 2 lines and 0 faults became 2 and 0'
# Nor is it with no tries.
exits 0 shrink failing.yaml --tries 0
grep -v '^#' out | cmp -s - <(grep -v '^#' failing.yaml) || bad 'no tries'

# Of a class, in whatever way: what fails first need not be what is left.
sed 's/interval: 2 s}/interval: 3 s, num-pages: 5}/' minute.yaml >ways.yaml
exits 0 shrink ways.yaml
has out '# rule violated: expected interval '
exits 0 shrink --outcome 'rule violated' ways.yaml
has out '# rule violated: expected num-pages '
grep -q interval out && bad 'what failed first is gone'
exits 2 shrink --outcome 'polling dead' ways.yaml
has err 'ways.yaml: it is rule violated, not polling dead'
[ ! -s out ] || bad 'nothing is printed of another class'
exits 2 shrink --outcome 'polling dead' minute.yaml
has err 'minute.yaml: it passes'
exits 0 shrink --outcome 'device broken' --run 3 "$root/traces/campaigns/resets.yaml"
has out '# device broken'
for class in masked dead ''; do
        exits 2 shrink --outcome "$class" ways.yaml
        has err "what can be shrunk is 'recovered', 'polling dead', 'data wrong', 'device broken', 'rule violated', 'crashed'"
done

# What is no failure.
exits 2 shrink minute.yaml
has err 'minute.yaml: it passes'
[ ! -s out ] || bad 'nothing is printed of what passes'
write_campaign 'guest: {kick: inflateq}' | sed '/late-inter\|double\|query-status/d' >masked.yaml
exits 2 shrink --run 0 masked.yaml
has err 'it is masked: there is nothing to shrink'
exits 2 shrink --run 0 masked.yaml --output none.yaml
[ ! -e none.yaml ] || bad 'nothing is written of what is masked'
sed 's/num-pages: 0}/&\n  - {at: 59 s, guest: hang} # fault/' failing.yaml >both.yaml
exits 2 shrink both.yaml
has err 'without its faults it fails, too'
exits 2 shrink --run 3 masked.yaml
has err 'its last run is 2'
exits 2 shrink masked.yaml
has err "unknown key 'campaign'"
exits 2 shrink
exits 2 shrink minute.yaml minute.yaml
exits 2 shrink none.yaml
exits 2 shrink --run 0 c.yaml --until 3s
has err "the bounds of a run are its campaign's"

# An interrupt: the smallest until then, which fails in the same way.
for i in $(seq 300); do printf '  - {at: %s s, check: {interval: 2 s}}\n' "$((i + 2))"; done >checks.txt
sed -i '/^timeline:/q' minute.yaml
cat - checks.txt >>minute.yaml <<'YAML'
  - at: 1 s
    qmp: {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0",
          "property": "guest-stats-polling-interval", "value": 2}}
YAML
write_campaign "$interval" >c.yaml
"$ballast" shrink --run 1 c.yaml --tries 1000000 --output int.yaml >out 2>err </dev/null &
pid=$!
sleep 0.1
kill -INT "$pid" 2>/dev/null
wait "$pid"
status=$?
if [ "$status" = 130 ]; then
        has err 'interrupted  rule violated: '
        again 1 int.yaml
elif [ "$status" != 0 ]; then
        bad "interrupted: exit $status"
fi

verdict shrink
