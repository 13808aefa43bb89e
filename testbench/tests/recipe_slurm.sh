#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The recipe for Slurm as docs/clusters.md has it: a controller and a node of our own, on this
# machine and for this test only, do a campaign in shards; it has to be what one process does.
# usage: recipe_slurm.sh BALLAST SOURCE
set -uo pipefail
ballast=$(readlink -f "$1")
source=$(readlink -f "$2")
PATH=$PATH:/usr/sbin:/sbin # the daemons are there, and a user may not look
for program in munged slurmctld slurmd sbatch squeue; do
        command -v "$program" >/dev/null && continue
        echo "SKIP  recipe-slurm: there is no $program here"
        exit 77
done
work=$(mktemp -d)
pids=()
end() {
        for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
                kill "${pids[i]}" 2>/dev/null
                wait "${pids[i]}" 2>/dev/null
        done
        rm -rf "$work"
}
trap end EXIT
cd "$work" || exit 2

fail() { # fail WHAT
        printf 'FAIL  %s\n' "$1"
        tail -n 20 munge.log ctld.log node.log campaign/*.log 2>/dev/null
        exit 1
}

until_true() { # until_true SECONDS COMMAND...
        local end=$((SECONDS + $1))
        shift
        until "$@" >/dev/null 2>&1; do
                [ "$SECONDS" -lt "$end" ] || return 1
                sleep 0.1
        done
}

free_port() { # free_port FIRST: from there on nobody listens
        local port=$1
        while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
        echo "$port"
}

# Who is who between the daemons: a munged of our own, with a key of its own.
chmod 755 "$work"
mkdir munge state spool campaign
head -c 1024 /dev/urandom >munge/key
chmod 600 munge/key
munged --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
        --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" \
        --num-threads=2 2>munge.log &
pids+=($!)
until_true 20 test -S munge/socket || fail 'munged does not start'

host=$(hostname -s)
first=$((20000 + $$ % 20000))
controller_port=$(free_port "$first")
node_port=$(free_port $((controller_port + 1)))
cat >slurm.conf <<CONF
ClusterName=ballast
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/node.pid
SlurmctldLogFile=$work/ctld.log
SlurmdLogFile=$work/node.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
slurmctld -D -i >/dev/null 2>&1 &
pids+=($!)
until_true 30 scontrol ping || fail 'slurmctld does not start'
slurmd -D >/dev/null 2>&1 &
pids+=($!)
idle() { sinfo --noheader --format=%T | grep -qx idle; }
until_true 30 idle || fail 'slurmd does not start'

# As the page has it, in a folder with the campaign and the scripts.
cp "$source"/docs/recipes/*.sbatch "$source"/traces/campaigns/{silence,polled-minute}.yaml campaign
cd campaign || exit 2
PATH=$(dirname "$ballast"):$PATH
sed -n '/^## Slurm/,/^## GNU/s/^    //p' "$source/docs/clusters.md" >commands
[ "$(grep -c sbatch commands)" = 2 ] || fail 'the commands of docs/clusters.md'
(set -e && . ./commands) >submitted 2>&1 || fail "sbatch: $(cat submitted)"
cd ..
over() { ! squeue --noheader --format=%r | grep -qvx DependencyNeverSatisfied; }
until_true 120 over || fail "it does not end: $(squeue)"
cd campaign || exit 2
[ "$(find . -name 'silence.shard-*.jsonl' | wc -l)" = 8 ] || fail 'eight shards'
[ -s silence.html ] && [ -s silence.xml ] || fail 'the page and JUnit'
ballast campaign silence.yaml --results whole.jsonl >/dev/null || fail 'one process'
cmp silence.jsonl whole.jsonl || fail 'merged, it is not what one process does'
echo 'recipe-slurm: all as it should be'
