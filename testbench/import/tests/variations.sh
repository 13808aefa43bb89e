#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: variations.sh BALLAST SESSIONS
# Sessions as other people write them: the same scenario, or one that runs, or an error with its place.
set -euo pipefail
ballast=$1
sessions=$2
. "$(dirname "$0")/count.sh"

fresh() {
        rm -rf "$work/f"
        mkdir "$work/f"
        cp "$sessions/$1/README.md" "$work/f/"
        for file in qmp.jsonl trace.log; do
                zcat -f "$sessions/$1/$file"* >"$work/f/$file"
        done
}

session() {
        fresh "$1"
        "$ballast" import "$work/f" -o "$work/plain.yaml" >"$work/out" 2>&1 || bad "$1 does not import"
}

# same WHAT: what is in $work/f imports to the session's scenario.
same() {
        if "$ballast" import "$work/f" -o "$work/made.yaml" >"$work/out" 2>&1 &&
                cmp "$work/made.yaml" "$work/plain.yaml" >>"$work/out"; then ok; else
                bad "$1: $(head -n 2 "$work/out")"
        fi
}

# replays WHAT FRAGMENT: it imports, the scenario has the fragment, and passes.
replays() {
        if "$ballast" import "$work/f" -o "$work/made.yaml" >"$work/out" 2>&1 &&
                grep -qF -- "$2" "$work/made.yaml" &&
                "$ballast" run "$work/made.yaml" >>"$work/out" 2>&1; then ok; else
                bad "$1: $(head -n 5 "$work/out")"
        fi
}

# refuses WHAT FRAGMENT: status 2, and the fragment in the message.
refuses() {
        local status=0
        "$ballast" import "$work/f" -o "$work/none.yaml" >"$work/out" 2>&1 || status=$?
        if [ $status = 2 ] && grep -qF -- "$2" "$work/out" && [ ! -e "$work/none.yaml" ]; then ok; else
                bad "$1: status $status, $(head -n 2 "$work/out")"
        fi
}

# ---- the command line ----

# spelled WHAT SED: another spelling of the command line is the same machine.
spelled() {
        fresh f1-stop-cont
        sed -i "$2" "$work/f/README.md"
        same "$1"
}

session f1-stop-cont
spelled 'lines that go on' 's/ -device / \\\n        -device /; s/ -m / \\\n        -m /'
spelled 'two dashes' 's/ -device / --device /; s/ -m / --m /'
spelled 'JSON' "s/-device virtio-balloon-pci,id=balloon0/-device '{\"driver\": \"virtio-balloon-pci\", \"id\": \"balloon0\"}'/"
spelled 'driver=' 's/-device virtio-balloon-pci/-device driver=virtio-balloon-pci/'
spelled 'the short name' 's/-device virtio-balloon-pci/-device virtio-balloon/'
spelled 'type=' 's/-M q35/-machine type=q35,accel=tcg/'
spelled 'a version' 's/-M q35/-M pc-q35-7.2/'
spelled 'a size' 's/-m 512M/-m size=0524288k,maxmem=1G/'
spelled 'type= behind something' 's/-M q35/-machine accel=tcg,type=q35/'
spelled 'a machine without a type' 's/-M q35/-M q35 -machine accel=tcg/'
spelled 'a fraction' 's/-m 512M/-m 0.5G/'
spelled 'size= behind something' 's/-m 512M/-m maxmem=1G,size=512M/'
spelled 'options from the next line on' 's/qemu-system-x86_64 /\/usr\/bin\/qemu-system-x86_64 \\\n        /'
spelled 'a size in MiB' 's/-m 512M/-m 512/'
spelled 'quotes' 's/-m 512M/-m "512M"/'
fresh f1-stop-cont
sed -i 's/-device virtio-balloon-pci/&,addr=0x7,disable-legacy=yes/' "$work/f/README.md"
replays 'a place and a switch' 'disable-legacy: on'
replays 'a place is left out by name' '"property addr" (1)'
sed -i 's/-device virtio-balloon-pci/&,wrong=1/' "$work/f/README.md"
refuses 'an unknown property' "unknown key 'wrong'"
fresh f1-stop-cont
sed -i 's/-device virtio-balloon-pci/-global virtio-balloon-pci.disable-legacy=yes -global virtio-device.packed=off -global isa-fdc.x=y &,packed=on/' \
        "$work/f/README.md"
