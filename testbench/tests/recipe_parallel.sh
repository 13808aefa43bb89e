#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The recipe for GNU parallel as docs/clusters.md has it, on two machines: a stand-in for ssh
# does on this one what it is told, and notes for which machine that was.
# usage: recipe_parallel.sh BALLAST SOURCE
set -uo pipefail
ballast=$(readlink -f "$1")
source=$(readlink -f "$2")
# moreutils has another program of that name.
if ! parallel --version </dev/null 2>/dev/null | grep -q '^GNU parallel'; then
        echo 'SKIP  recipe-parallel: there is no GNU parallel here'
        exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

fail() { # fail WHAT
        printf 'FAIL  %s\n' "$1"
        cat out err
        exit 1
}

mkdir bin home
cat >bin/ssh <<'SH'
#!/bin/sh
# ssh [OPTION...] HOST COMMAND...
while [ "${1#-}" != "$1" ]; do
        case $1 in -[lpoS]) shift ;; esac
        shift
done
echo "$1" >>"$STAND_IN/hosts"
shift
[ "$1" != -- ] || shift
exec sh -c "$*"
SH
chmod +x bin/ssh
# A login sets SHELL; without it parallel does nothing, and says nothing.
export SHELL=/bin/sh
export STAND_IN=$work HOME=$work/home PARALLEL_SSH=$work/bin/ssh PATH=$(dirname "$ballast"):$work/bin:$PATH
cp "$source"/traces/campaigns/{silence,polled-minute}.yaml .
sed -n '/^## GNU/,$s/^    //p' "$source/docs/clusters.md" >commands
[ "$(wc -l <commands)" = 2 ] || fail 'the commands of docs/clusters.md'
(set -e && . ./commands) >out 2>err </dev/null || fail 'the commands'
for host in one two; do
        [ "$(grep -cx "$host" hosts)" -gt 1 ] || fail "nothing was done on $host"
done
[ "$(find . -name 'silence.shard-*.jsonl' | wc -l)" = 8 ] || fail 'eight shards'
ballast campaign silence.yaml --results whole.jsonl >out 2>err || fail 'one process'
cmp silence.jsonl whole.jsonl || fail 'merged, it is not what one process does'
# Given again, it finds all of it done.
(set -e && . ./commands) >out 2>err </dev/null || fail 'the commands again'
cmp silence.jsonl whole.jsonl || fail 'the commands again'
echo 'recipe-parallel: all as it should be'
