#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records this machine's memory statistics once a second, in the columns that a scenario's `trace:` reads.
# usage: record.sh SECONDS > FILE
set -euo pipefail
seconds=${1:?usage: record.sh SECONDS}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "record.sh: SECONDS is a number, not '$seconds'" >&2; exit 2; }

echo time_s,swap-in,swap-out,major-faults,minor-faults,free-memory,total-memory,available-memory,disk-caches,htlb-pgalloc,htlb-pgfail
for ((second = 0; second <= seconds; second++)); do
        # Linux counts pgfault with the major ones in it, as the balloon driver reports it.
        awk -v second="$second" '
                { sub(":", "", $1); value[$1] = $2 }
                END {
                        printf "%d,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f\n", second,
                                value["pswpin"] * 4096, value["pswpout"] * 4096,
                                value["pgmajfault"], value["pgfault"],
                                value["MemFree"] * 1024, value["MemTotal"] * 1024,
                                value["MemAvailable"] * 1024,
                                (value["Cached"] + value["Buffers"]) * 1024,
                                value["htlb_buddy_alloc_success"], value["htlb_buddy_alloc_fail"]
                }' /proc/meminfo /proc/vmstat
        [ "$second" = "$seconds" ] || sleep 1
done
