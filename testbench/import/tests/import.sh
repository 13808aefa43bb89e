#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: import.sh BALLAST TRACES
# The sessions that have a shipped scenario import to it; a broken session is an error with its place.
set -euo pipefail
ballast=$1
traces=$2
. "$(dirname "$0")/count.sh"

imported() { # imported NAME: its shipped scenario, but for what says where it was seen to pass
        sed '/^checked-on: /d' "$traces/scenarios/recorded/$1.yaml"
}

for name in a1-quiet-q35 d1-panic f1-stop-cont; do
        if "$ballast" import "$traces/recorded/sessions/$name" |
                cmp - <(imported "$name"); then ok; else
                bad "$name imports to something else than its scenario"
        fi
done

# What the recording did not show must fail: the guest's second answer half a second late.
sed '0,/answer-at: 9/s//answer-at: 10/' "$traces/scenarios/recorded/a1-quiet-q35.yaml" >"$work/late.yaml"
if "$ballast" run "$work/late.yaml" >"$work/out" 2>&1; then bad "a later answer passes"; else ok; fi

# refuses WHAT FRAGMENT: the session in $work/s is refused with status 2, the fragment in the message.
refuses() {
        local status=0
        "$ballast" import "$work/s" -o "$work/made.yaml" >"$work/out" 2>&1 || status=$?
        if [ $status = 2 ] && grep -qF -- "$2" "$work/out" && [ ! -e "$work/made.yaml" ]; then ok; else
                bad "$1: status $status, $(cat "$work/out")"
        fi
}

fresh() {
        rm -rf "$work/s"
        cp -r "$traces/recorded/sessions/a1-quiet-q35" "$work/s"
        chmod -R u+w "$work/s"
}

refuses 'no such folder' 'README.md'
for file in README.md qmp.jsonl trace.log.gz; do
        fresh
        rm "$work/s/$file"
        refuses "no $file" "${file%.gz}"
done
fresh
sed -i '7s/.*/{"t": 1, "dir": ">", "msg": [1]}/' "$work/s/qmp.jsonl"
refuses 'a message that is no object' 'qmp.jsonl:7:1: error: expected {"t": seconds'
fresh
printf 'garbage\n' >>"$work/s/qmp.jsonl"
refuses 'a line that is no JSON' 'qmp.jsonl:173:1'
fresh
sed -i 's/ -m 512M / -m 512Q /' "$work/s/README.md"
refuses 'a size that is none' '-m wants a size'
fresh
sed -i 's/^t=0 is/t=1 is/' "$work/s/README.md"
refuses 'no wall clock' 't=0 is SECONDS'
fresh
head -c 3000 "$traces/recorded/sessions/a1-quiet-q35/trace.log.gz" >"$work/s/trace.log.gz"
refuses 'a log that is cut off' 'trace.log.gz'
fresh
head -c 1100000 /dev/zero | tr '\0' 'x' >"$work/s/qmp.jsonl"
refuses 'a line without an end' 'longer than 1 MiB'

for member in '"t": null' '"dir": null' '"dir": "x"' '"msg": {"event": null}' '"t": 9999999999999'; do
        fresh
        sed -i "7s/.*/{\"t\": 1, \"dir\": \"<\", \"msg\": {}, $member}/" "$work/s/qmp.jsonl"
        refuses "a message with $member" 'qmp.jsonl:7:1: error: expected {"t": seconds'
done
for pages in -1 4294967296; do
        fresh
        gunzip "$work/s/trace.log.gz"
        echo "1@1795338400.0:virtio_balloon_set_config actual: $pages oldactual: 0" >>"$work/s/trace.log"
        refuses "an actual of $pages" 'error: actual is a number of 32 bits'
done
# What no scenario can say is said here, not by the run of a broken file.
fresh
sed -i 's/stat-swap-in/stat-swap-inn/' "$work/s/qmp.jsonl"
refuses 'an unknown statistic' "no scenario can say this: expected a statistic, got 'swap-inn'"

# makes WHAT FRAGMENT [FOLDER]: the session becomes a scenario that is valid and has the fragment.
makes() {
        if "$ballast" import "${3:-$work/s}" -o "$work/made.yaml" >"$work/out" 2>&1 &&
                "$ballast" list "$work/made.yaml" >>"$work/out" 2>&1 &&
                grep -qF -- "$2" "$work/made.yaml"; then ok; else
                bad "$1: $(cat "$work/out")"
        fi
        rm -f "$work/made.yaml"
}

fresh
sed -i 's/"stats": {[^}]*}/"stats": 5/' "$work/s/qmp.jsonl"
makes 'statistics that are a number' '"stats": 5'
fresh
gunzip "$work/s/trace.log.gz"
cp "$work/s/trace.log" "$work/log"
echo '1@1795338400.0:virtio_balloon_set_config actual: 300 oldactual: 0' >>"$work/s/trace.log"
makes 'more pages than a buffer holds' '{inflate: 44}'
echo '1@1795338401.0:virtio_balloon_set_config actual: 0 oldactual: 300' >>"$work/s/trace.log"
makes 'a driver that is not unbound' '{deflate: 44}'
vdev=$(sed -n 's/.*virtio_set_status \(vdev [^ ]*\).*/\1/p' "$work/s/trace.log" | tail -n 1)
echo "1@1795338401.1:virtio_set_status $vdev val 0" >>"$work/s/trace.log"
makes 'a driver that is unbound' 'guest: {remove: {pace: 0 s}}'
{ echo '1@1.0:virtio_balloon_set_config actual: 7 oldactual: 0' && cat "$work/log"; } >"$work/s/trace.log"
makes 'a line from before the machine ran' 'at: 0.000000 s'
mv "$work/s" "$work/a: #b"
makes 'a folder whose name is no plain word' 'scenario: "a: #b"' "$work/a: #b"

# A log that is not compressed is read as well.
fresh
gunzip "$work/s/trace.log.gz"
mv "$work/s" "$work/a1-quiet-q35"
if "$ballast" import "$work/a1-quiet-q35/" | cmp - <(imported a1-quiet-q35); then ok; else
        bad 'a plain log imports to something else'
fi

count
