#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: run.sh BUILD: prints every benchmark of a build folder.
set -euo pipefail
build=$1
here=$(dirname "$0")

echo '== event kernel'
"$here/../../sim/bench/hold.sh" "$build/sim/bench"
echo
echo '== statistics poll'
"$build/testbench/bench_poll"
echo
echo '== pages into the balloon and out of it, a real QEMU beside the model'
"$build/testbench/bench_inflate"
echo
echo '== verified statistics polls, a real QEMU beside the model'
"$build/testbench/bench_verify"
echo
echo '== an hour of virtual time, polled every 2 s, as a whole process'
times=()
for _ in 1 2 3 4 5 6 7 8 9; do
        start=$(date +%s%N)
        "$build/ballast" run "$here/hour.yaml" >/dev/null
        times+=($((($(date +%s%N) - start) / 1000)))
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 5p)
printf 'ballast run hour.yaml      %5d.%03d ms (median of 9)\n' $((median / 1000)) $((median % 1000))
echo
echo '== runs of a campaign, by one process'
campaign_us() { # campaign_us LENGTH JOBS: how long all its runs take; how many they are, in runs
        local start
        start=$(date +%s%N)
        runs=$("$build/ballast" campaign --jobs "$2" "$here/campaign-$1.yaml" | awk '/ runs of / { print $1 }')
        us=$((($(date +%s%N) - start) / 1000))
}
# The minute and the hour are polled every 2 s; how many polls there are decides.
for length in minute hour hour-10s; do
        campaign_us $length 1
        printf 'runs of a guest'"'"'s %-8s     %8d a second\n' $length $((runs * 1000000 / us))
done
echo
echo '== the same campaigns by two processes, against one: paired, in turn'
for length in minute hour; do
        ratios=()
        for _ in 1 2 3 4 5; do
                campaign_us $length 1
                one=$us
                campaign_us $length 2
                ratios+=($((one * 1000 / us)))
        done
        mapfile -t ratios < <(printf '%s\n' "${ratios[@]}" | sort -n)
        printf '%-6s   %d.%03d times as fast (median of 5, the lowest %d.%03d; %s processors)\n' $length \
                $((ratios[2] / 1000)) $((ratios[2] % 1000)) $((ratios[0] / 1000)) $((ratios[0] % 1000)) "$(nproc)"
done
