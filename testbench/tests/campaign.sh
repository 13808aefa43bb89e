#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ballast campaign from outside: kills, interrupts, workers, what is refused; the shipped ones.
# usage: campaign.sh BALLAST CAMPAIGNS
set -uo pipefail
ballast=$(readlink -f "$1")
campaigns=$(readlink -f "$2")
# shellcheck source=testbench/tests/program.sh
. "$(dirname "$(readlink -f "$0")")/program.sh"
subcommand=(campaign)

same() { # same FILE WHAT
        cmp -s "$1" whole.jsonl || bad "$2: the results are not those of an uninterrupted run"
}

cp "$campaigns/polled-minute.yaml" .
sed 's/^end: .*/end: 10 min/' polled-minute.yaml >long.yaml
cat >c.yaml <<'YAML'
campaign: of a test
seeds: 1500
scenarios: [long.yaml, ./polled-minute.yaml]
faults:
  - {step: "guest: {mute: statsq}", rate: 0.4, at: {from: 1 s, until: 30 s}}
  - {step: "guest: {unmute: statsq}", rate: 0.4, at: {from: 30 s, until: 50 s}}
  - {step: "guest: {post: {queue: statsq}}", rate: 0.1}
YAML

# Undisturbed: a line a run and a head, each JSON; the summary counts them.
exits 0 c.yaml --jobs 1 --results whole.jsonl
[ "$(wc -l <whole.jsonl)" = 3001 ] || bad 'a line a run'
has out '3000  runs of of a test, 0 failed'
[ ! -s err ] || bad 'nothing on standard error without a terminal'
for class in masked recovered 'polling dead' 'device broken'; do
        lines=$(grep -c "\"outcome\":\"$class\"" whole.jsonl)
        [ "$lines" -gt 0 ] || bad "no run is $class"
        grep -qE "^ *$lines  $class\$" out || bad "the summary does not count $class"
done
if command -v python3 >/dev/null; then
        python3 -c 'import json; [json.loads(line) for line in open("whole.jsonl")]' 2>err || bad JSON
fi
# From another folder the same bytes, and from two processes.
(mkdir elsewhere && cd elsewhere && "$ballast" campaign ../c.yaml --jobs 2 --results r.jsonl) >out 2>err
same elsewhere/r.jsonl 'two processes, another folder'
# Done is done.
exits 0 c.yaml --results whole.jsonl
has out '3000  runs of'
same elsewhere/r.jsonl 'done again'

# Shards, whose runs nobody tells each other, in any order; by themselves they resume, too.
for shard in 3 1 2; do
        exits 0 c.yaml --shard "$shard/3" --results "shard-$shard.jsonl"
        has out ' 1000  runs of'
done
exits 0 c.yaml --shard 2/3 --results shard-2.jsonl
exits 2 c.yaml --shard 3/3 --results shard-2.jsonl
exits 0 merge shard-*.jsonl
cp out merged.jsonl
same merged.jsonl 'three shards'
exits 0 merge shard-2.jsonl shard-3.jsonl shard-1.jsonl --output merged.jsonl
same merged.jsonl 'three shards, in another order'
[ ! -s out ] || bad 'merge --output: nothing on standard output'
exits 2 merge shard-1.jsonl shard-3.jsonl --output merged.jsonl
has err 'shard-3.jsonl:1:1: error: runs 1000 to 1999 are in no file'
same merged.jsonl 'what does not fit leaves the old file'
exits 2 merge shard-1.jsonl shard-2.jsonl shard-2.jsonl shard-3.jsonl
has err 'shard-2.jsonl:2:1: error: run 1000 is in shard-2.jsonl, too'
exits 2 merge shard-1.jsonl none.jsonl
has err 'none.jsonl: error: No such file'
exits 2 merge
for shard in 0/3 4/3 1 x/3 1/x 1/0; do
        exits 2 c.yaml --shard "$shard"
        has err '--shard'
done

