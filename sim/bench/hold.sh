#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Both hold benchmarks in one run, with their ratios. Speed is printed, never tested.
#
# usage: hold.sh FOLDER    where bench_hold and bench_hold_systemc were built
set -euo pipefail
export LC_ALL=C

folder=${1:?usage: hold.sh FOLDER}
ours=$("$folder/bench_hold")
theirs=
if [ -x "$folder/bench_hold_systemc" ]; then
        theirs=$(SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "$folder/bench_hold_systemc" 2>&1)
fi

awk '
        FNR == NR { ours[$1, $2] = $3; if ($1 == "hold") sizes[++count] = $2 }
        FNR != NR && $1 == "hold" { theirs[$2] = $3; compared++ }
        END {
                print "ns of processor time an operation, median; delays uniform, 1 to 20,000,000 ticks"
                printf "%9s %8s %8s %8s %9s %7s\n", "pending", "hold", "rearm", "cancel",
                        "SystemC", "ratio"
                for (i = 1; i <= count; i++) {
                        size = sizes[i]
                        printf "%9d %8.1f %8.1f %8.1f", size, ours["hold", size],
                                ours["rearm", size], ours["cancel", size]
                        if (size in theirs) {
                                ratio = theirs[size] / ours["hold", size]
                                logs += log(ratio)
                                printf " %9.1f %7.1f", theirs[size], ratio
                        }
                        printf "\n"
                }
                if (compared > 0)
                        printf "geometric mean of the ratios: %.1f\n", exp(logs / compared)
                else
                        print "skipped: SystemC is not installed (libsystemc-dev)"
        }' <(echo "$ours") <(echo "$theirs")