replays 'a global property' 'balloon: {packed: on, id: balloon0, disable-legacy: on}'
sed -i 's/-global isa-fdc.x=y/-global x/' "$work/f/README.md"
refuses 'a global property that is none' '-global wants DRIVER.PROPERTY=VALUE'
fresh f1-stop-cont
sed -i 's/-M q35/-M microvm/' "$work/f/README.md"
refuses 'another machine' 'README.md:7:1: error: a machine is q35 or pc'
fresh f1-stop-cont
sed -i 's/-device virtio-balloon-pci/-device virtio-balloon &/' "$work/f/README.md"
refuses 'two balloons' 'two balloons'
fresh f1-stop-cont
sed -i 's/-m 512M/-m 99999999999999999999G/' "$work/f/README.md"
refuses 'a size beyond all' '-m wants a size'

# ---- the monitor ----

fresh f1-stop-cont
sed -i 's/$/\r/' "$work/f"/*
same 'carriage returns'
fresh f1-stop-cont
sed -i 's/balloon0/vb.7-x_/g' "$work/f"/*
replays 'another id' 'balloon: {id: vb.7-x_}'
fresh f1-stop-cont
sed -i 's/, "id": "[^"]*"//' "$work/f"/*
replays 'no ids' '"execute": "stop" }'
fresh f1-stop-cont
sed -i '/"QMP"/d' "$work/f/qmp.jsonl" "$work/f/trace.log"
same 'no greeting'
# A second client asks in between: its lines stand in the log, not in this recording.
fresh f1-stop-cont
sed -i 's/^\([0-9]*@[0-9.]*\):handle_qmp_command .*/&\n\1:handle_qmp_command mon 0x1 req: {"execute": "query-status", "id": 1}\n\1:monitor_qmp_respond mon 0x1 resp: {"return": {"status": "running"}, "id": 1}/' \
        "$work/f/trace.log"
same 'a second client'
fresh f1-stop-cont
sed -i '9s/^/{"t": 3.5, "dir": "<", "msg": {"event": "RTC_CHANGE", "data": {"offset": 1}}}\n/' "$work/f/qmp.jsonl"
replays 'an event of another device' '"event RTC_CHANGE" (1)'
fresh f1-stop-cont
sed -i '$s/$/\n{"t": 58, "dir": ">", "msg": {"execute": "query-pci", "id": 7}}\n{"t": 58, "dir": "<", "msg": {"return": [], "id": 7}}/' \
        "$work/f/qmp.jsonl"
replays 'a command that Ballast has not' '"command query-pci" (1)'
fresh f1-stop-cont
sed -i '9s/^/{"t": 3.5, "dir": "<", "msg": {"return": {}, "id": "nobody"}}\n/' "$work/f/qmp.jsonl"
refuses 'a reply to nobody' 'qmp.jsonl:9:1: error: a reply to no command'
fresh f1-stop-cont
truncate -s -9 "$work/f/qmp.jsonl"
refuses 'a last line that is cut off' "qmp.jsonl:$(wc -l <"$sessions/f1-stop-cont/qmp.jsonl"):1: error: expected {"
fresh f1-stop-cont
sed -i 's/"major": 7/"major": 10/' "$work/f/qmp.jsonl"
"$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out"
if grep -q '^profile: qemu-10.0' "$work/made.yaml"; then ok; else bad 'another QEMU is not the profile'; fi
# Python writes small numbers with an exponent.
fresh f1-stop-cont
sed -i '1s/"t": [0-9.]*/"t": 9e-05/' "$work/f/qmp.jsonl"
same 'an exponent'
for time in 1e300 -1 1e999 '"1"' true; do
        fresh f1-stop-cont
        sed -i "9s/\"t\": [0-9.]*/\"t\": $time/" "$work/f/qmp.jsonl"
        refuses "at $time" 'qmp.jsonl:9:1: error: expected {"t": seconds'
done

# ---- the log ----

fresh f1-stop-cont
sed -i '50s/@[0-9]*/@1795000000/' "$work/f/trace.log"
refuses 'a clock that is set back' 'trace.log:50:1: error: the clock was set back'
fresh f1-stop-cont
sed -i '50s/.*/virtio_balloon: some message of QEMU/' "$work/f/trace.log"
sed -i 's/^\([0-9]*@[0-9.]*\):virtio_set_status .*val 15.*/&\n\1:an_event_of_tomorrow x/' "$work/f/trace.log"
"$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out" && ok || bad 'other lines in the log'
# Another virtio device has queues 0 to 2, too.
fresh f1-stop-cont
sed -i 's/^\([0-9]*@[0-9.]*\):virtqueue_pop .*/\1:virtio_queue_notify vdev 0x99 n 2 vq 0x77\n\1:virtqueue_pop vq 0x77 elem 0x1 in_num 1 out_num 1\n&/' \
        "$work/f/trace.log"