# Two programs, or one before and after a change.
exits 0 compare whole.jsonl merged.jsonl
has out '3000  runs, 0 differ'
sed '18s/"digest":"./"digest":"x/; 22s/"outcome":"[a-z ]*"/"outcome":"crashed"/' whole.jsonl >changed.jsonl
exits 1 compare whole.jsonl changed.jsonl
has out 'otherwise'
has out '3000  runs, 2 differ, the first is run 16'
exits 2 compare whole.jsonl shard-1.jsonl
has err 'shard-1.jsonl:1002:1: error: it ends here, and the other one goes on'
exits 2 compare whole.jsonl
has err 'two results files are needed'

# JUnit: well-formed, the same of a campaign that was resumed.
exits 0 c.yaml --results whole.jsonl --junit resumed.xml
exits 0 c.yaml --junit junit.xml
cmp -s junit.xml resumed.xml || bad 'JUnit of a campaign that was resumed'
has junit.xml '<testsuite name="of a test" tests="3000" failures="0">'
has junit.xml '<testcase classname="long.yaml" name="run 0: '
if command -v xmllint >/dev/null; then
        xmllint --noout junit.xml 2>err || bad 'JUnit is well-formed'
        [ "$(xmllint --xpath 'count(//testcase)' junit.xml)" = 3000 ] || bad 'a test case a run'
fi
exits 2 c.yaml --junit none/junit.xml

# kill -9 at twenty random moments, of the program alone and of all its processes in turn; a
# campaign that gets through between them is compared, and begins anew.
RANDOM=20 # the seed
rm -f r.jsonl
kills=0 midway=0
while [ "$kills" -lt 20 ]; do
        setsid "$ballast" campaign c.yaml --jobs 2 --results r.jsonl >out 2>err </dev/null &
        pid=$!
        sleep "0.$(printf %03d $((RANDOM % 250)))"
        group=$([ $((kills % 2)) = 0 ] || echo -)
        kill -9 -- "$group$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        status=$?
        # Its processes end with it, and with them its hold on the file.
        for _ in $(seq 100); do
                kill -0 -- "-$pid" 2>/dev/null || break
                sleep 0.02
        done
        case $status in
        137)
                kills=$((kills + 1))
                [ "$(wc -l 2>/dev/null <r.jsonl)" -gt 1 ] 2>/dev/null && midway=$((midway + 1))
                ;;
        0)
                same r.jsonl "through after $kills kills"
                rm r.jsonl
                ;;
        *)
                bad "killed: exit $status"
                break
                ;;
        esac
done
[ "$midway" -gt 5 ] || bad "of $kills kills only $midway found a run done"
exits 0 c.yaml --results r.jsonl
same r.jsonl 'killed and resumed'

# An interrupt: told, clean, and resumed.
cat >endless.yaml <<'YAML'
campaign: endless
seeds: 1000000
scenarios: [polled-minute.yaml]
faults: [{step: "guest: {kick: statsq}"}]
YAML
setsid "$ballast" campaign endless.yaml --jobs 2 --results e.jsonl >out 2>err &
pid=$!
for _ in $(seq 100); do
        [ "$(wc -l 2>/dev/null <e.jsonl)" -gt 100 ] 2>/dev/null && break
        sleep 0.05
done
kill -INT "$pid"
wait "$pid"
status=$?
[ "$status" = 130 ] || bad "interrupted: exit $status, not 130"
grep -qE '^interrupted  [0-9]+ of 1000000 runs are done$' out || bad 'interrupted: summary'
! kill -0 -- -"$pid" 2>/dev/null || bad 'interrupted: a process is left'
[ "$(tail -c 2 e.jsonl)" = '}' ] || bad 'interrupted: the last line is whole'
done_before=$(($(wc -l <e.jsonl) - 1))
has out "interrupted  $done_before of"

# As long as the file says.
sed 's/^seeds.*/for: 500 ms/' endless.yaml >timed.yaml
exits 0 timed.yaml --results t.jsonl
before=$(wc -l <t.jsonl)
[ "$before" -gt 1 ] || bad 'for: nothing ran'
# A busy machine may not get round to one run in so little time.
for _ in $(seq 20); do
        exits 0 timed.yaml --results t.jsonl
        [ "$(wc -l <t.jsonl)" -eq "$before" ] || break
