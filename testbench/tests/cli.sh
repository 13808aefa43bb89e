#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The program from outside: exit statuses, what goes where, files that are whole or not there.
# usage: cli.sh BALLAST
# shellcheck disable=SC2015 # A && B || bad: bad is meant for both
set -uo pipefail
ballast=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=testbench/tests/program.sh
. "$(dirname "$(readlink -f "$0")")/program.sh"
unset NO_COLOR

empty() { # empty FILE
        [ ! -s "$1" ] || bad "$1 is not empty"
}

mkdir -p good/b bad mixed none
cat >good/passes.yaml <<'YAML'
scenario: the first poll comes at once
machine: {balloon: {id: balloon0}}
guest: {answer-after: 300 us, stats: {free-memory: 1000}}
watch: [poll]
timeline:
  - at: 1 s
    qmp: {"execute": "qom-set", "arguments": {"path": "/machine/peripheral/balloon0",
          "property": "guest-stats-polling-interval", "value": 2}}
    reply: {"return": {}}
  - expect: poll
  - at: 3 s
    expect: poll
YAML
sed -e 's/^scenario: .*/scenario: another/' good/passes.yaml >good/b/second.yaml
sed -e 's/^scenario: .*/scenario: "it fails <\&> # here"/' -e 's/at: 3 s/at: 2 s/' good/passes.yaml \
        >"mixed/it's failing.yaml"
cp good/passes.yaml mixed/
printf 'scenario: broken\ntimelime:\n  - at: 1 s\n' >bad/one.yaml
printf 'scenario: broken\ntimeline:\n  - at: 1\n    expect: poll\n' >bad/two.yaml
sed -e 's/^scenario: .*/scenario: long/' -e '/^watch/d' -e '/^  - expect/,$d' good/passes.yaml >long.yaml
echo 'end: 2000000 h' >>long.yaml
sed -e 's/"guest-stats-polling-interval"/"stats-polling-interval"/' good/passes.yaml >names.yaml

# What is asked of the program itself.
exits 0 --version
grep -qE '^ballast [0-9]+\.[0-9]+\.[0-9]+$' out || bad "--version"
exits 0 --help
has out 'run scenarios'
exits 0 run --help
has out '--journal=FILE'
exits 2
has err 'a command is missing'
exits 2 frobnicate
has err 'no such command: frobnicate'
exits 2 --frobnicate
exits 2 run
has err 'a file or a folder is missing'

# The manual page has each command and each option that --help has.
manual=$here/../../docs/ballast.1
exits 0 --help
names() { # of the commands in the help text that was printed last
        sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' out
}
commands=$(names)
exits 0 pci --help
for command in $commands $(names | sed 's/^/pci:/'); do
        grep -qxF ".B ${command#pci:}" "$manual" || bad "the manual page lacks the command $command"
        # shellcheck disable=SC2086 # two words
        exits 0 ${command/:/ } --help
        # shellcheck disable=SC2013
        for option in $(grep -oE -- '--[a-z-]+' out | sort -u); do
                grep -qF -- "${option//-/\\-}" "$manual" || bad "the manual page lacks $option"
        done
done
if command -v man >/dev/null; then
        LC_ALL=C.UTF-8 man --warnings -l "$manual" >/dev/null 2>err
        empty err
fi

# Passing and failing.
exits 0 run good/passes.yaml
has out 'pass  the first poll comes at once  good/passes.yaml  (3 s, '
empty err
lacks out $'\033'
exits 1 run mixed
has out "FAIL it fails <&> # here   mixed/it's failing.yaml:11"
has out '  at 2.000000000   expected  poll'
has out '                   got       nothing; the next poll is at 3.000000000 (+1 s)'
has out '  journal      '
has out "  again        $ballast run --until=2.1s --journal=- 'mixed/it'\\''s failing.yaml'"
has out '1 of 2 passed, 1 failed'
# The command that it tells fails in the same way, and stops there.
again=$(sed -n 's/^  again  *//p' out)
eval "$again" >out 2>err </dev/null
[ $? = 1 ] || bad 'the command fails as before'
has err 'got       nothing; the next poll is at 3.000000000 (+1 s)'
has out '1.000000000  poll'
! grep -q '^[2-9]' out || bad 'the journal ends with the failure'
exits 1 run --seed 7 --ties shuffle:9 --doc-names mixed
has out '--seed=7 --ties=shuffle:9 --doc-names '
# The rules alone: what the file expects is not judged, and a rule that is broken is.
exits 0 run --rules mixed
cat >broken.yaml <<'EOF'
guest: {driver: raw}
timeline:
  - guest: probe
  - guest: {ram-write: {address: 0x101002, bytes: "0100"}}
  - guest: {read: {bar: isr, offset: 0, size: 1, value: 7}}