same 'another virtio device'
fresh f1-stop-cont
sed -i '/runstate_set/d' "$work/f/trace.log"
refuses 'a machine that never ran' 'the log never says that the machine ran'
fresh f1-stop-cont
: >"$work/f/qmp.jsonl"
if "$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out" &&
        "$ballast" list "$work/made.yaml" >/dev/null; then ok; else bad 'no message at all'; fi
fresh f1-stop-cont
truncate -s 100M "$work/f/console.log"
same 'a console of 100 MiB'
echo 'n,queue,x' >"$work/f/balloon-buffers.csv"
refuses 'a table without its columns' 'balloon-buffers.csv:1:1: error: no columns queue, t_kick and n_pfns'
printf 'queue,t_kick,n_pfns\n0,never,256\n' >"$work/f/balloon-buffers.csv"
refuses 'a kick at no time' 'balloon-buffers.csv:2:1: error: no time'

# ---- pages ----

# The kernel moves a page of the balloon while it is idle: two buffers of one page, and actual stays.
fresh f1-stop-cont
moved=$(awk '/virtio_balloon_set_config/ { n = NR } END { print n }' "$work/f/trace.log")
stamp=$(sed -n "${moved}s/:.*//p" "$work/f/trace.log")
vdev=$(sed -n 's/.*virtio_queue_notify \(vdev [^ ]*\) n 0 .*/\1/p' "$work/f/trace.log" | tail -n 1)
sed -i "${moved}s/\$/\n$stamp:virtio_queue_notify $vdev n 0 vq 0x70\n$stamp:virtqueue_pop vq 0x70 elem 0x1 in_num 0 out_num 1\n$stamp:virtio_queue_notify $vdev n 1 vq 0x71\n$stamp:virtqueue_pop vq 0x71 elem 0x1 in_num 0 out_num 1/" \
        "$work/f/trace.log"
replays 'a page that moves' '{kick: deflateq}'

# ---- devices that come and go, and machines that move ----

fresh j1-unplug-replug-pc
zcat "$sessions/j1-unplug-replug-pc/balloon-buffers.csv.gz" >"$work/f/balloon-buffers.csv"
replays 'a driver that is unbound' 'guest: {remove: {pace: 1732875 ns}}'
replays 'a device that is ejected' 'guest: eject'
# One of its buffers 1.2 ms later: the pace is less even, and its buffers are expected as much less exactly.
queue=$(sed -n 's/.*virtio_queue_notify .* n 1 vq \([^ ]*\).*/\1/p' "$work/f/trace.log" | tail -n 1)
late=$(grep "virtqueue_pop vq $queue" "$work/f/trace.log" | sed -n '30s/.*\.\([0-9]*\):.*/\1/p')
sed -i "s/\.$late:/.$((late + 1200)):/" "$work/f/trace.log"
replays 'an uneven pace' 'within: 1677 us'
# Who asks for the device before its deletion is told finds it gone: so it was.
fresh j1-unplug-replug-pc
sed -i 's/^.*"path": "\/machine\/peripheral\/balloon0\/virtio-backend"}}}$/{"t": 11.1, "dir": ">", "msg": {"execute": "query-balloon", "id": "x"}}\n{"t": 11.1, "dir": "<", "msg": {"id": "x", "error": {"class": "DeviceNotActive", "desc": "No balloon device has been activated"}}}\n&/' \
        "$work/f/qmp.jsonl"
replays 'a device that is gone before it is told' '"id": "x"'
# Behind a root port of any name.
fresh k2-root-port-unplug
sed -i 's/rp0/a.port-1_/g' "$work/f"/*
replays 'a root port' '"bus": "root-port"'
# Where the machine starts without a balloon, the first is plugged.
sed -i 's/ -device virtio-balloon-pci,[^ ]*//' "$work/f/README.md"
if "$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out" &&
        grep -q 'balloon: none' "$work/made.yaml" && grep -q 'driver: linux' "$work/made.yaml"; then ok; else
        bad "no balloon at first: $(cat "$work/out")"