done
[ "$(wc -l <t.jsonl)" -gt "$before" ] || bad 'for: it goes on'
exits 2 timed.yaml --shard 1/2
has err 'cannot be divided'

# A run that is printed is that run.
for run in 0 1 17 1711; do
        exits 0 c.yaml --print "$run"
        cp out printed.yaml
        "$ballast" run --junit junit.xml printed.yaml >out 2>err || bad "run $run does not pass"
        digest=$(sed -n 's/.*journal-xxh3" value="\([0-9a-f]*\)".*/\1/p' junit.xml)
        sed -n "$((run + 2))p" whole.jsonl | grep -qF "{\"run\":$run," || bad "line of run $run"
        sed -n "$((run + 2))p" whole.jsonl | grep -qF "\"digest\":\"$digest\"" ||
                bad "run $run: another digest, $digest"
done
exits 2 c.yaml --print 3000
has err 'its last run is 2999'

# Bounds cut a run, or fail it, and the printed scenario says with what it does so, too.
sed 's/^seeds.*/seeds: 1\nbounds: {time: 20 s, events: 50}/' c.yaml >bounds.yaml
exits 0 bounds.yaml --results b.jsonl
has b.jsonl '"time":20.000000000'
exits 0 bounds.yaml --print 0
has out " run --until=20s --events=50 FILE"
sed '/^  -/d; s/^faults:.*/&\n  - {step: "guest: reboot", count: 50, at: {until: 20 s}}/' bounds.yaml >less.yaml
exits 1 less.yaml --results l.jsonl --junit junit.xml
has junit.xml 'failures="2"'
has junit.xml '<failure message="expected at most 50 events, got one more">{&quot;run&quot;:0,'
has l.jsonl '"outcome":"rule violated"'
has l.jsonl '"why":"expected at most 50 events, got one more"'
exits 0 less.yaml --print 0
cp out printed.yaml
"$ballast" run --until=20s --events=50 printed.yaml >out 2>err
[ $? = 1 ] || bad 'it fails when printed, too'
has out 'at most 50 events'

# What is refused, and nothing is touched.
cp whole.jsonl before.jsonl
exits 2 endless.yaml --results whole.jsonl
has err 'whole.jsonl:1:1: error: these are not results of this campaign'
cmp -s whole.jsonl before.jsonl || bad 'results of another campaign are left alone'
sed 's/^  - at: +59 s/  - at: +58 s/' polled-minute.yaml >x && mv x polled-minute.yaml
exits 2 c.yaml --results whole.jsonl
has err 'these are not results of this campaign'
exits 2 c.yaml --results .
exits 2 c.yaml --results none/r.jsonl
exits 2 c.yaml --results /dev/full
has err 'results go to a file that can be resumed'
exits 2
has err "a campaign's file is missing"
exits 2 c.yaml c.yaml
exits 2 none.yaml
exits 2 c.yaml --jobs 1000
sed 's/rate: 0.1/rat: 0.1/' c.yaml >wrong.yaml
exits 2 wrong.yaml --results w.jsonl
has err 'wrong.yaml:7:'
has err "did you mean 'rate'?"
[ ! -e w.jsonl ] || bad 'a wrong file leaves no results'
printf '  - check: {broken: yes}\n' >last.txt && grep -v ^end: polled-minute.yaml | cat - last.txt >failing.yaml
sed 's/polled-minute/failing/' endless.yaml >wrong.yaml
exits 2 wrong.yaml
has err 'failing.yaml:14:'
has err 'it fails without any fault: expected '

# On a terminal it tells how far it is.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
        printf -v quoted %q "$ballast"
        TERM=xterm script -qec "timeout --foreground -s INT 2 $quoted campaign endless.yaml" /dev/null \
                >out 2>err </dev/null
        grep -qE $'\r\033\\[K[0-9]+/1000000  [0-9]+/s  0 failed  [0-9]+ s left' out || bad 'progress'
