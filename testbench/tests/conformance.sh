#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds docs/conformance to docs/conformance/blocks.tsv and to what is in the tree: each block
# with as many rules of each strength as the specification states, each rule with evidence that
# exists or with a reason, and the summary in docs/conformance.md as counted.
# usage: conformance.sh ROOT [FACTS]    Exit status: 0 without a hole. FACTS: what evidence.sh says.
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
awk -v facts="$facts" -v summary=conformance.md -f "$here/evidence.awk" -f "$here/conformance.awk" \
        "$facts" conformance/blocks.tsv conformance/*.md conformance.md