EOF
exits 1 run --rules broken.yaml
has out 'rule virtqueue: '
has out ' --rules '
exits 0 run --rules=pages broken.yaml
exits 1 run --rules=virtqueue broken.yaml
has out ' --rules=virtqueue '
exits 2 run --rules=page broken.yaml
has err 'there is no such rule'

# Folders: every *.yaml below, sorted by bytes.
exits 0 run good
[ "$(grep -c '^pass  ' out)" = 3 ] || bad 'two scenarios and a summary'
[ "$(grep -n 'good/b/second.yaml' out | cut -d: -f1)" = 1 ] || bad 'sorted by bytes of the path'
exits 2 run none
has err 'none: no scenario'
exits 2 run missing.yaml
has err 'missing.yaml: No such file or directory'

# A wrong file: all are reported, and nothing runs.
exits 2 run good bad missing.yaml --journal journal.txt --junit junit.xml
has err 'bad/one.yaml:2:1: error: '
has err 'bad/two.yaml:3:9: error: '
has err 'missing.yaml'
empty out
[ ! -e journal.txt ] && [ ! -e junit.xml ] || bad 'files of a run that did not begin'

# Wrong options.
for option in --seed=x --seed=-1 --seed= --seed=18446744073709551616 --ties=5 --ties=shuffle: \
        --ties=shuffle:x --until=5 --until=x --until=0s --device=vax; do
        exits 2 run "$option" good/passes.yaml
        has err "${option%%=*}"
        empty out
done
exits 0 run --seed=18446744073709551615 --ties=shuffle:0 --device=sim good/passes.yaml
exits 2 run --device=qemu:./no-such-qemu good/passes.yaml
has out 'skip  the first poll comes at once  good/passes.yaml  ('
has out '0 of 0 passed, 1 skipped'
exits 2 diff
has err 'a file or a folder is missing'
exits 2 diff none
has err 'none: no scenario'
exits 2 diff --random=0
exits 2 diff --random=many
exits 2 diff --random=1 good/passes.yaml
exits 2 diff --random=1 none
exits 0 diff --print=1 --seed=5
"$ballast" diff --print=1 --seed=5 >drawn.yaml
exits 0 run drawn.yaml
touch file
exits 2 diff --random=1 --itself --keep=file
has err "--keep: file: Not a directory"
exits 2 diff --random=1 --itself --keep=absent/found
has err "--keep: absent/found: No such file or directory"
exits 0 diff --random=1 --itself --keep=found
[ -d found ] || bad "--keep: the folder is not made"
exits 0 diff --random=4 --itself --jobs=2
has out '4 scenarios, '
exits 0 diff --itself good
has out '2 of 2 the same'
for option in --seed=1 --first=1 --jobs=1 --keep=found; do
        exits 2 diff --itself "$option" good/passes.yaml
        has err 'are of --random'
done
exits 2 diff --itself --qemu=./no-such-qemu good/passes.yaml
has err '--itself has no QEMU'
exits 2 diff --qemu=./no-such-qemu good/passes.yaml
has out 'skip  the first poll comes at once  good/passes.yaml  ('
has out '0 of 0 the same, 1 skipped'
exits 1 run names.yaml
has out '--doc-names accepts'
exits 0 run --doc-names names.yaml

# --until: what is later is not judged.
exits 0 run --until 1500ms "mixed/it's failing.yaml"
exits 0 run --until '1.5 s' "mixed/it's failing.yaml"
exits 1 run --until 2.1s "mixed/it's failing.yaml"