else
        echo 'SKIP  what is shown on a terminal: there is no pseudo-terminal here'
fi

# That polling dies is an answer, and no rule that is violated.
cat >lost.yaml <<'YAML'
campaign: of a lost interrupt
seeds: 1
scenarios: [long.yaml]
faults:
  - {step: "fault: {lose-interrupt: {queue: statsq, times: 1}}", rate: 1, at: {from: 1 s, until: 2 s}}
YAML
exits 0 lost.yaml
has out '1  polling dead'

# The shipped campaigns say what their first lines claim: no run of them fails.
for campaign in "$campaigns"/*.yaml; do
        grep -q ^campaign: "$campaign" || continue
        exits 0 "$campaign"
done

# What is turned from the command line: the results of the key, resumed, divided and merged; it
# belongs to what results are of, and so to every command on them.
cat >swept.yaml <<'YAML'
campaign: of what is turned
seeds: 20
scenarios: [polled-minute.yaml]
faults:
  - {name: silence, step: "guest: {mute: statsq}", at: {from: $at, until: $at}}
  - {name: lossy, step: "fault: {lose-interrupt: {queue: statsq, probability: 0.1}}", rate: 0.3, at: {until: 1 s}}
YAML
sed '1a sweep: {name: at, values: [5 s, 10 s, 20 s]}' swept.yaml >key.yaml
exits 0 key.yaml --results key.jsonl
cp out key.out
exits 0 swept.yaml --sweep 'at=5 s,10 s,20 s' --results option.jsonl
cmp -s out key.out || bad 'the table of the option is not that of the key'
cmp -s <(tail -n +2 key.jsonl) <(tail -n +2 option.jsonl) || bad 'the runs of the option are not those of the key'
head -n 31 option.jsonl >resumed.jsonl
exits 0 swept.yaml --sweep 'at=5 s, 10 s, 20 s' --results resumed.jsonl
cmp -s resumed.jsonl option.jsonl || bad 'resumed with the same option'
exits 2 swept.yaml --sweep 'at=5 s,10 s,21 s' --results resumed.jsonl
has err 'these are not results of this campaign'
exits 2 key.yaml --results resumed.jsonl
cmp -s resumed.jsonl option.jsonl || bad 'refused results stay as they are'
for shard in 1 2 3; do
        exits 0 swept.yaml --sweep 'at=5 s,10 s,20 s' --shard $shard/3 --results s$shard.jsonl
done
exits 0 merge s1.jsonl s2.jsonl s3.jsonl --output merged.jsonl
cmp -s merged.jsonl option.jsonl || bad 'shards with the option, merged'
exits 0 swept.yaml --sweep 'at=1 s..3 s/3' --print 4
has out 'at: 2 s'
subcommand=()
exits 0 shrink --run 4 --sweep 'at=1 s..3 s/3' swept.yaml
has out '# Made small from run 4 of the campaign: of what is turned'
exits 2 shrink --run 4 swept.yaml
exits 2 shrink --sweep 'at=1 s' polled-minute.yaml
exits 0 report option.jsonl --campaign swept.yaml --sweep 'at=5 s,10 s,20 s' --output page.html
has page.html '<code>ballast campaign --print='
has page.html "--sweep 'at=5 s,10 s,20 s' swept.yaml</code>"
lacks page.html 'class="other"'
exits 2 report option.jsonl --campaign key.yaml --output page.html
exits 2 report option.jsonl --sweep 'at=5 s' --output page.html
subcommand=(campaign)
for wrong in at at= '=1 s' 'at=1 s,1 s' 'at=soon' 'at=1 s..2 s' 'other=1 s'; do
        exits 2 swept.yaml --sweep "$wrong"
        has err 'error: '
        [ ! -s out ] || bad "nothing runs with --sweep $wrong"
done
has err 'swept.yaml: error: nothing in the file says $other, which --sweep would turn'

verdict campaign