fi
# Without its buffers in the log, it goes all at once.
fresh j1-unplug-replug-pc
sed -i '/virtqueue_pop/d' "$work/f/trace.log"
"$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out"
if grep -qF 'guest: {remove: {pace: 0 s}}' "$work/made.yaml"; then ok; else bad 'a log without buffers'; fi
# Another device comes and goes.
fresh j1-unplug-replug-pc
sed -i -e 's/"driver": "virtio-balloon-pci", "id": "balloon1"/"driver": "virtio-rng-pci", "id": "rng1"/' \
        -e '/rec-20", "error"/s/"error": {.*}/"return": {}}}/' \
        -e '$s/$/\n{"t": 25, "dir": "<", "msg": {"event": "DEVICE_DELETED", "data": {"device": "rng1", "path": "\/machine\/peripheral\/rng1"}}}/' \
        "$work/f/qmp.jsonl"
replays 'another device is plugged' '"command device_add" (1)'
replays 'another device is unplugged' '"event DEVICE_DELETED" (1)'
# Where to is the host's; how it ends, and how long it takes, is told.
fresh g1-migrate-file
sed -i 's/exec:cat > mig.bin/unix:mig.sock/' "$work/f"/*
replays 'another destination' '"destination unix:mig.sock" (1)'
replays 'a migration that takes its time' 'migration: [600084 us]'
sed -i 's/"status": "completed"/"status": "failed"/' "$work/f/qmp.jsonl"
replays 'a migration that fails' '"status": "...", "...": "..." }, "id": "rec-26"'

# A guest that switches itself off, with -no-shutdown, stops its machine; -S keeps it from running.
fresh f1-stop-cont
sed -i '/"quit"/,$d' "$work/f/qmp.jsonl"
printf '{"t": 57.96, "dir": "<", "msg": {"event": "%s"%s}}\n' SHUTDOWN ', "data": {"guest": true, "reason": "guest-shutdown"}' STOP '' \
        >>"$work/f/qmp.jsonl"
sed -i '/"quit"/,$d' "$work/f/trace.log"
replays 'a guest that switches itself off' 'qmp: {"execute": "stop", "id": "import"}'
printf '{"t": 57.97, "dir": "%s", "msg": {%s}}\n' '>' '"execute": "query-status", "id": "z"' \
        '<' '"return": {"status": "shutdown", "singlestep": false, "running": false}, "id": "z"' >>"$work/f/qmp.jsonl"
replays 'a state that Ballast has not' '{ "status": "...", "singlestep": false, "running": false }, "id": "z"'
fresh f1-stop-cont
sed -i 's/ -M q35/ -S&/' "$work/f/README.md"
sed -i '3a{"t": 0.07751, "dir": ">", "msg": {"execute": "query-status", "id": "p"}}\n{"t": 0.07752, "dir": "<", "msg": {"return": {"status": "prelaunch", "singlestep": false, "running": false}, "id": "p"}}\n{"t": 0.07753, "dir": ">", "msg": {"execute": "cont", "id": "q"}}\n{"t": 0.07754, "dir": "<", "msg": {"event": "RESUME"}}\n{"t": 0.07755, "dir": "<", "msg": {"return": {}, "id": "q"}}' \
        "$work/f/qmp.jsonl"
replays 'a machine that waits for cont' '{ "status": "...", "singlestep": false, "running": false }, "id": "p"'

# A legacy driver writes actual by four bytes: 0xff00, then 0x10000, is one buffer more, not a fall to 0.
session a3-quiet-pc-legacy
last=$(sed -n '$s/.*@\([0-9]*\)\..*/\1/p' "$work/f/trace.log")
{
        for to in 0 0xff00 0xff00 0xff00 0xff00 0 0x10000 0x10000; do
                last=$((last + 1))
                printf '1@%d.0:virtio_balloon_set_config actual: %d oldactual: %d\n' $last $to ${from:-0}
                from=$to
        done
} >>"$work/f/trace.log"
if "$ballast" import "$work/f" -o "$work/made.yaml" 2>"$work/out" &&
        [ "$(grep -c 'guest: {inflate: 256}' "$work/made.yaml")" = 256 ] &&
        ! grep -q 'guest: {deflate' "$work/made.yaml"; then ok; else bad 'actual by bytes'; fi

count
