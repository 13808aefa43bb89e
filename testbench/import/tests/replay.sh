#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: replay.sh BALLAST SESSIONS
# Every recorded session imports, and what is made of it passes; the same session with one thing
# changed that the real QEMU did not do fails.
set -euo pipefail
ballast=$1
sessions=$2
. "$(dirname "$0")/count.sh"

# The scenario of the session in folder $1 to $work/made.yaml; what was wrong is in $work/out.
imports() {
        "$ballast" import "$1" -o "$work/made.yaml" >"$work/out" 2>&1
}

runs() {
        "$ballast" run "$work/made.yaml" >"$work/out" 2>&1
}

# doctored NAME WHAT: the session in $work/s imports, and its run fails, with status 1.
doctored() {
        local status=0
        if cmp -s "$work/s/qmp.jsonl" "$work/q" && cmp -s "$work/s/trace.log" "$work/t" &&
                cmp -s "$work/s/balloon-buffers.csv" "$work/b"; then
                bad "$1, $2: nothing was changed"
        elif ! imports "$work/s"; then
                bad "$1, $2: $(head -n 2 "$work/out")"
        else
                runs || status=$?
                if [ $status = 1 ]; then ok; else bad "$1, $2: status $status"; fi
        fi
        cp "$work/q" "$work/s/qmp.jsonl"
        cp "$work/t" "$work/s/trace.log"
        cp "$work/b" "$work/s/balloon-buffers.csv"
}

# The session's files, to be changed in $work/s and to be put back from $work/[qtb].
open_session() {
        rm -rf "$work/s"
        mkdir "$work/s"
        cp "$sessions/$1/README.md" "$work/s/"
        for file in qmp.jsonl trace.log balloon-buffers.csv; do
                zcat -f "$sessions/$1/$file"* >"$work/s/$file" 2>/dev/null || true
        done
        [ -s "$work/s/balloon-buffers.csv" ] || echo queue,t_kick,n_pfns >"$work/s/balloon-buffers.csv"
        cp "$work/s/qmp.jsonl" "$work/q"
        cp "$work/s/trace.log" "$work/t"
        cp "$work/s/balloon-buffers.csv" "$work/b"
}

# A reply that QEMU did not give.
change_reply() {
        sed -i -e '0,/"return": {"actual": /s//&1/' -e '0,/"return": {}/s//"return": {"more": 1}/' \
                "$work/s/qmp.jsonl"
}

# The event of quit after the reply to it: both stamps lie within a millisecond.
late_event() {
        sed -i '/"event": "SHUTDOWN"/s/@\([0-9]*\)\.[0-9]*:/@\1.999999:/' "$work/s/trace.log"
}

# The last but one statistics request 0.1 s later.
late_request() {
        awk -v queue="$1" '
                { lines[NR] = $0 }
                /virtqueue_fill/ && index($0, "vq " queue " ") { before = last; last = NR }
                END {
                        for (i = 1; i <= NR; i++) {
                                if (i == before) {
                                        split(lines[i], part, /[@:.]/)
                                        us = part[3] + 100000
                                        second = part[2] + int(us / 1000000)
                                        rest = substr(lines[i], index(lines[i], ":"))
                                        lines[i] = sprintf("%s@%d.%06d%s", part[1], second,
                                                           us % 1000000, rest)
                                }
                                print lines[i]
                        }
                }' "$work/t" >"$work/s/trace.log"
}

for session in "$sessions"/*/; do
        name=$(basename "$session")
        if ! imports "$session"; then
                bad "$name: $(head -n 2 "$work/out")"
                continue
        fi
        if runs; then ok; else bad "$name: $(head -n 4 "$work/out")"; fi

        open_session "$name"
        change_reply
        doctored "$name" 'another reply'
        sed -i '/"event": "SHUTDOWN"/d' "$work/s/qmp.jsonl"
        doctored "$name" 'an event less'
        late_event
        doctored "$name" 'an event after the reply'
        queue=$(sed -n 's/.*virtio_queue_notify .* n 2 vq \([^ ]*\).*/\1/p' "$work/t" | tail -n 1)
        if [ -n "$queue" ]; then
                late_request "$queue"
                doctored "$name" 'a request 0.1 s later'
        fi
        awk -F, -v OFS=, '$8 == 256 && !done { $8 = 255; done = 1 } { print }' "$work/b" \
                >"$work/s/balloon-buffers.csv"
        if ! cmp -s "$work/b" "$work/s/balloon-buffers.csv"; then
                doctored "$name" 'a page less in a batch'
                tac "$work/b" | awk -F, -v OFS=, '$8 == 256 && !done { $8 = 255; done = 1 } { print }' |
                        tac >"$work/s/balloon-buffers.csv"
                doctored "$name" 'a page less in the last whole batch'
        fi
done

count
