#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: qemu.sh BALLAST SESSIONS
# The imported sessions, on the model and on a real QEMU again: both do the same.
set -euo pipefail
ballast=$1
sessions=$2
. "$(dirname "$0")/count.sh"

for session in "$sessions"/*/; do
        name=$(basename "$session")
        # A real migration takes as long as it does.
        case $name in g1-* | k4-*) continue ;; esac
        "$ballast" import "$session" -o "$work/$name.yaml"
done
"$ballast" diff "$work"/*.yaml
