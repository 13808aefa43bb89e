#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds docs/historical-bugs.md to docs/historical-bugs.tsv and to what is in the tree: each bug
# once, with evidence and mutants that exist, or with a reason.
# usage: historical_bugs.sh ROOT [FACTS]    Exit status: 0 without a hole. FACTS: see conformance.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd)
facts=${2:-}
if [ -z "$facts" ]; then
        facts=$(mktemp)
        trap 'rm -f "$facts"' EXIT
        "$here/evidence.sh" "$root" >"$facts"
fi
cd "$root/docs"
awk -v facts="$facts" -f "$here/evidence.awk" -f "$here/historical_bugs.awk" \
        "$facts" historical-bugs.tsv historical-bugs.md