# --events: more are a failure.
exits 1 run --events 3 good/passes.yaml
has out 'expected  at most 3 events'
exits 0 run --events 1000 good/passes.yaml

# The journal.
exits 0 run --journal journal.txt good/passes.yaml
has journal.txt '1.000000000  poll'
lacks journal.txt '#'
exits 0 run --journal - good/passes.yaml
cmp -s out journal.txt || bad 'the journal on standard output is the same'
has err 'pass  the first poll'
exits 0 run --journal journal.txt good
[ "$(grep '^#' journal.txt)" = $'# good/b/second.yaml\n# good/passes.yaml' ] || bad 'a heading a file'
echo old >journal.txt
ln -sf journal.txt link.txt
exits 0 run --journal link.txt good/passes.yaml
[ -L link.txt ] && grep -q poll journal.txt || bad 'a link stays a link'
exits 2 run --journal none/such/journal.txt good/passes.yaml
has err 'none/such/journal.txt'

# The device's state, and back.
exits 0 run --state device.state good/passes.yaml
exits 0 run --state - good/passes.yaml
cmp -s out device.state || bad 'the state on standard output is the same'
printf 'scenario: back\nmachine: {balloon: {id: b}}\ntimeline:\n  - host: {restore: device.state}\n' \
        >restore.yaml
exits 0 run restore.yaml
exits 0 run --state again.state restore.yaml
exits 2 run --state device.state good
has err '--state is of one scenario'
empty out
printf x >>device.state
exits 2 run restore.yaml
has err 'restore.yaml:4:21: error: device.state: byte '
empty out
exits 2 run --journal none good/passes.yaml
empty out

# JUnit: well-formed, whatever a name holds.
exits 1 run --junit junit.xml mixed
has junit.xml 'tests="2" failures="1"'
has junit.xml 'it fails &lt;&amp;&gt; # here'
if command -v xmllint >/dev/null; then
        xmllint --noout junit.xml 2>err || bad 'JUnit is well-formed'
        [ "$(xmllint --xpath 'count(//failure)' junit.xml)" = 1 ] || bad 'one failure'
fi
exits 0 run --junit junit.xml good
has junit.xml 'tests="2" failures="0"'
lacks junit.xml '<failure'

# TAP.
exits 1 run --tap mixed
[ "$(head -n 2 out)" = $'TAP version 14\n1..2' ] || bad 'TAP begins with version and plan'
has out 'not ok 1 - it fails <&> \# here'
has out 'ok 2 - the first poll'
has err 'FAIL it fails'
exits 0 run --tap good
lacks out 'not ok'
exits 2 run --tap --journal - good
has err 'only one of'
empty out

# A closed standard stream stays closed: no file takes its place.
mapfile -t often < <(yes good/passes.yaml | head -n 200) # more than a buffer of output
"$ballast" run --journal journal.txt "${often[@]}" >&- 2>err
[ $? = 2 ] || bad 'closed standard output'
lacks journal.txt 'pass  '

# A full disk is not a pass.
"$ballast" run good >/dev/full 2>err
[ $? = 2 ] || bad 'full standard output'
"$ballast" --help >/dev/full 2>err
[ $? = 2 ] || bad 'full standard output of --help'
exits 2 run --journal /dev/full good
has err '/dev/full: No space left on device'
[ -c /dev/full ] || bad '/dev/full is still a device'
exits 2 run --junit /dev/full good
exits 0 run --journal /dev/null good

# list.
exits 0 list good
[ "$(cat out)" = $'good/b/second.yaml  another\ngood/passes.yaml  the first poll comes at once' ] ||
        bad 'list'
exits 0 list --json good
has out '"path":"good/passes.yaml"'
if command -v python3 >/dev/null; then
        python3 -c 'import json,sys; assert len(json.load(open("out"))) == 2' 2>err || bad 'list --json'
fi
mkdir odd && cp good/passes.yaml odd/$'not-utf8-\xff.yaml'
exits 0 list --json odd
has out $'"path":"odd/not-utf8-\xef\xbf\xbd.yaml"'
exits 2 list bad
empty out
exits 2 list
has err './traces/scenarios'
mkdir -p traces/scenarios && cp good/passes.yaml traces/scenarios/
exits 0 list
has out './traces/scenarios/passes.yaml'

# An interrupt ends a run of years at once: a summary, and no half-written file.
for signal in INT:130 TERM:143; do
        echo old >journal.txt
        "$ballast" run --journal journal.txt --junit new.xml good/passes.yaml long.yaml >out 2>err &
        pid=$!
        for _ in $(seq 100); do
                ls journal.txt.*.tmp >/dev/null 2>&1 && break
                sleep 0.05
        done
        sleep 0.3
        kill -"${signal%:*}" "$pid"
        wait "$pid"
        status=$?
        [ "$status" = "${signal#*:}" ] || bad "interrupted: exit $status, not ${signal#*:}"
        has out 'interrupted  long'
        has out '1 of 1 passed'
        [ "$(cat journal.txt)" = old ] || bad 'an interrupted run leaves the old file'
        [ ! -e new.xml ] && ! ls ./*.tmp >/dev/null 2>&1 || bad 'an interrupted run leaves no file'
done

# A sweep, too, says what it found up to there, and leaves no process behind.
setsid "$ballast" diff --itself --random=1000000 --jobs=1 >out 2>err &
pid=$!
sleep 0.5
kill -INT "$pid"
wait "$pid"
status=$?
[ "$status" = 130 ] || bad "interrupted sweep: exit $status, not 130"
grep -qE '^interrupted  [0-9]+ of 1000000 scenarios were compared$' out || bad 'interrupted sweep: summary'
! kill -0 -- -"$pid" 2>/dev/null || bad 'interrupted sweep: a process is left'

# A container may have no pseudo-terminals.
terminal=no
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then terminal=yes; else
        echo 'SKIP  what is shown on a terminal: there is no pseudo-terminal here'
fi

printf -v quoted %q "$ballast" # script hands it to a shell
# On a terminal: colour, unless it is not wanted.
if [ $terminal = yes ]; then
        TERM=xterm script -qec "$quoted run good/passes.yaml" /dev/null >out 2>err </dev/null
        has out $'\033[32mpass'
        TERM=xterm NO_COLOR=1 script -qec "$quoted run good/passes.yaml" /dev/null >out 2>err </dev/null
        lacks out $'\033['
fi

# A long run tells how far it is, on a terminal only, and wipes that away.
if [ $terminal = yes ]; then
        TERM=xterm script -qec "timeout --foreground -s INT 2 $quoted run long.yaml" /dev/null \
                >out 2>err </dev/null
        grep -qE $'\r\033\\[K0/1  [0-9]+\.[0-9]{9}  long' out || bad 'progress on a terminal'
        grep -q $'\r\033\\[Kinterrupted' out || bad 'progress is wiped away'
        timeout -s INT 1 "$ballast" run long.yaml >out 2>err
        lacks err $'\r'
fi

# The determinism test fails when a journal or a verdict differs, and passes when none does.
mkdir -p tree/traces/scenarios && cp good/passes.yaml tree/traces/scenarios/
# shellcheck disable=SC2016 # the script that is written expands them
printf '#!/bin/sh\n"%s" "$@" || exit\necho >>"$3"\n' "$ballast" >differs
printf '#!/bin/sh\n"%s" "$@"\nexit 1\n' "$ballast" >fails
chmod +x differs fails
determinism() { # determinism STATUS [PEER...]
        local wanted=$1
        shift
        BALLAST_PEERS=${peers-} "$here/determinism.sh" "$ballast" tree/traces/scenarios "$@" >out 2>err
        status=$?
        [ "$status" = "$wanted" ] || bad "determinism.sh $*: exit $status, not $wanted"
}
determinism 0
determinism 0 "$ballast"
determinism 1 ./differs
has out 'the journals differ'
determinism 1 ./fails
has out 'exit 1, not 0'
mkdir 'a folder' && cp differs 'a folder/'
peers="$ballast:$PWD/a folder/differs" determinism 1
has out "a folder/differs: the journals differ"
has out '2 other builds, 1 failures'
rm tree/traces/scenarios/*
determinism 2
has err 'no scenario below'

verdict cli
